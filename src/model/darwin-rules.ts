import { ruleBook } from './rules.ts';

const XNU = 'XNU 11417.101.15 (macOS 15.4)';
const PCB4 = { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbbind' };
const PCB6 = { name: XNU, where: 'bsd/netinet6/in6_pcb.c, in6_pcbbind' };
const HASH = { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbinshash, in_pcbrehash and in_pcblookup_local' };
const UDP = { name: XNU, where: 'bsd/netinet/udp_usrreq.c, udp_disconnect; bsd/netinet6/udp6_usrreq.c' };

/** The rules of macOS for names. */
export const darwinRules = ruleBook('darwin', {
  free: {
    prose: 'The lookup finds no socket that stands in the way.',
    source: PCB4,
    known: 'source-run',
  },
  overlap: {
    prose:
      'A second socket with neither SO_REUSEADDR nor SO_REUSEPORT conflicts with the best match among all that overlap it, in any state, connected ones and TIME_WAIT included.',
    source: PCB4,
    known: 'source-run',
  },
  'exact-match': {
    prose:
      'A second socket with SO_REUSEADDR or SO_REUSEPORT conflicts only with an unconnected socket on exactly the same address; the first socket’s SO_REUSEADDR does not matter.',
    source: PCB4,
    known: 'source-run',
  },
  'reuseport-both': {
    prose: 'SO_REUSEPORT on both sockets permits exact duplicates.',
    source: PCB4,
    known: 'source-run',
  },
  multicast: {
    prose:
      'On a multicast address, v4-mapped ones included, SO_REUSEADDR on the second socket shares with SO_REUSEADDR or SO_REUSEPORT on the first, whoever owns them.',
    source: PCB4,
    known: 'source-run',
  },
  'other-uid': {
    prose:
      'Unless the second socket’s owner is root, every overlapping socket of another user is in the way, unless that one has SO_REUSESHAREUID, or both are wildcards (for IPv6, only if the first has SO_REUSEPORT).',
    source: PCB4,
    known: 'source-run',
  },
  'dual-skips-v4-wildcard': {
    prose:
      'A dual-stack :: is not stopped by an AF_INET 0.0.0.0 that was there first, although 0.0.0.0 is stopped by a dual-stack ::.',
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
  'K1-newest-in-hash': {
    prose:
      'Among several unconnected sockets on exactly one address the one that was put into the hash chain last decides, and every bind, connect and disconnect of UDP puts a socket there; among all that overlap, the order of bind decides.',
    source: HASH,
    known: 'source-run',
  },
  'K5-disconnect': {
    prose:
      'connect() to AF_UNSPEC dissolves a connection and yet returns an error: EAFNOSUPPORT on AF_INET, EAFNOSUPPORT or, with a short name, EINVAL on AF_INET6, and EADDRNOTAVAIL on an AF_INET6 socket that is in IPv4. disconnectx() returns 0. The socket keeps the wildcard, even a socket that was bound to a specific address, on the same port and in the stack that the connection was in.',
    source: UDP,
    known: 'source-run',
  },
  'K5-tcp': {
    prose:
      'On a TCP socket connect() to AF_UNSPEC is a connect() like any other: it dissolves nothing, and where it is not EISCONN or EOPNOTSUPP it fails by the family of the peer, which leaves a dual-stack socket in IPv6. disconnectx() begins to close the connection, and the socket keeps its name.',
    source: { name: XNU, where: 'bsd/kern/uipc_socket.c, soconnectlock; bsd/netinet/tcp_usrreq.c' },
    known: 'source',
  },
  'M3-best-match-only': {
    prose:
      'Only the best match is examined: where that one does not stop a dual-stack ::, an IPv4 address that comes after it and would have stopped it is not seen.',
    source: { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcblookup_local' },
    known: 'source-run',
  },
  'connect-other-stack': {
    prose:
      'A socket that is in one stack only, by its name, by IPV6_V6ONLY or since it was connected, cannot connect in the other; except that a UDP socket that is in IPv4 takes :: for 0.0.0.0. Releases before 15.4 checked less.',
    source: { name: XNU, where: 'bsd/netinet6/udp6_usrreq.c, udp6_connect; bsd/netinet6/in6_pcb.c, in6_pcbconnect' },
    known: 'source-run',
  },
  'connect-other-stack-15.0': {
    prose:
      'Up to 15.0 connect() does not look at the stack that a socket is in: a UDP socket that is in IPv6 connects to a v4-mapped peer, and a TCP connection in the other stack is begun from an address that no interface has. With IPV6_V6ONLY=1 a v4-mapped peer is an invalid argument for TCP. 15.1 to 15.3 have not been looked at.',
    source: {
      name: 'XNU 11215.1.10 (macOS 15.0)',
      where:
        'bsd/netinet/tcp_usrreq.c, tcp_usr_connect_common; bsd/netinet6/udp6_usrreq.c, udp6_connect; beside those of 11417.101.15',
    },
    known: 'source',
  },
  'connect-v6only-udp': {
    prose:
      'A UDP socket with IPV6_V6ONLY=1 takes a v4-mapped peer for an IPv6 address: one that is bound to an address is connected, one on the wildcard needs a route to it.',
    source: {
      name: XNU,
      where: 'bsd/netinet6/udp6_usrreq.c, udp6_connect; bsd/netinet6/in6_src.c, in6_selectsrc',
    },
    known: 'source',
  },
  'connect-name': {
    prose:
      'A peer with port 0 is an address that is not available, for sendto() too, but not for that of IPv4 from a socket that is bound to an address. TCP cannot connect to a multicast address or to 255.255.255.255, v4-mapped and v4-compatible ones included.',
    source: { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbladdr; bsd/netinet/tcp_usrreq.c, tcp_usr_connect_common' },
    known: 'source',
  },
  'connect-chooses-first': {
    prose:
      'A TCP socket without a port gets one before connect() looks for a route, so that a call that finds none, or whose peer has port 0, leaves the socket on that port, in the stack of the peer. A UDP socket gets its port last, and has none after a connect() or sendto() that fails; but a datagram to a broadcast address that is refused, EACCES, was sent by a socket that keeps its port.',
    source: { name: XNU, where: 'bsd/netinet/tcp_usrreq.c, tcp_connect and tcp6_connect; udp_usrreq.c, udp_output' },
    known: 'source',
  },
  'connect-self': {
    prose: 'A TCP socket cannot connect to its own name over IPv4.',
    source: { name: XNU, where: 'bsd/netinet/tcp_usrreq.c, tcp_connect' },
    known: 'source',
  },
  'peer-scope': {
    prose: 'A peer whose scope is that of no interface is an invalid argument, for connect() and sendto().',
    source: { name: XNU, where: 'bsd/netinet6/in6_pcb.c, in6_pcbladdr; bsd/netinet6/udp6_output.c' },
    known: 'source',
  },
  'connect-same-peer': {
    prose:
      'Two sockets cannot be connected from one address to one peer, whatever their options. A wildcard as the peer is ::1, or the first IPv4 address of the machine.',
    source: { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbconnect' },
    known: 'source-run',
  },
  'connect-again': {
    prose: 'A connected or listening TCP socket cannot connect.',
    source: { name: XNU, where: 'bsd/kern/uipc_socket.c, soconnectlock' },
    known: 'source',
  },
  'connected-sendto': {
    prose: 'A connected UDP socket cannot send to an address.',
    source: { name: XNU, where: 'bsd/netinet/udp_usrreq.c, udp_output; bsd/netinet6/udp6_output.c' },
    known: 'source',
  },
  'send-source': {
    prose:
      'An IPv4 datagram needs a source address that an interface has: sendto() fails on a socket that is bound to a group or a broadcast address, and to a v4-mapped address on one that is bound to an IPv6 address.',
    source: { name: XNU, where: 'bsd/netinet/udp_usrreq.c, udp_output; bsd/net/if.c, ifa_foraddr' },
    known: 'source',
  },
  reset: {
    prose:
      'A TCP socket whose connection was reset or refused has lost its port, and cannot be bound, connected or made to listen again.',
    source: { name: XNU, where: 'bsd/netinet/tcp_subr.c, tcp_close; bsd/netinet/in_pcb.c, in_pcbdetach' },
    known: 'source',
  },
  shutdown: {
    prose:
      'For a socket without a connection shutdown() returns ENOTCONN and changes nothing: a listener goes on listening.',
    source: { name: XNU, where: 'bsd/kern/uipc_socket.c, soshutdown' },
    known: 'source',
  },
  'v6only-late': {
    prose: 'IPV6_V6ONLY cannot be set once the socket is bound.',
    source: { name: XNU, where: 'bsd/netinet6/ip6_output.c, ip6_ctloutput' },
    known: 'source',
  },
  listen: {
    prose: 'listen() asks nothing about other sockets.',
    source: { name: XNU, where: 'tcp_usr_listen' },
    known: 'source',
  },
  'not-local': {
    prose:
      'The address belongs to no interface; that includes all of 127.0.0.0/8 but 127.0.0.1, 255.255.255.255, and every v4-compatible address.',
    source: PCB4,
    known: 'source-run',
  },
  broadcast: {
    prose: 'The broadcast address of an interface can be bound.',
    source: { name: XNU, where: 'bsd/net/if.c, ifa_ifwithaddr_locked' },
    known: 'source',
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
    known: 'source-run',
  },
  'mapped-on-v6only': {
    prose: 'With IPV6_V6ONLY=1 a v4-mapped address is looked up as an IPv6 address, which no interface has.',
    source: PCB6,
    known: 'source-run',
  },
  'tcp-multicast': {
    prose:
      'TCP cannot be bound to a multicast address or to 255.255.255.255, in v4-mapped and v4-compatible form neither.',
    source: { name: XNU, where: 'bsd/netinet/tcp_usrreq.c, tcp_usr_bind and tcp6_usr_bind; tests/tcp_bind_connect.c' },
    known: 'test-suite',
  },
  privileged: {
    prose: 'A port below 1024 needs root only for a specific address; on a wildcard it is free for all.',
    source: PCB4,
    known: 'source-run',
  },
  'privileged-10.13': {
    prose: 'Up to 10.13 a port below 1024 needs root on a wildcard too.',
    source: {
      name: 'XNU 4570.1.46 (macOS 10.13)',
      where: 'bsd/netinet/in_pcb.c, in_pcbbind, beside that of 4903 (10.14)',
    },
    known: 'source',
  },
  'K3-restricted': {
    prose: 'TCP port 55555 is kept for Apple’s own programs and always looks used, to root too.',
    source: { name: XNU, where: 'bsd/net/restricted_in_port.c' },
    known: 'source-run',
  },
  'K9-udp-exhausted': {
    prose:
      'Once wildcard sockets hold more than 61,439 UDP ports of a family, nothing of that family can be bound by name.',
    source: { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbbind; ipport_allow_udp_port_exhaustion' },
    known: 'source-run',
  },
  chosen: {
    prose:
      'For port 0 the system takes a port on which nothing overlaps the name, whatever the options. A native IPv6 socket only looks at IPv6 sockets, and with SO_REUSEADDR or SO_REUSEPORT only at unconnected ones on exactly its address. 55555 is never chosen, not for UDP either.',
    source: { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbbind; bsd/netinet6/in6_src.c, in6_pcbsetport' },
    known: 'source-run',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: PCB4, known: 'source-run' },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: { name: XNU, where: 'udp_usrreq.c' }, known: 'source' },
  'listen-state': {
    prose: 'A connected TCP socket cannot listen.',
    source: { name: XNU, where: 'tcp_usrreq.c' },
    known: 'source',
  },
});
