import type { SystemConstants } from './constants.ts';

/** From XNU's bsd/sys/socket.h, bsd/netinet/in.h and bsd/netinet6/in6.h. Not yet observed on a Mac. */
export const darwin: SystemConstants = {
  library: '/usr/lib/libSystem.B.dylib',
  sockaddr: { lengthByte: true, AF_INET: 2, AF_INET6: 30 },
  SOCK_DGRAM: 2,
  SOCK_STREAM: 1,
  socketFlags: null,
  F_SETFD: 2,
  F_SETFL: 4,
  FD_CLOEXEC: 1,
  O_NONBLOCK: 0x4,
  MSG_NOSIGNAL: 0x80000,
  cmsgAlign: 4,
  cmsgLength: 4,
  // struct in_pktinfo { unsigned ifindex; in_addr spec_dst; in_addr addr; } and struct in6_pktinfo { in6_addr; unsigned; }
  destination: [
    { level: 0, type: 26, family: 'inet', offset: 8 },
    { level: 41, type: 46, family: 'inet6', offset: 0 },
  ],
  options: {
    SO_REUSEADDR: { level: 0xffff, number: 0x0004, kind: 'int' },
    SO_BROADCAST: { level: 0xffff, number: 0x0020, kind: 'int' },
    SO_REUSEPORT: { level: 0xffff, number: 0x0200, kind: 'int' },
    SO_RCVBUF: { level: 0xffff, number: 0x1002, kind: 'int' },
    SO_ERROR: { level: 0xffff, number: 0x1007, kind: 'int' },
    IP_PKTINFO: { level: 0, number: 26, kind: 'int' },
    IPV6_V6ONLY: { level: 41, number: 27, kind: 'int' },
    IPV6_RECVPKTINFO: { level: 41, number: 61, kind: 'int' },
    TCP_NODELAY: { level: 6, number: 1, kind: 'int' },
  },
  SO_LINGER: { level: 0xffff, number: 0x1080 },
  // TCP_CONNECTION_INFO, and the states of netinet/tcp_fsm.h.
  tcpState: {
    level: 6,
    number: 0x106,
    names: [
      'CLOSED',
      'LISTEN',
      'SYN_SENT',
      'SYN_RECV',
      'ESTABLISHED',
      'CLOSE_WAIT',
      'FIN_WAIT_1',
      'CLOSING',
      'LAST_ACK',
      'FIN_WAIT_2',
      'TIME_WAIT',
    ],
  },
  moreErrno: { ESHUTDOWN: 58, EPFNOSUPPORT: 46, ESOCKTNOSUPPORT: 44, EHOSTDOWN: 64 },
};
