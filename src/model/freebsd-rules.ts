import { ruleBook } from './rules.ts';

const KERNEL = 'FreeBSD 14 and 15';
const PCB4 = { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbbind_avail' };
const PCB6 = { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6_pcbbind_avail' };
const UDP = { name: KERNEL, where: 'sys/netinet/udp_usrreq.c, udp_disconnect; sys/netinet/in_pcb.c, in_pcbdisconnect' };
const OLD = 'FreeBSD 13 and 14';
const RUN = { name: 'FreeBSD 9.1 stack run in user space', where: 'the 64-cell table' };

/** The rules of FreeBSD for names. */
export const freebsdRules = ruleBook('freebsd', {
  free: { prose: 'The lookup finds no socket that stands in the way.', source: RUN, known: 'observed' },
  overlap: {
    prose:
      'A second socket without SO_REUSEADDR, SO_REUSEPORT and SO_REUSEPORT_LB conflicts with the best match among all that overlap it, in any state.',
    source: RUN,
    known: 'observed',
  },
  'exact-match': {
    prose:
      'A second socket with one of these options conflicts only with an unconnected socket on exactly the same address.',
    source: RUN,
    known: 'observed',
  },
  'reuseport-both': {
    prose: 'SO_REUSEPORT on both sockets permits exact duplicates.',
    source: RUN,
    known: 'observed',
  },
  'reuseport-lb-both': {
    prose: 'SO_REUSEPORT_LB on both sockets permits exact duplicates too; it does not match SO_REUSEPORT.',
    source: PCB4,
    known: 'source-run',
  },
  'F3-multicast': {
    prose:
      'On a multicast address, v4-mapped ones included, SO_REUSEADDR on the second socket shares with any of SO_REUSEADDR, SO_REUSEPORT and SO_REUSEPORT_LB on the first; SO_REUSEPORT and SO_REUSEPORT_LB each share with SO_REUSEADDR as well as with themselves. Owners do not matter.',
    source: PCB4,
    known: 'source-run',
  },
  'other-uid': {
    prose:
      'Unless the second socket’s owner is root, any overlapping socket of another user is in the way, whatever the options; for TCP, connected ones are not.',
    source: PCB6,
    known: 'source-run',
  },
  'F5-other-uid-lb': {
    prose:
      'Up to 14.1 two wildcards of different users may be shared by SO_REUSEPORT_LB, if the first has it without SO_REUSEPORT; not for the IPv4 part of a dual-stack ::. 14.3 and later have no such exception, and 14.2 was not looked at.',
    source: { name: OLD, where: 'sys/netinet6/in6_pcb.c, in6_pcbbind; sys/netinet/in_pcb.c, in_pcbbind_avail' },
    known: 'source-run',
  },
  fib: {
    prose:
      'With net.inet.udp.bind_all_fibs=0 or net.inet.tcp.bind_all_fibs=0 (since 14.3) a bind looks only at sockets of its own FIB (SO_SETFIB); owners, the IPv4 part of a dual-stack ::, TCP on a v4-mapped address, and the ports that the system chooses are compared in all of them.',
    source: PCB6,
    known: 'source',
  },
  'dual-skips-v4-wildcard': {
    prose: 'A dual-stack :: is not stopped by an AF_INET 0.0.0.0 that was there first, but the other order conflicts.',
    source: PCB6,
    known: 'source-run',
  },
  'both-v6-wildcards': {
    prose: 'Two wildcards on IPv4 do not conflict when both sockets are AF_INET6 and the second is ::ffff:0.0.0.0.',
    source: PCB4,
    known: 'source-run',
  },
  'dual-v4-holder': {
    prose: 'A dual-stack :: is stopped by an IPv4 address that is held, or by an AF_INET6 socket on the IPv4 wildcard.',
    source: PCB6,
    known: 'source-run',
  },
  'F1-disconnect': {
    prose:
      'Since 14 a disconnect of UDP gives the port up: the socket receives nothing, cannot be bound again, and stands in no one’s way. A later connect() puts it on that port again, whoever holds it, as the newest; 14 chooses the local address again, 15 keeps it. connect() to AF_UNSPEC returns EAFNOSUPPORT all the same.',
    source: UDP,
    known: 'source-run',
  },
  'F1-disconnect-13': {
    prose:
      'Up to 13 a disconnect of UDP leaves the wildcard, even of a socket that was bound to a specific address, in the stack that the connection was in, and keeps the port. connect() to AF_UNSPEC returns EAFNOSUPPORT all the same.',
    source: { name: OLD, where: 'sys/netinet/udp_usrreq.c, udp_disconnect; sys/netinet6/udp6_usrreq.c' },
    known: 'source',
  },
  'disconnect-tcp': {
    prose:
      'For TCP connect() to AF_UNSPEC is a connect() like any other: it dissolves nothing, and where it is not EISCONN it fails by the family of the peer.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnectat; sys/netinet/tcp_usrreq.c' },
    known: 'source',
  },
  'F2-order-of-wildcards': {
    prose:
      'Among several unconnected wildcards in IPv4 the newest of 0.0.0.0 and the dual-stack :: decides, and the oldest ::ffff:0.0.0.0 only if there is none of these.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, _in_pcbinshash_wild' },
    known: 'source-run',
  },
  'connect-other-stack': {
    prose:
      'A socket that is in one stack only, by its name or since it was connected, cannot connect in the other; with IPV6_V6ONLY=1 a v4-mapped peer is an invalid argument.',
    source: { name: KERNEL, where: 'sys/netinet6/udp6_usrreq.c, udp6_connect' },
    known: 'source-run',
  },
  'connect-name': {
    prose:
      'A peer with port 0 is an address that is not available. TCP cannot connect to a multicast address, and lacks the permission to connect to 255.255.255.255.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbconnect; sys/netinet/tcp_usrreq.c, tcp_usr_connect' },
    known: 'source',
  },
  'connect-no-host-15': {
    prose:
      'Since 15 there is no route to 0.0.0.0, to 255.255.255.255 and to ::; up to 14 they stand for an address of the machine, or for its broadcast address.',
    source: {
      name: 'FreeBSD main of 2026',
      where: 'sys/netinet/in_pcb.c, in_pcbconnect; sys/netinet6/in6_pcb.c, in6_pcbladdr',
    },
    known: 'source',
  },
  'connect-same-peer': {
    prose: 'Two sockets cannot be connected from one address to one peer, whatever their options.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbconnect' },
    known: 'source-run',
  },
  'connect-again': {
    prose: 'A connected TCP socket cannot connect, and a listening one neither.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnectat; sys/netinet/tcp_usrreq.c' },
    known: 'source',
  },
  'connect-listener-15': {
    prose:
      'An AF_INET6 socket that listens cannot connect: an invalid argument in 14, and an operation that is not supported, as on AF_INET, in FreeBSD main of 2026; from which release on was not looked at.',
    source: { name: 'FreeBSD main of 2026', where: 'sys/netinet/tcp_usrreq.c, tcp6_usr_connect; 14 has it otherwise' },
    known: 'source',
  },
  'connect-lb-15': {
    prose:
      'Since 15 a TCP socket with SO_REUSEPORT_LB cannot connect, which leaves a dual-stack socket in the stack of its peer. A UDP socket can.',
    source: {
      name: 'FreeBSD, tests/sys/netinet',
      where:
        'so_reuseport_lb_test.c, connect_not_bound and connect_bound, beside sys/netinet/tcp_usrreq.c, tcp_connect',
    },
    known: 'test-suite',
  },
  'send-name': {
    prose:
      'sendto() to a v4-mapped address is an invalid argument with IPV6_V6ONLY=1. Port 0 is an address that is not available, in IPv6 always, and in IPv4 up to 14 where the local address is to be chosen; elsewhere the datagram is sent.',
    source: {
      name: 'FreeBSD 13 to 15',
      where:
        'sys/netinet6/udp6_usrreq.c, udp6_send; sys/netinet/udp_usrreq.c, udp_send; tests/sys/netinet/ip6_v4mapped_test.c',
    },
    known: 'source',
  },
  'send-same-peer-14': {
    prose:
      'Up to 14 sendto() in IPv4 from a socket on the wildcard prepares a connection: if another socket of the port is connected from the address that it would have to the same peer, the address is in use. 15 only chooses the address.',
    source: { name: OLD, where: 'sys/netinet/udp_usrreq.c, udp_send; sys/netinet/in_pcb.c, in_pcbconnect_setup' },
    known: 'source',
  },
  'send-keeps-port': {
    prose:
      'A UDP socket without a port that sends to a broadcast address without SO_BROADCAST, EACCES, keeps the port that was chosen for it, on the wildcard: the datagram is refused last. After a sendto() or connect() that finds no way, and after a TCP connect() that fails, it has none.',
    source: { name: KERNEL, where: 'sys/netinet/udp_usrreq.c, udp_send; sys/netinet/in_pcb.c, in_pcbconnect' },
    known: 'source',
  },
  'connected-sendto': {
    prose: 'A connected UDP socket cannot send to an address.',
    source: { name: KERNEL, where: 'sys/netinet/udp_usrreq.c, udp_send; sys/netinet6/udp6_usrreq.c, udp6_send' },
    known: 'source',
  },
  reset: {
    prose:
      'A TCP socket whose connection was reset or refused has lost its port, and cannot be bound, connected or made to listen again. Since 14.3 this is judged before the address; up to 14.0 a multicast address, 255.255.255.255 as a peer, and AF_UNSPEC were judged first, unless they are v4-mapped. 14.1 and 14.2 were not looked at.',
    source: { name: 'FreeBSD 13 to 15', where: 'sys/netinet/in_pcb.c, in_pcbdrop; sys/netinet/tcp_usrreq.c' },
    known: 'source',
  },
  shutdown: {
    prose: 'For a socket without a connection shutdown() returns ENOTCONN, and a listener goes on listening.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soshutdown; sys/netinet/tcp_usrreq.c, tcp_usr_shutdown' },
    known: 'source',
  },
  'v6only-late': {
    prose: 'IPV6_V6ONLY cannot be set once the socket is bound.',
    source: { name: KERNEL, where: 'sys/netinet6/ip6_output.c, ip6_ctloutput' },
    known: 'source',
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
    source: { name: KERNEL, where: 'sys/net/if.c, ifa_ifwithaddr' },
    known: 'source',
  },
  scope: {
    prose:
      'A link-local address needs the scope of an interface that has it, else it is the address of none; a scope that no interface has is ENXIO.',
    source: { name: KERNEL, where: 'sys/netinet6/scope6.c, sa6_embedscope' },
    known: 'source',
  },
  unready: {
    prose: 'A tentative, duplicated or detached IPv6 address cannot be bound; a deprecated one can.',
    source: PCB6,
    known: 'source',
  },
  'anycast-14': {
    prose: 'Up to 14.3 an anycast address cannot be bound; FreeBSD 15 lets it.',
    source: PCB6,
    known: 'source',
  },
  bindany: {
    prose: 'IP_BINDANY and IPV6_BINDANY take every address for one of the machine’s.',
    source: PCB4,
    known: 'source',
  },
  'mapped-on-v6only': {
    prose: 'With IPV6_V6ONLY=1, the default, a v4-mapped address is one that no interface has.',
    source: PCB6,
    known: 'source-run',
  },
  'tcp-multicast': {
    prose:
      'TCP cannot be bound to a multicast address, which is judged before all else; a v4-mapped one counts only with IPV6_V6ONLY=0.',
    source: { name: KERNEL, where: 'sys/netinet/tcp_usrreq.c, tcp_usr_bind and tcp6_usr_bind' },
    known: 'source-run',
  },
  privileged: {
    prose: 'A port below 1024 needs root, on every address and for both families.',
    source: PCB4,
    known: 'source-run',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: PCB6, known: 'source-run' },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: PCB4, known: 'source' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: PCB4, known: 'source' },
  chosen: {
    prose:
      'For port 0 the system takes a port on which nothing overlaps the name or, with SO_REUSEADDR, SO_REUSEPORT or SO_REUSEPORT_LB, one that no unconnected socket has on exactly that address. 13 did not look at the IPv4 part of a dual-stack ::.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcb_lport_dest' },
    known: 'source-run',
  },
});
