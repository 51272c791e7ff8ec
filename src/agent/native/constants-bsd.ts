/**
 * The constants that macOS, FreeBSD and OpenBSD have in common, because all three come from 4.4BSD. Tests check for each of
 * the systems whether it still has these values.
 */
import type { ErrnoName, OptionTable } from './constants.ts';

const SOL_SOCKET = 0xffff;
const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;
const IPPROTO_TCP = 6;

/** From sys/socket.h, netinet/in.h, netinet6/in6.h and netinet/tcp.h. Null is an option that none of the three has. */
export const BSD_OPTIONS = {
  SO_REUSEADDR: { level: SOL_SOCKET, number: 0x0004, kind: 'int' },
  SO_REUSEPORT: { level: SOL_SOCKET, number: 0x0200, kind: 'int' },
  SO_ACCEPTCONN: { level: SOL_SOCKET, number: 0x0002, kind: 'int' },
  SO_BROADCAST: { level: SOL_SOCKET, number: 0x0020, kind: 'int' },
  SO_DONTROUTE: { level: SOL_SOCKET, number: 0x0010, kind: 'int' },
  SO_ERROR: { level: SOL_SOCKET, number: 0x1007, kind: 'int' },
  SO_KEEPALIVE: { level: SOL_SOCKET, number: 0x0008, kind: 'int' },
  SO_RCVBUF: { level: SOL_SOCKET, number: 0x1002, kind: 'int' },
  SO_SNDBUF: { level: SOL_SOCKET, number: 0x1001, kind: 'int' },
  SO_TYPE: { level: SOL_SOCKET, number: 0x1008, kind: 'int' },
  IP_MULTICAST_LOOP: { level: IPPROTO_IP, number: 11, kind: 'byte' },
  IP_MULTICAST_TTL: { level: IPPROTO_IP, number: 10, kind: 'byte' },
  IP_PORTRANGE: { level: IPPROTO_IP, number: 19, kind: 'int' },
  IP_RECVDSTADDR: { level: IPPROTO_IP, number: 7, kind: 'int' },
  IP_TTL: { level: IPPROTO_IP, number: 4, kind: 'int' },
  IPV6_MULTICAST_HOPS: { level: IPPROTO_IPV6, number: 10, kind: 'int' },
  IPV6_MULTICAST_IF: { level: IPPROTO_IPV6, number: 9, kind: 'int' },
  IPV6_MULTICAST_LOOP: { level: IPPROTO_IPV6, number: 11, kind: 'int' },
  IPV6_PORTRANGE: { level: IPPROTO_IPV6, number: 14, kind: 'int' },
  IPV6_UNICAST_HOPS: { level: IPPROTO_IPV6, number: 4, kind: 'int' },
  IPV6_V6ONLY: { level: IPPROTO_IPV6, number: 27, kind: 'int' },
  TCP_NODELAY: { level: IPPROTO_TCP, number: 1, kind: 'int' },
  SO_RCVTIMEO: { level: SOL_SOCKET, number: 0x1006, kind: 'timeval' },
  SO_SNDTIMEO: { level: SOL_SOCKET, number: 0x1005, kind: 'timeval' },
  IP_MULTICAST_IF: { level: IPPROTO_IP, number: 9, kind: 'address' },
  SO_LINGER: { level: SOL_SOCKET, number: 0x0080, kind: 'linger' },
  IP_ADD_MEMBERSHIP: { level: IPPROTO_IP, number: 12, kind: 'group' },
  IP_DROP_MEMBERSHIP: { level: IPPROTO_IP, number: 13, kind: 'group' },
  IPV6_JOIN_GROUP: { level: IPPROTO_IPV6, number: 12, kind: 'group6' },
  IPV6_LEAVE_GROUP: { level: IPPROTO_IPV6, number: 13, kind: 'group6' },
  SO_REUSEPORT_LB: null,
  SO_REUSESHAREUID: null,
  SO_EXCLUSIVEADDRUSE: null,
  SO_BINDANY: null,
  SO_DOMAIN: null,
  SO_INCOMING_CPU: null,
  SO_MARK: null,
  SO_PROTOCOL: null,
  IP_ADD_SOURCE_MEMBERSHIP: null,
  IP_BINDANY: null,
  IP_BIND_ADDRESS_NO_PORT: null,
  IP_BLOCK_SOURCE: null,
  IP_BOUND_IF: null,
  IP_FREEBIND: null,
  IP_LOCAL_PORT_RANGE: null,
  IP_MULTICAST_ALL: null,
  IP_PKTINFO: null,
  IP_MTU: null,
  IP_MTU_DISCOVER: null,
  IP_RECVERR: null,
  IP_TRANSPARENT: null,
  IP_UNICAST_IF: null,
  IPV6_BINDANY: null,
  IPV6_BOUND_IF: null,
  IPV6_FREEBIND: null,
  IPV6_MULTICAST_ALL: null,
  IPV6_RECVERR: null,
  IPV6_RECVPKTINFO: null,
  IPV6_TRANSPARENT: null,
  IPV6_MTU: null,
  IPV6_MTU_DISCOVER: null,
  IPV6_UNICAST_IF: null,
  TCP_DEFER_ACCEPT: null,
  TCP_FASTOPEN: null,
  TCP_LINGER2: null,
  TCP_QUICKACK: null,
  SIO_UDP_CONNRESET: null,
  SO_BINDTODEVICE: null,
} as const satisfies OptionTable;

/** IP_RECVDSTADDR brings an in_addr and nothing else; struct in6_pktinfo begins with its in6_addr. */
export const BSD_DESTINATION = [
  { level: IPPROTO_IP, type: 7, family: 'inet', offset: 0 },
  { level: IPPROTO_IPV6, type: 46, family: 'inet6', offset: 0, index: 16 },
] as const;

/** IP_SENDSRCADDR takes an in_addr alone, under the number of IP_RECVDSTADDR. */
export const BSD_SOURCE = {
  inet: { level: IPPROTO_IP, type: 7, size: 4, offset: 0 },
  inet6: { level: IPPROTO_IPV6, type: 46, size: 20, offset: 0, index: 16 },
} as const;

/** From sys/socket.h. */
export const BSD_MESSAGE_FLAGS = {
  MSG_CTRUNC: 0x20,
  MSG_DONTROUTE: 0x4,
  MSG_ERRQUEUE: null,
  MSG_MORE: null,
  MSG_PEEK: 0x2,
  MSG_TRUNC: 0x10,
} as const;

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
