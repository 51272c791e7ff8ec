import { ruleBook } from './rules.ts';

const SENTRY = 'gVisor 3c5eee17dc45';
const PORTS = { name: SENTRY, where: 'pkg/tcpip/ports/ports.go' };
const TCP = { name: SENTRY, where: 'pkg/tcpip/transport/tcp/endpoint.go' };
const RUN = { name: SENTRY, where: 'seen on runsc 20240729' };

/** The rules of gVisor's network stack. */
export const gvisorRules = ruleBook('gvisor', {
  free: { prose: 'No reservation overlaps the name.', source: PORTS, known: 'source' },
  flags: {
    prose:
      'At each overlapping address the new socket must share a flag, SO_REUSEADDR or SO_REUSEPORT, that all reservations there have in common; owners are not compared.',
    source: PORTS,
    known: 'source',
  },
  'chosen-tcp': {
    prose:
      'For port 0 a TCP socket gets a port without any overlapping reservation, whatever the options; UDP may share.',
    source: {
      name: SENTRY,
      where:
        'pkg/tcpip/ports/ports.go, isAvailable; test/syscalls/linux/socket_inet_loopback_nogotsan.cc, TCPBindAvoidsOtherBoundPortsReuseAddr',
    },
    known: 'test-suite',
  },
  'shared-flag': {
    prose:
      'All reservations at each overlapping address share a flag with the new socket, as it was when they were bound.',
    source: PORTS,
    known: 'source',
  },
  listener: {
    prose:
      'On exactly the address of a listening TCP socket another needs SO_REUSEPORT on both, at bind() and again at listen(); SO_REUSEADDR does not help there, but it does between a wildcard and an address. A socket whose listen() is refused has lost its port, and cannot be bound, connected or made to listen again.',
    source: { name: SENTRY, where: 'pkg/tcpip/transport/tcp/endpoint.go, bindLocked, listen; seen on runsc 20240729' },
    known: 'observed',
  },
  connection: {
    prose:
      'A TCP connection whose port connect() chose, or that was accepted, reserves its address together with its peer (an accepted one with the options with which its listener was bound), so all that it can spoil for a new bind is the sharing by SO_REUSEADDR; SO_REUSEPORT on the new socket alone is enough.',
    source: RUN,
    known: 'observed',
  },
  'connect-both-stacks': {
    prose:
      'A dual-stack UDP socket that is not bound and connects over IPv6 reserves its IPv6 address in both stacks: a wildcard of IPv4 conflicts with it, an IPv4 address does not.',
    source: {
      name: SENTRY,
      where:
        'pkg/tcpip/transport/udp/endpoint.go, Connect; test/syscalls/linux/socket_inet_loopback.cc, V6EphemeralPortReserved',
    },
    known: 'test-suite',
  },
  listen: { prose: 'No other socket listens on the same address.', source: TCP, known: 'source' },
  'D2-narrowed': {
    prose:
      'Since 28 April 2025 a dual-stack TCP socket on :: that connects over IPv6 releases its reservation in IPv4; before, it keeps it.',
    source: TCP,
    known: 'observed',
  },
  'not-local': { prose: 'The address belongs to no interface.', source: TCP, known: 'source' },
  'tcp-multicast': {
    prose: 'TCP cannot be bound to a multicast address; UDP can.',
    source: { name: SENTRY, where: 'pkg/tcpip/transport/tcp/endpoint.go, bindLocked; seen on runsc of 2022 and 2024' },
    known: 'observed',
  },
  broadcast: {
    prose: 'UDP and TCP can be bound to the broadcast address of a subnet, and UDP to 255.255.255.255.',
    source: {
      name: SENTRY,
      where: 'pkg/tcpip/network/ipv4/ipv4.go, acquireAddressOrCreateTemp; seen on runsc 20240729',
    },
    known: 'observed',
  },
  'tcp-broadcast': {
    prose: 'For TCP 255.255.255.255 is an address that every interface has.',
    source: { name: SENTRY, where: 'pkg/tcpip/network/ipv4/ipv4.go, enableLocked; seen on runsc 20240729' },
    known: 'observed',
  },
  scope: {
    prose:
      'A link-local address needs no scope; with one, that interface must have it. The scope of a multicast address is not looked at.',
    source: { name: SENTRY, where: 'pkg/tcpip/stack/stack.go, CheckLocalAddress' },
    known: 'source',
  },
  'mapped-on-v6only': {
    prose: 'A v4-mapped address on a socket with IPV6_V6ONLY=1 has no route, EHOSTUNREACH.',
    source: RUN,
    known: 'observed',
  },
  leak: {
    prose:
      'The reservation of a TCP socket that was bound to a wildcard and has connected, or was refused, is never given back: when the socket is gone, gVisor releases its port under the address of the connection, not under the wildcard. In the same way a dual-stack UDP socket whose last connection was over IPv4 leaves its part of IPv6, and a UDP socket that was tied to another device before its last connect() leaves its reservation. Whether releases after July 2024 still do this was not seen.',
    source: { name: SENTRY, where: 'pkg/tcpip/transport/tcp/endpoint.go, cleanupLocked; seen on runsc 20240729' },
    known: 'observed',
  },
  'late-release': {
    prose:
      'A UDP socket gives its port back with the options that it had at its last connect() or disconnect, and one whose connect() or disconnect was refused gives it back at once and a second time when it is closed: so the count of the others at that address is wrong, and an option that all of them have may be missing, or the address may look free.',
    source: {
      name: SENTRY,
      where:
        'pkg/tcpip/transport/udp/endpoint.go, registerWithStack, Disconnect, Close; pkg/tcpip/ports/flags.go, DropRef; seen on runsc 20240729',
    },
    known: 'observed',
  },
  registered: {
    prose:
      'A UDP socket is registered for packets again by a disconnect, with its options of that moment. Beside others that are registered under exactly its name it needs an option that all of them have. A dual-stack socket is registered once for IPv4 and once for IPv6, and may share by one option here and by another there.',
    source: {
      name: SENTRY,
      where: 'pkg/tcpip/stack/transport_demuxer.go, registerEndpoint, singleRegisterEndpoint; seen on runsc 20240729',
    },
    known: 'observed',
  },
  'connect-same-peer': {
    prose:
      'Two TCP sockets cannot be connected from one address to one peer, whatever their options. Two UDP sockets that were bound to one name need SO_REUSEADDR on both for that, as it was when they connected; one that is refused receives nothing from then on, and has given its port back. Sockets that are tied to different devices are never in each other’s way here.',
    source: RUN,
    known: 'observed',
  },
  'connect-again': {
    prose: 'A connected TCP socket cannot connect; for one that listens or listened that is an invalid argument.',
    source: RUN,
    known: 'observed',
  },
  'connect-other-stack': {
    prose:
      'A v4-mapped address cannot connect over IPv6. A connect() to a v4-mapped address returns ENETUNREACH from an IPv6 address, and EHOSTUNREACH from the wildcard with IPV6_V6ONLY=1. The local address that counts is that of the connection for TCP, and where connect() chose the port. sendto() returns the same errors, before all others.',
    source: RUN,
    known: 'observed',
  },
  released: {
    prose:
      'A TCP socket whose connection was reset or refused has given up its port at once, and stays without one: connect() returns ECONNABORTED, bind() and listen() EINVAL.',
    source: RUN,
    known: 'observed',
  },
  'disconnect-tcp': {
    prose: 'connect() to AF_UNSPEC is not supported for TCP, and changes nothing.',
    source: RUN,
    known: 'observed',
  },
  'disconnect-autobound': {
    prose: 'A disconnect of UDP gives up a port that connect() chose.',
    source: RUN,
    known: 'observed',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: TCP, known: 'source' },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: { name: SENTRY, where: 'pkg/tcpip/transport/tcp/endpoint.go, SetSockOptInt' },
    known: 'source',
  },
  'join-other-family': {
    prose: 'An AF_INET6 socket cannot join an IPv4 group, EINVAL, one that takes IPv4 too included.',
    source: { name: SENTRY, where: 'IP_ADD_MEMBERSHIP on sockets at ::' },
    known: 'observed',
  },
  shutdown: {
    prose: 'A socket without a connection cannot be shut down, ENOTCONN, UDP included; but shutdown() ends a listener.',
    source: {
      name: SENTRY,
      where: 'pkg/tcpip/transport/tcp/endpoint.go and pkg/tcpip/transport/udp/endpoint.go, Shutdown',
    },
    known: 'source',
  },
  'send-binds-first': {
    prose:
      'sendto() of a UDP socket without a port binds it to one before it looks for a route, so that a call that fails leaves it on that port. A connect() that fails leaves no port, of UDP or TCP.',
    source: { name: SENTRY, where: 'pkg/tcpip/transport/udp/endpoint.go, prepareForWriteInner' },
    known: 'source',
  },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: TCP, known: 'source' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: TCP, known: 'source' },
});
