import type { Ground } from '../src/experiment/experiment.ts';

/**
 * Who gets what is sent to an address and port, by the lookups of the systems: a socket that holds just that name, or
 * else one that holds the wildcard, and nobody else.
 */
export const DELIVERED_BY_NAME: readonly Ground[] = [
  {
    on: ['darwin'],
    known: 'source',
    cite: [{ source: 'xnu', where: 'bsd/netinet/in_pcb.c, in_pcblookup_hash_locked' }],
  },
  { on: ['freebsd'], known: 'source', cite: [{ source: 'freebsd', where: 'sys/netinet/in_pcb.c, in_pcblookup_hash' }] },
  {
    on: ['openbsd'],
    known: 'source',
    cite: [{ source: 'openbsd', where: 'sys/netinet/in_pcb.c, in_pcblookup_listen' }],
  },
  { on: ['netbsd'], known: 'source', cite: [{ source: 'netbsd', where: 'sys/netinet/in_pcb.c, in_pcblookup_bind' }] },
  { on: ['gvisor'], known: 'source', cite: [{ source: 'gvisor', where: 'pkg/tcpip/stack/transport_demuxer.go' }] },
];

/**
 * A closed port of the machine's own is refused at once: a TCP connection by a reset, a UDP socket that is connected by
 * the error of the unreachable port, which one that is not connected never hears of.
 */
export const CLOSED_PORT: readonly Ground[] = [
  {
    on: ['darwin'],
    known: 'source',
    cite: [{ source: 'xnu', where: 'bsd/netinet/tcp_input.c, tcp_input; bsd/netinet/udp_usrreq.c, udp_ctlinput' }],
  },
  {
    on: ['freebsd'],
    known: 'source',
    cite: [{ source: 'freebsd', where: 'sys/netinet/tcp_input.c, tcp_input; sys/netinet/udp_usrreq.c, udp_ctlinput' }],
  },
  {
    on: ['openbsd'],
    known: 'source',
    cite: [{ source: 'openbsd', where: 'sys/netinet/tcp_input.c, tcp_input; sys/netinet/udp_usrreq.c, udp_ctlinput' }],
  },
];

/** A UDP socket that is connected takes datagrams from its peer alone, as the systems' manuals have it. */
export const CONNECTED_FILTERS: readonly Ground[] = [
  { on: ['darwin'], known: 'vendor', cite: [{ source: 'xnu', where: 'bsd/man/man2/connect.2' }] },
  { on: ['freebsd'], known: 'vendor', cite: [{ source: 'freebsd-connect', where: 'DESCRIPTION' }] },
  { on: ['openbsd'], known: 'vendor', cite: [{ source: 'openbsd-connect', where: 'DESCRIPTION' }] },
  { on: ['netbsd'], known: 'vendor', cite: [{ source: 'netbsd-connect', where: 'DESCRIPTION' }] },
  { on: ['windows'], known: 'vendor', cite: [{ source: 'ms-connect', where: 'Remarks, on connectionless sockets' }] },
];

/** A packet to 127.0.0.0/8 that comes in over another interface than the loopback one is dropped. */
export const FOREIGN_LOOPBACK: readonly Ground[] = [
  { on: ['darwin'], known: 'source', cite: [{ source: 'xnu', where: 'bsd/netinet/ip_input.c' }] },
  { on: ['freebsd'], known: 'source', cite: [{ source: 'freebsd', where: 'sys/netinet/ip_input.c, ip_input' }] },
  { on: ['openbsd'], known: 'source', cite: [{ source: 'openbsd', where: 'sys/netinet/ip_input.c, ipv4_check' }] },
];

/** Sockets of Wine are sockets of its Linux host, under Winsock's names; what else its server does to them differs. */
export const UNDER_WINE: readonly Ground[] = [
  { on: ['wine'], known: 'observed', cite: [{ source: 'wine-server-8', where: 'init_socket' }] },
];

/**
 * A UDP socket of Wine on an IPv4 address of an interface, other than 127.0.0.1, is a wildcard on the host that is tied
 * to that interface.
 */
export const WINE_INTERFACES = {
  on: ['wine'],
  known: 'observed',
  cite: [{ source: 'wine-server-8', where: 'bind_to_interface' }],
} as const satisfies Ground;

/** Wine's server hears first that a UDP port was unreachable, and so takes it from the program's recv(). */
export const WINE_TAKES_ERRORS = {
  on: ['wine'],
  known: 'observed',
  cite: [{ source: 'wine-server-8', where: 'sock_poll_event, sock_error' }],
} as const satisfies Ground;

/** What gVisor's own network stack does as Linux does. */
export const IN_GVISOR: readonly Ground[] = [
  { on: ['gvisor'], known: 'observed', cite: [{ source: 'gvisor', where: 'pkg/tcpip' }] },
];

/**
 * gVisor takes a packet only on the interface that has its address (the strong model of RFC 1122, 3.3.4.2); Linux takes it
 * on any.
 */
export const GVISOR_STRONG_HOST = {
  on: ['gvisor'],
  known: 'observed',
  cite: [
    { source: 'gvisor', where: 'pkg/tcpip/network/ipv4/ipv4.go, pkg/tcpip/network/ipv6/ipv6.go' },
    { source: 'rfc1122', where: '3.3.4.2' },
  ],
  because:
    'gVisor takes a packet only on the interface that has the address it is for, so that a neighbour on one network hears nothing from the address of another.',
} as const satisfies Ground & { because: string };
