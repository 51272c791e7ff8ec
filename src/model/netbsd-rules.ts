import { ruleBook } from './rules.ts';

const PCB4 = { name: 'NetBSD 7 to 9', where: 'sys/netinet/in_pcb.c, in_pcbbind_port' };
const PCB6 = { name: 'NetBSD 6 to 9', where: 'sys/netinet6/in6_pcb.c, in6_pcbbind_port and in6_pcblookup_port' };
const KERNEL = 'NetBSD 7 to 10';
const RUN = { name: 'NetBSD 7.99 stack run in user space', where: 'the 64-cell table and the dual-stack rows' };

/** The rules of NetBSD. */
export const netbsdRules = ruleBook('netbsd', {
  free: { prose: 'The lookup finds no socket that stands in the way.', source: RUN, known: 'observed' },
  overlap: {
    prose:
      'A second socket with neither SO_REUSEADDR nor SO_REUSEPORT conflicts with the best match among all that overlap it, in any state.',
    source: RUN,
    known: 'observed',
  },
  'exact-match': {
    prose:
      'A second socket with SO_REUSEADDR or SO_REUSEPORT conflicts only with an unconnected socket on exactly the same address.',
    source: RUN,
    known: 'observed',
  },
  'reuseport-both': { prose: 'SO_REUSEPORT on both sockets permits exact duplicates.', source: RUN, known: 'observed' },
  'dual-holds-v4': {
    prose:
      'An IPv4 bind also looks for AF_INET6 sockets, under the mapped form of its address, so a dual-stack :: that is there stops one without options.',
    source: RUN,
    known: 'observed',
  },
  'v6-ignores-v4': {
    prose: 'A native IPv6 bind, the dual-stack :: included, never looks at AF_INET sockets.',
    source: PCB6,
    known: 'source-run',
  },
  'other-uid': {
    prose:
      'Unless the second socket’s owner is root, an overlapping AF_INET socket of another user is in the way of an AF_INET one, unless both are wildcards and the first has SO_REUSEPORT.',
    source: PCB4,
    known: 'source-run',
  },
  listen: { prose: 'listen() asks nothing about other sockets.', source: RUN, known: 'observed' },
  'not-local': {
    prose:
      'The address belongs to no interface; that includes all of 127.0.0.0/8 but 127.0.0.1, 255.255.255.255, and every v4-compatible address.',
    source: PCB4,
    known: 'source-run',
  },
  broadcast: {
    prose: 'The broadcast address of an interface can be bound.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, inpcb_bind_addr; sys/net/if.c, ifa_ifwithaddr' },
    known: 'source-run',
  },
  scope: {
    prose:
      'A link-local address needs the scope of an interface that has it, else it is the address of none; a scope that no interface has is ENXIO.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6pcb_bind_addr; sys/netinet6/scope6.c, sa6_embedscope' },
    known: 'source-run',
  },
  unready: {
    prose:
      'An anycast or duplicated address cannot be bound, with IPV6_BINDANY neither; a deprecated, tentative or detached one can. Under a v4-mapped name none of this is looked at.',
    source: { name: 'NetBSD 10', where: 'sys/netinet6/in6_pcb.c 1.177, in6pcb_bind_addr' },
    known: 'source',
  },
  'unready-7': {
    prose:
      'Up to 7 a tentative or detached address cannot be bound either. Which way 8 and 9 do it is not known, so both are allowed.',
    source: { name: 'NetBSD of August 2015', where: 'sys/netinet6/in6_pcb.c 1.143, in6_pcbbind_addr' },
    known: 'source',
  },
  bindany: {
    prose: 'IP_BINDANY and IPV6_BINDANY take every unicast address for one of the machine’s.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, inpcb_bind_addr' },
    known: 'source-run',
  },
  'mapped-on-v6only': {
    prose: 'A v4-mapped address on a socket with IPV6_V6ONLY=1, the default, is an invalid argument.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6pcb_bind_addr' },
    known: 'source-run',
  },
  'N1-accepted-unseen': {
    prose:
      'bind() does not find accepted sockets, whatever became of them, unless the port is a multiple of 128: their place in the port chains is that of port 0.',
    source: {
      name: KERNEL,
      where: 'sys/netinet/tcp_syncache.c, syn_cache_get; sys/netinet/in_pcb.c, inpcb_lookup_local',
    },
    known: 'source-run',
  },
  'N2-multicast': {
    prose:
      'On a multicast address SO_REUSEADDR or SO_REUSEPORT on each of the two sockets is enough, whichever it is. For an AF_INET6 socket a v4-mapped address is not a multicast address.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, inpcb_bind_port; sys/netinet6/in6_pcb.c, in6pcb_bind_port' },
    known: 'source-run',
  },
  'N2-multicast-7': {
    prose:
      'In 2013 the second socket shared a multicast address with one that has SO_REUSEADDR by SO_REUSEADDR only, in 2015 by either option. Which way 7 does it is not known, so both are allowed.',
    source: {
      name: 'NetBSD of August 2013 and of August 2015',
      where: 'sys/netinet/in_pcb.c 1.145.2.2, inpcb_bind_port, and 1.162, in_pcbbind_port',
    },
    known: 'source',
  },
  'N3-disconnect': {
    prose:
      'A disconnect of UDP leaves the wildcard, even of a socket that was bound to a specific address, and keeps the port; of an AF_INET6 socket that is ::, which with IPV6_V6ONLY=0 claims both stacks. A second connect() begins with one. connect() to AF_UNSPEC dissolves the connection and yet returns EAFNOSUPPORT.',
    source: {
      name: KERNEL,
      where: 'sys/netinet/udp_usrreq.c, udp_disconnect; sys/netinet6/udp6_usrreq.c, udp6_disconnect',
    },
    known: 'source-run',
  },
  'disconnect-tcp': {
    prose:
      'connect() to AF_UNSPEC does not dissolve a TCP connection. Without a connection it is only a connect() to a wrong family.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnect' },
    known: 'source',
  },
  'connect-other-stack': {
    prose:
      'A socket whose name is in one stack only cannot connect in the other, and with IPV6_V6ONLY=1 not to a v4-mapped address.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6pcb_connect' },
    known: 'source',
  },
  'connect-same-peer': {
    prose: 'Two sockets cannot be connected from one address to one peer, whatever their options.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, inpcb_connect' },
    known: 'source-run',
  },
  'connect-replaced': {
    prose:
      'An AF_INET socket that connects or sends to 255.255.255.255 reaches the broadcast address of the first interface that has one, and for 0.0.0.0 the machine’s first address; a connection is looked for under these. If the machine has several, each is allowed.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, inpcb_connect' },
    known: 'source',
  },
  'connect-mapped-twice': {
    prose:
      'A dual-stack :: or ::ffff:0.0.0.0 that connects over IPv4 looks for the same connection under ::ffff:0.0.0.0, not under the address of the route, and so never finds it.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6pcb_connect' },
    known: 'source',
  },
  'connect-again': {
    prose: 'A connected TCP socket cannot connect, and one that listens or listened neither.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnect' },
    known: 'source',
  },
  'connect-no-peer': {
    prose: 'No socket connects to port 0, and no TCP connection has a multicast address as its peer.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, inpcb_connect; sys/netinet6/in6_pcb.c, in6pcb_connect' },
    known: 'source',
  },
  'connect-scope': {
    prose: 'A scope that no interface has makes connect() and sendto() fail with ENXIO.',
    source: {
      name: KERNEL,
      where: 'sys/netinet6/in6_pcb.c, in6pcb_connect; sys/netinet6/udp6_output.c, udp6_output',
    },
    known: 'source',
  },
  'connect-narrows': {
    prose: 'A dual-stack :: that tried to connect over IPv4, and could not, is ::ffff:0.0.0.0 afterwards.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6pcb_connect' },
    known: 'source',
  },
  'send-connects': {
    prose:
      'sendto() of an AF_INET socket connects it, sends, and disconnects it again; so it fails where another socket has this connection, and afterwards the socket counts as the one that was bound last.',
    source: { name: KERNEL, where: 'sys/netinet/udp_usrreq.c, udp_send' },
    known: 'source-run',
  },
  'send-connected': {
    prose: 'sendto() with an address fails on a connected socket. For an AF_INET6 one port 0 is judged before that.',
    source: { name: KERNEL, where: 'sys/netinet/udp_usrreq.c, udp_send; sys/netinet6/udp6_output.c, udp6_output' },
    known: 'source',
  },
  'send-unseen': {
    prose:
      'bind() does not find an AF_INET6 socket whose port sendto() chose, unless the port is a multiple of 128: its place in the port chains stays that of port 0.',
    source: { name: KERNEL, where: 'sys/netinet6/udp6_output.c, udp6_output; sys/netinet6/in6_pcb.c, in6pcb_set_port' },
    known: 'source-run',
  },
  released: {
    prose:
      'A TCP socket whose connection was reset or refused has lost its port, and so has one that was shut down without a connection, a listener too. No call brings it back to life.',
    source: { name: KERNEL, where: 'sys/netinet/tcp_usrreq.c, tcp_usrclosed and tcp_getpcb' },
    known: 'source',
  },
  privileged: {
    prose: 'A port below 1024 needs root; that is judged before the conflict.',
    source: RUN,
    known: 'observed',
  },
  'send-keeps-port': {
    prose:
      'A UDP socket without a port that sends to a broadcast address without SO_BROADCAST, EACCES, keeps the port that was chosen for it, on the wildcard: the datagram is refused last. After a sendto() or connect() that finds no way, and after a TCP connect() that fails, it has none.',
    source: {
      name: 'NetBSD-current of January 2025',
      where: 'sys/netinet/udp_usrreq.c, udp_send; sys/netinet6/udp6_output.c',
    },
    known: 'source',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: RUN, known: 'observed' },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: { name: KERNEL, where: 'sys/netinet6/ip6_output.c, ip6_ctloutput' },
    known: 'source',
  },
  'listen-udp': {
    prose: 'A UDP socket cannot listen; for a connected one that is an invalid argument.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, solisten' },
    known: 'source',
  },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: PCB4, known: 'source' },
  chosen: {
    prose:
      'For port 0 the system only looks at sockets of the same family: AF_INET takes a port on which nothing overlaps, whatever the options, AF_INET6 with SO_REUSEADDR or SO_REUSEPORT one that no unconnected socket has on exactly that address. For a v4-mapped name it looks at the AF_INET sockets instead, and at no AF_INET6 one.',
    source: { name: KERNEL, where: 'sys/netinet/portalgo.c, check_suitable_port' },
    known: 'source-run',
  },
});
