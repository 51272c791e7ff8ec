import { ruleBook } from './rules.ts';

const KERNEL = 'OpenBSD 6.8 to 7.x';
const PCB = { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbaddrisavail and in_pcbbind' };
const PCB6 = { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6_pcbaddrisavail_lock' };
const CONNECT = { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnect; sys/netinet/in_pcb.c, in_pcbunset_laddr' };
const REGRESS = { name: 'OpenBSD regress/sys/netinet/in_pcbbind', where: 'runtest.c' };

/** The rules of OpenBSD. */
export const openbsdRules = ruleBook('openbsd', {
  free: { prose: 'The lookup finds no socket that stands in the way.', source: PCB, known: 'source-run' },
  overlap: {
    prose:
      'A second socket with neither SO_REUSEADDR nor SO_REUSEPORT conflicts with any that overlaps it, in any state. IPv4 and IPv6 never overlap, since every IPv6 socket is IPv6 only.',
    source: REGRESS,
    known: 'test-suite',
  },
  'exact-match': {
    prose:
      'A second socket with SO_REUSEADDR or SO_REUSEPORT conflicts only with an unconnected socket on exactly the same address.',
    source: REGRESS,
    known: 'test-suite',
  },
  'reuseport-both': {
    prose: 'SO_REUSEPORT on both sockets permits exact duplicates.',
    source: REGRESS,
    known: 'test-suite',
  },
  rdomain: {
    prose:
      'Sockets of different routing domains (SO_RTABLE) never meet, whatever their names and owners, and each can only be bound to the addresses of its own domain.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcblookup_local_lock and in_pcbaddrisavail_lock' },
    known: 'source',
  },
  'other-uid': {
    prose: 'Unless the second socket’s owner is root, any overlapping socket of another user is in the way.',
    source: PCB,
    known: 'source-run',
  },
  'other-uid-v6': {
    prose: 'The owners of IPv6 sockets are compared as those of IPv4 ones are.',
    source: PCB6,
    known: 'source-run',
  },
  'O1-multicast': {
    prose:
      'On a multicast address SO_REUSEADDR or SO_REUSEPORT on each of the two sockets is enough, whichever it is and whoever owns them.',
    source: REGRESS,
    known: 'test-suite',
  },
  'O1-multicast-5.8': {
    prose: 'Up to 5.8 the second socket shares a multicast address by SO_REUSEADDR only.',
    source: { name: 'OpenBSD 5.8', where: 'sys/netinet/in_pcb.c before revision 1.195, in_pcbbind' },
    known: 'source',
  },
  'O1-multicast-owners': {
    prose:
      'Up to 6.4 a socket of another user that overlaps the name is in the way on a multicast address too, as on every other; in 7.8 it is not. When that changed is not known, so both are allowed between these.',
    source: {
      name: 'OpenBSD 6.4 and 7.8',
      where: 'sys/netinet/in_pcb.c 1.160, 1.237, 1.247, in_pcbaddrisavail, and 1.320, in_pcbaddrisavail_lock',
    },
    known: 'source',
  },
  'O2-disconnect': {
    prose:
      'A disconnect of UDP leaves the wildcard, even of a socket that was bound to a specific address, and keeps the port; a second connect() begins with one. connect() to AF_UNSPEC dissolves the connection and yet returns EAFNOSUPPORT.',
    source: CONNECT,
    known: 'source-run',
  },
  'O3-head-of-chain': {
    prose:
      'If several sockets stand in the way alike, the one at the head of the port’s chain decides: the one that was bound, connected, accepted or disconnected last.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbrehash and in_pcblookup_local_lock' },
    known: 'source-run',
  },
  'disconnect-tcp': {
    prose:
      'connect() to AF_UNSPEC does not dissolve a TCP connection. Without a connection it is only a connect() to a wrong family.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnect; sys/netinet/in.c, in_nam2sin' },
    known: 'source',
  },
  'connect-mapped': {
    prose: 'An IPv6 socket cannot connect or send to a v4-mapped address, whatever the IPv4 address is.',
    source: {
      name: KERNEL,
      where: 'sys/netinet6/in6_pcb.c, in6_pcbconnect; sys/netinet6/udp6_output.c, udp6_output',
    },
    known: 'source',
  },
  'connect-same-peer': {
    prose: 'Two sockets cannot be connected from one address to one peer, whatever their options.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbconnect' },
    known: 'source-run',
  },
  'connect-again': {
    prose: 'A connected TCP socket cannot connect, and one that listens or listened neither.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnect' },
    known: 'source',
  },
  'connect-port-0': {
    prose: 'No socket connects to port 0 or sends to it.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbconnect; sys/netinet6/in6_pcb.c, in6_pcbconnect' },
    known: 'source-run',
  },
  'send-keeps-port': {
    prose:
      'A UDP socket without a port that sends to a broadcast address without SO_BROADCAST, EACCES, keeps the port that was chosen for it, on the wildcard: the datagram is refused last. After a sendto() or connect() that finds no way, and after a TCP connect() that fails, it has none.',
    source: { name: KERNEL, where: 'sys/netinet/udp_usrreq.c, udp_output; sys/netinet/in_pcb.c, in_pcbconnect' },
    known: 'source',
  },
  'connected-sendto': {
    prose: 'A connected UDP socket cannot send to an address.',
    source: { name: KERNEL, where: 'sys/netinet/udp_usrreq.c, udp_output; sys/netinet6/udp6_output.c, udp6_output' },
    known: 'source',
  },
  'connect-unicast': {
    prose: 'TCP cannot connect to a wildcard, a multicast or a broadcast address.',
    source: { name: KERNEL, where: 'sys/netinet/tcp_usrreq.c, tcp_connect' },
    known: 'source',
  },
  'connect-scope': {
    prose: 'A scope that no interface has makes connect() and sendto() fail with EINVAL.',
    source: {
      name: KERNEL,
      where: 'sys/netinet6/in6_pcb.c, in6_pcbconnect; sys/netinet6/udp6_output.c, udp6_output',
    },
    known: 'source',
  },
  'connect-from-broadcast': {
    prose:
      'A UDP socket bound to 255.255.255.255 asks whether its connection exists under the address of the route, and yet keeps 255.255.255.255, so that two of them can be connected to one peer.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbselsrc and in_pcbconnect' },
    known: 'source',
  },
  released: {
    prose:
      'A TCP socket whose connection was reset or refused has lost its port, and so has one that was shut down without a connection, a listener too. No call brings it back to life; the first after a reset may return ECONNRESET.',
    source: { name: KERNEL, where: 'sys/netinet/tcp_usrreq.c, tcp_usrclosed and tcp_sogetpcb' },
    known: 'source',
  },
  listen: { prose: 'listen() asks nothing about other sockets.', source: PCB, known: 'source' },
  'not-local': {
    prose:
      'The address belongs to no interface; that includes all of 127.0.0.0/8 but 127.0.0.1, and every v4-compatible address.',
    source: PCB,
    known: 'source-run',
  },
  broadcast: {
    prose: 'UDP can be bound to 255.255.255.255 and to the broadcast address of an interface, TCP to neither.',
    source: PCB,
    known: 'source-run',
  },
  scope: {
    prose:
      'A link-local address needs the scope of an interface that has it; a scope that no interface has is an invalid argument.',
    source: PCB6,
    known: 'source-run',
  },
  unready: {
    prose: 'An anycast, tentative, duplicated or detached IPv6 address cannot be bound; a deprecated one can.',
    source: PCB6,
    known: 'source',
  },
  bindany: {
    prose: 'SO_BINDANY takes every unicast address for one of the machine’s, but no v4-mapped one.',
    source: PCB,
    known: 'source-run',
  },
  'v4-mapped': {
    prose:
      'A v4-mapped address is one that no interface has, ::ffff:0.0.0.0 too, since every IPv6 socket is IPv6 only.',
    source: PCB6,
    known: 'source-run',
  },
  privileged: {
    prose: 'A port below 1024, or 2049, needs root; that is judged after the conflict.',
    source: PCB,
    known: 'source-run',
  },
  'privileged-5.8': {
    prose:
      'Up to 5.8 the privilege is judged after the address and before the other sockets: an ordinary user gets EACCES for a low port that is taken. In 6.4 the other sockets come first; when that changed is not known, so both are allowed between these.',
    source: {
      name: 'OpenBSD, before in_pcbaddrisavail was made, and 6.4',
      where: 'sys/netinet/in_pcb.c, in_pcbbind; sys/netinet6/in6_pcb.c, in6_pcbbind',
    },
    known: 'source',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: PCB, known: 'source' },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: { name: KERNEL, where: 'sys/netinet6/ip6_output.c, ip6_ctloutput' },
    known: 'source',
  },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: PCB, known: 'source' },
  'listen-state': {
    prose: 'A connected TCP socket cannot listen. Some older releases say EOPNOTSUPP.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, solisten' },
    known: 'source',
  },
  chosen: {
    prose:
      'For port 0 the system takes a port that a bind to it would get, without asking for owners: with SO_REUSEADDR or SO_REUSEPORT that may be one that another user’s socket has on an overlapping address.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbpickport' },
    known: 'source-run',
  },
});
