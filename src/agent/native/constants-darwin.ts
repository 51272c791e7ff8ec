import {
  BSD_DESTINATION,
  BSD_ERRNO,
  BSD_MESSAGE_FLAGS,
  BSD_OPTIONS,
  BSD_SOURCE,
  BSD_TCP_STATES,
} from './constants-bsd.ts';
import type { SystemConstants } from './constants.ts';

/**
 * macOS. From XNU's bsd/sys/socket.h, bsd/sys/socket_private.h (SO_REUSESHAREUID), bsd/netinet/in.h,
 * bsd/netinet6/in6.h and bsd/netinet/tcp.h, and compared with what other languages generated from the headers. Not yet
 * observed on a Mac.
 */
export const darwin: SystemConstants = {
  library: '/usr/lib/libSystem.B.dylib',
  sockaddr: { lengthByte: true, AF_INET: 2, AF_INET6: 30 },
  SOCK_DGRAM: 2,
  SOCK_STREAM: 1,
  socketFlags: null,
  disconnectx: true,
  F_SETFD: 2,
  F_SETFL: 4,
  FD_CLOEXEC: 1,
  O_NONBLOCK: 0x4,
  MSG_NOSIGNAL: 0x80000,
  cmsgAlign: 4,
  cmsgLength: 4,
  msgFlagsAt: 44,
  messageFlags: BSD_MESSAGE_FLAGS,
  AF_UNIX: 1,
  SOL_SOCKET: 0xffff,
  SCM_RIGHTS: 1,
  queuedErrors: [],
  pidfd: null,
  // struct in_pktinfo { unsigned ifindex; in_addr spec_dst; in_addr addr; }
  destination: [...BSD_DESTINATION, { level: 0, type: 26, family: 'inet', offset: 8, index: 0 }],
  source: { ...BSD_SOURCE, inet: { level: 0, type: 26, size: 12, offset: 4, index: 0 } },
  options: {
    ...BSD_OPTIONS,
    IP_ADD_SOURCE_MEMBERSHIP: { level: 0, number: 70, kind: 'source-bsd' },
    IP_BLOCK_SOURCE: { level: 0, number: 72, kind: 'source-bsd' },
    SO_REUSESHAREUID: { level: 0xffff, number: 0x1025, kind: 'int' },
    IP_BOUND_IF: { level: 0, number: 25, kind: 'int' },
    IP_PKTINFO: { level: 0, number: 26, kind: 'int' },
    IPV6_BOUND_IF: { level: 41, number: 125, kind: 'int' },
    TCP_FASTOPEN: { level: 6, number: 0x105, kind: 'int' },
    IPV6_RECVPKTINFO: { level: 41, number: 61, kind: 'int' },
  },
  SO_LINGER: BSD_OPTIONS.SO_LINGER,
  SO_ERROR: BSD_OPTIONS.SO_ERROR,
  // TCP_CONNECTION_INFO.
  tcpState: { level: 6, number: 0x106, names: BSD_TCP_STATES },
  errno: { ...BSD_ERRNO, EOPNOTSUPP: 102 },
};
