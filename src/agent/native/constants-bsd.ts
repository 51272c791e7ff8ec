/**
 * What macOS, FreeBSD and OpenBSD have in common, because all three come from 4.4BSD. Whether a system still has it so
 * is tested for each by itself.
 */
import type { ErrnoName, SocketOption } from './constants.ts';

const SOL_SOCKET = 0xffff;
const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;
const IPPROTO_TCP = 6;

/** From sys/socket.h, netinet/in.h, netinet6/in6.h and netinet/tcp.h. */
export const BSD_OPTIONS = {
  SO_ACCEPTCONN: { level: SOL_SOCKET, number: 0x0002, kind: 'int' },
  SO_REUSEADDR: { level: SOL_SOCKET, number: 0x0004, kind: 'int' },
  SO_BROADCAST: { level: SOL_SOCKET, number: 0x0020, kind: 'int' },
  SO_REUSEPORT: { level: SOL_SOCKET, number: 0x0200, kind: 'int' },
  SO_RCVBUF: { level: SOL_SOCKET, number: 0x1002, kind: 'int' },
  SO_ERROR: { level: SOL_SOCKET, number: 0x1007, kind: 'int' },
  IP_RECVDSTADDR: { level: IPPROTO_IP, number: 7, kind: 'int' },
  IPV6_V6ONLY: { level: IPPROTO_IPV6, number: 27, kind: 'int' },
  TCP_NODELAY: { level: IPPROTO_TCP, number: 1, kind: 'int' },
} as const satisfies Record<string, SocketOption>;

export const BSD_LINGER = { level: SOL_SOCKET, number: 0x0080 } as const;

/** IP_RECVDSTADDR brings an in_addr and nothing else; struct in6_pktinfo begins with its in6_addr. */
export const BSD_DESTINATION = [
  { level: IPPROTO_IP, type: 7, family: 'inet', offset: 0 },
  { level: IPPROTO_IPV6, type: 46, family: 'inet6', offset: 0 },
] as const;

/** The states of netinet/tcp_fsm.h by their numbers. */
export const BSD_TCP_STATES: readonly string[] = [
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
];

/** From sys/errno.h. EOPNOTSUPP is 102 on macOS, and 45 elsewhere. */
export const BSD_ERRNO: Readonly<Record<ErrnoName, number>> = {
  EPERM: 1,
  EINTR: 4,
  ENXIO: 6,
  EBADF: 9,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  ENODEV: 19,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  EPIPE: 32,
  EAGAIN: 35,
  EINPROGRESS: 36,
  EALREADY: 37,
  ENOTSOCK: 38,
  EDESTADDRREQ: 39,
  EMSGSIZE: 40,
  EPROTOTYPE: 41,
  ENOPROTOOPT: 42,
  EPROTONOSUPPORT: 43,
  ESOCKTNOSUPPORT: 44,
  EOPNOTSUPP: 45,
  EPFNOSUPPORT: 46,
  EAFNOSUPPORT: 47,
  EADDRINUSE: 48,
  EADDRNOTAVAIL: 49,
  ENETDOWN: 50,
  ENETUNREACH: 51,
  ENETRESET: 52,
  ECONNABORTED: 53,
  ECONNRESET: 54,
  ENOBUFS: 55,
  EISCONN: 56,
  ENOTCONN: 57,
  ESHUTDOWN: 58,
  ETOOMANYREFS: 59,
  ETIMEDOUT: 60,
  ECONNREFUSED: 61,
  EHOSTDOWN: 64,
  EHOSTUNREACH: 65,
};
