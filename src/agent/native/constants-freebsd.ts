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
 * FreeBSD 12 and later. From sys/sys/socket.h, sys/netinet/in.h, sys/netinet6/in6.h and sys/netinet/tcp.h, and compared
 * with what other languages generated from the headers. Not yet observed on FreeBSD.
 */
export const freebsd: SystemConstants = {
  // Node is linked with libc there, and dlsym(3) with RTLD_DEFAULT finds the symbols of all loaded libraries.
  library: null,
  sockaddr: { lengthByte: true, AF_INET: 2, AF_INET6: 28 },
  SOCK_DGRAM: 2,
  SOCK_STREAM: 1,
  socketFlags: 0x1000_0000 | 0x2000_0000,
  F_SETFD: 2,
  F_SETFL: 4,
  FD_CLOEXEC: 1,
  O_NONBLOCK: 0x4,
  MSG_NOSIGNAL: 0x20000,
  cmsgAlign: 8,
  cmsgLength: 4,
  msgFlagsAt: 44,
  messageFlags: BSD_MESSAGE_FLAGS,
  AF_UNIX: 1,
  SOL_SOCKET: 0xffff,
  SCM_RIGHTS: 1,
  queuedErrors: [],
  pidfd: null,
  destination: BSD_DESTINATION,
  source: BSD_SOURCE,
  options: {
    ...BSD_OPTIONS,
    IP_ADD_SOURCE_MEMBERSHIP: { level: 0, number: 70, kind: 'source-bsd' },
    IP_BLOCK_SOURCE: { level: 0, number: 72, kind: 'source-bsd' },
    SO_REUSEPORT_LB: { level: 0xffff, number: 0x1_0000, kind: 'int' },
    SO_DOMAIN: { level: 0xffff, number: 0x1019, kind: 'int' },
    SO_PROTOCOL: { level: 0xffff, number: 0x1016, kind: 'int' },
    IP_BINDANY: { level: 0, number: 24, kind: 'int' },
    IPV6_BINDANY: { level: 41, number: 64, kind: 'int' },
    TCP_FASTOPEN: { level: 6, number: 1025, kind: 'int' },
    IPV6_RECVPKTINFO: { level: 41, number: 36, kind: 'int' },
  },
  SO_LINGER: BSD_OPTIONS.SO_LINGER,
  SO_ERROR: BSD_OPTIONS.SO_ERROR,
  // TCP_INFO.
  tcpState: { level: 6, number: 32, names: BSD_TCP_STATES },
  errno: BSD_ERRNO,
};
