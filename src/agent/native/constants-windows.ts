import type { SystemConstants } from './constants.ts';

/** An option that setsockopt() takes as an int, or a control code of WSAIoctl() that takes one. */
type WindowsOption = { level: number; number: number } | { control: number };

const SOL_SOCKET = 0xffff;
const IPPROTO_IP = 0;
const IPPROTO_TCP = 6;
const IPPROTO_IPV6 = 41;

const OPTIONS: Readonly<Record<string, WindowsOption>> = {
  SO_REUSEADDR: { level: SOL_SOCKET, number: 0x0004 },
  // ((int)(~SO_REUSEADDR))
  SO_EXCLUSIVEADDRUSE: { level: SOL_SOCKET, number: -5 },
  SO_ACCEPTCONN: { level: SOL_SOCKET, number: 0x0002 },
  SO_BROADCAST: { level: SOL_SOCKET, number: 0x0020 },
  SO_RCVBUF: { level: SOL_SOCKET, number: 0x1002 },
  SO_ERROR: { level: SOL_SOCKET, number: 0x1007 },
  IP_PKTINFO: { level: IPPROTO_IP, number: 19 },
  IPV6_V6ONLY: { level: IPPROTO_IPV6, number: 27 },
  // What RFC 3542 calls IPV6_RECVPKTINFO is set by the name of the message itself, IPV6_PKTINFO.
  IPV6_RECVPKTINFO: { level: IPPROTO_IPV6, number: 19 },
  TCP_NODELAY: { level: IPPROTO_TCP, number: 1 },
  SIO_UDP_CONNRESET: { control: 0x9800_000c },
};

/**
 * Windows on 64-bit architectures. From winsock2.h, ws2ipdef.h, ws2tcpip.h, mswsock.h, mstcpip.h and handleapi.h of the
 * Windows SDK, and held against MinGW's headers. Observed under Wine, not yet on Windows.
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
  SO_LINGER: { level: SOL_SOCKET, number: 0x0080 },
  options: OPTIONS,
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
