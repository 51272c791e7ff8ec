import type { OptionName } from '../../protocol/options.ts';
import type { SocketOption, SystemConstants } from './constants.ts';

/** An option of setsockopt(), or a control code of WSAIoctl() that takes an int. */
export type WindowsOption = SocketOption | { control: number };

const SOL_SOCKET = 0xffff;
const IPPROTO_IP = 0;
const IPPROTO_TCP = 6;
const IPPROTO_IPV6 = 41;

/** Null is an option that the SDK's headers do not have. */
const OPTIONS = {
  SO_REUSEADDR: { level: SOL_SOCKET, number: 0x0004, kind: 'int' },
  // ((int)(~SO_REUSEADDR))
  SO_EXCLUSIVEADDRUSE: { level: SOL_SOCKET, number: -5, kind: 'int' },
  SO_ACCEPTCONN: { level: SOL_SOCKET, number: 0x0002, kind: 'int' },
  SO_BROADCAST: { level: SOL_SOCKET, number: 0x0020, kind: 'int' },
  SO_DONTROUTE: { level: SOL_SOCKET, number: 0x0010, kind: 'int' },
  SO_ERROR: { level: SOL_SOCKET, number: 0x1007, kind: 'int' },
  SO_KEEPALIVE: { level: SOL_SOCKET, number: 0x0008, kind: 'int' },
  SO_RCVBUF: { level: SOL_SOCKET, number: 0x1002, kind: 'int' },
  SO_SNDBUF: { level: SOL_SOCKET, number: 0x1001, kind: 'int' },
  SO_TYPE: { level: SOL_SOCKET, number: 0x1008, kind: 'int' },
  IP_MULTICAST_LOOP: { level: IPPROTO_IP, number: 11, kind: 'int' },
  IP_MTU: { level: IPPROTO_IP, number: 73, kind: 'int' },
  IP_MTU_DISCOVER: { level: IPPROTO_IP, number: 71, kind: 'int' },
  IP_MULTICAST_TTL: { level: IPPROTO_IP, number: 10, kind: 'int' },
  IP_PKTINFO: { level: IPPROTO_IP, number: 19, kind: 'int' },
  IP_RECVERR: { level: IPPROTO_IP, number: 75, kind: 'int' },
  IP_TTL: { level: IPPROTO_IP, number: 4, kind: 'int' },
  IP_UNICAST_IF: { level: IPPROTO_IP, number: 31, kind: 'index' },
  IPV6_MTU: { level: IPPROTO_IPV6, number: 72, kind: 'int' },
  IPV6_MTU_DISCOVER: { level: IPPROTO_IPV6, number: 71, kind: 'int' },
  IPV6_MULTICAST_HOPS: { level: IPPROTO_IPV6, number: 10, kind: 'int' },
  IPV6_MULTICAST_IF: { level: IPPROTO_IPV6, number: 9, kind: 'int' },
  IPV6_MULTICAST_LOOP: { level: IPPROTO_IPV6, number: 11, kind: 'int' },
  IPV6_RECVERR: { level: IPPROTO_IPV6, number: 75, kind: 'int' },
  // Windows has no IPV6_RECVPKTINFO (RFC 3542): it sets that option by the name of the message itself, IPV6_PKTINFO.
  IPV6_RECVPKTINFO: { level: IPPROTO_IPV6, number: 19, kind: 'int' },
  IPV6_UNICAST_HOPS: { level: IPPROTO_IPV6, number: 4, kind: 'int' },
  IPV6_UNICAST_IF: { level: IPPROTO_IPV6, number: 31, kind: 'int' },
  IPV6_V6ONLY: { level: IPPROTO_IPV6, number: 27, kind: 'int' },
  TCP_FASTOPEN: { level: IPPROTO_TCP, number: 15, kind: 'int' },
  TCP_NODELAY: { level: IPPROTO_TCP, number: 1, kind: 'int' },
  SO_RCVTIMEO: { level: SOL_SOCKET, number: 0x1006, kind: 'int' },
  SO_SNDTIMEO: { level: SOL_SOCKET, number: 0x1005, kind: 'int' },
  IP_MULTICAST_IF: { level: IPPROTO_IP, number: 9, kind: 'address' },
  SO_LINGER: { level: SOL_SOCKET, number: 0x0080, kind: 'linger-short' },
  IP_ADD_MEMBERSHIP: { level: IPPROTO_IP, number: 12, kind: 'group' },
  IP_DROP_MEMBERSHIP: { level: IPPROTO_IP, number: 13, kind: 'group' },
  IP_ADD_SOURCE_MEMBERSHIP: { level: IPPROTO_IP, number: 15, kind: 'source-bsd' },
  IP_BLOCK_SOURCE: { level: IPPROTO_IP, number: 17, kind: 'source-bsd' },
  IPV6_JOIN_GROUP: { level: IPPROTO_IPV6, number: 12, kind: 'group6' },
  IPV6_LEAVE_GROUP: { level: IPPROTO_IPV6, number: 13, kind: 'group6' },
  SO_REUSEPORT: null,
  SO_REUSEPORT_LB: null,
  SO_REUSESHAREUID: null,
  SO_BINDANY: null,
  SO_DOMAIN: null,
  SO_INCOMING_CPU: null,
  SO_MARK: null,
  SO_PROTOCOL: null,
  IP_BINDANY: null,
  IP_BIND_ADDRESS_NO_PORT: null,
  IP_BOUND_IF: null,
  IP_FREEBIND: null,
  IP_LOCAL_PORT_RANGE: null,
  IP_MULTICAST_ALL: null,
  IP_PORTRANGE: null,
  IP_RECVDSTADDR: null,
  IP_TRANSPARENT: null,
  IPV6_BINDANY: null,
  IPV6_BOUND_IF: null,
  IPV6_FREEBIND: null,
  IPV6_MULTICAST_ALL: null,
  IPV6_PORTRANGE: null,
  IPV6_TRANSPARENT: null,
  TCP_DEFER_ACCEPT: null,
  TCP_LINGER2: null,
  TCP_QUICKACK: null,
  SIO_UDP_CONNRESET: { control: 0x9800_000c },
  SO_BINDTODEVICE: null,
} as const satisfies Readonly<Record<OptionName, WindowsOption | null>>;

/**
 * Windows on 64-bit architectures. From winsock2.h, ws2ipdef.h, ws2tcpip.h, mswsock.h, mstcpip.h and handleapi.h of the
 * Windows SDK, and compared with MinGW's headers. Observed under Wine, not yet on Windows.
 */
export const windows = {
  sockaddr: { lengthByte: false, AF_INET: 2, AF_INET6: 23 },
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  WSA_FLAG_OVERLAPPED: 0x01,
  WSA_FLAG_NO_HANDLE_INHERIT: 0x80,
  HANDLE_FLAG_INHERIT: 1,
  FIONBIO: 0x8004_667e,
  SIO_GET_EXTENSION_FUNCTION_POINTER: 0xc800_0006,
  /** {F689D7C8-6F1F-436B-8A53-E54FE351C322} as it lies in memory. */
  WSAID_WSARECVMSG: 'c8d789f61f6f6b438a53e54fe351c322',
  SO_LINGER: OPTIONS.SO_LINGER,
  SO_ERROR: OPTIONS.SO_ERROR,
  options: OPTIONS as Readonly<Record<OptionName, WindowsOption | null>>,
  cmsgAlign: 8,
  cmsgLength: 8,
  // struct in_pktinfo { IN_ADDR ipi_addr; ULONG ipi_ifindex; } and struct in6_pktinfo { IN6_ADDR; ULONG; }
  destination: [
    { level: IPPROTO_IP, type: 19, family: 'inet', offset: 0 },
    { level: IPPROTO_IPV6, type: 19, family: 'inet6', offset: 0 },
  ],
} as const satisfies Pick<SystemConstants, 'sockaddr' | 'cmsgAlign' | 'cmsgLength' | 'destination'> &
  Record<string, unknown>;

/** The numbers that WSAGetLastError() returns, from winerror.h. */
export const WSA_ERRORS = {
  WSA_NOT_ENOUGH_MEMORY: 8,
  WSAEINTR: 10_004,
  WSAEBADF: 10_009,
  WSAEACCES: 10_013,
  WSAEFAULT: 10_014,
  WSAEINVAL: 10_022,
  WSAEMFILE: 10_024,
  WSAEWOULDBLOCK: 10_035,
  WSAEINPROGRESS: 10_036,
  WSAEALREADY: 10_037,
  WSAENOTSOCK: 10_038,
  WSAEDESTADDRREQ: 10_039,
  WSAEMSGSIZE: 10_040,
  WSAEPROTOTYPE: 10_041,
  WSAENOPROTOOPT: 10_042,
  WSAEPROTONOSUPPORT: 10_043,
  WSAESOCKTNOSUPPORT: 10_044,
  WSAEOPNOTSUPP: 10_045,
  WSAEPFNOSUPPORT: 10_046,
  WSAEAFNOSUPPORT: 10_047,
  WSAEADDRINUSE: 10_048,
  WSAEADDRNOTAVAIL: 10_049,
  WSAENETDOWN: 10_050,
  WSAENETUNREACH: 10_051,
  WSAENETRESET: 10_052,
  WSAECONNABORTED: 10_053,
  WSAECONNRESET: 10_054,
  WSAENOBUFS: 10_055,
  WSAEISCONN: 10_056,
  WSAENOTCONN: 10_057,
  WSAESHUTDOWN: 10_058,
  WSAETOOMANYREFS: 10_059,
  WSAETIMEDOUT: 10_060,
  WSAECONNREFUSED: 10_061,
  WSAELOOP: 10_062,
  WSAENAMETOOLONG: 10_063,
  WSAEHOSTDOWN: 10_064,
  WSAEHOSTUNREACH: 10_065,
  WSASYSNOTREADY: 10_091,
  WSAVERNOTSUPPORTED: 10_092,
  WSANOTINITIALISED: 10_093,
  WSAEDISCON: 10_101,
} as const;
