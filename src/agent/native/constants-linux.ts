import type { SystemConstants } from './constants.ts';

/** The TCP states of Linux by their numbers, as TCP_INFO and /proc/net/tcp have them. */
export const TCP_STATES: readonly string[] = [
  'UNKNOWN',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'TIME_WAIT',
  'CLOSED',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
];

/** From asm-generic/socket.h, linux/in.h, linux/in6.h and bits/socket.h; the same on every 64-bit architecture listed. */
export const linux: SystemConstants = {
  library: null,
  sockaddr: { lengthByte: false, AF_INET: 2, AF_INET6: 10 },
  SOCK_DGRAM: 2,
  SOCK_STREAM: 1,
  socketFlags: 0o2000000 | 0o4000,
  F_SETFD: 2,
  F_SETFL: 4,
  FD_CLOEXEC: 1,
  O_NONBLOCK: 0o4000,
  MSG_NOSIGNAL: 0x4000,
  cmsgAlign: 8,
  cmsgLength: 8,
  // struct in_pktinfo { int ifindex; in_addr spec_dst; in_addr addr; } and struct in6_pktinfo { in6_addr; int ifindex; }
  destination: [
    { level: 0, type: 8, family: 'inet', offset: 8 },
    { level: 41, type: 50, family: 'inet6', offset: 0 },
  ],
  options: {
    SO_REUSEADDR: { level: 1, number: 2, kind: 'int' },
    SO_ERROR: { level: 1, number: 4, kind: 'int' },
    SO_BROADCAST: { level: 1, number: 6, kind: 'int' },
    SO_RCVBUF: { level: 1, number: 8, kind: 'int' },
    SO_REUSEPORT: { level: 1, number: 15, kind: 'int' },
    SO_BINDTODEVICE: { level: 1, number: 25, kind: 'device' },
    SO_ACCEPTCONN: { level: 1, number: 30, kind: 'int' },
    IP_PKTINFO: { level: 0, number: 8, kind: 'int' },
    IP_FREEBIND: { level: 0, number: 15, kind: 'int' },
    IP_BIND_ADDRESS_NO_PORT: { level: 0, number: 24, kind: 'int' },
    IPV6_V6ONLY: { level: 41, number: 26, kind: 'int' },
    IPV6_RECVPKTINFO: { level: 41, number: 49, kind: 'int' },
    TCP_NODELAY: { level: 6, number: 1, kind: 'int' },
  },
  SO_LINGER: { level: 1, number: 13 },
  // TCP_INFO, and the states of net/tcp_states.h.
  tcpState: { level: 6, number: 11, names: TCP_STATES },
  moreErrno: { ESHUTDOWN: 108, EPFNOSUPPORT: 96, ESOCKTNOSUPPORT: 94, EHOSTDOWN: 112 },
};
