import { ruleBook } from './rules.ts';

const SERVER = 'Wine 8.0, server/sock.c';
const TABLE = { name: SERVER, where: 'check_addr_usage, register_bound_address' };
const HOST = { name: SERVER, where: 'init_socket, IOCTL_AFD_BIND, IOCTL_AFD_LISTEN' };
const INTERFACE = { name: SERVER, where: 'bind_to_interface' };

/** The rules of Wine. */
export const wineRules = ruleBook('wine', {
  free: { prose: 'Neither Wine’s own table nor the Linux host stands in the way.', source: HOST, known: 'observed' },
  table: {
    prose:
      'Wine keeps a table of the TCP addresses that are bound, and refuses an address that is there unless both sockets have SO_REUSEADDR. The table is asked before the host, so its error comes first. A v4-mapped address is looked up as the IPv4 address too, after the IPv6 one; the first of the two that is refused gives the error.',
    source: TABLE,
    known: 'observed',
  },
  'exclusive-wildcard': {
    prose:
      'A wildcard with SO_EXCLUSIVEADDRUSE stands in that table for every address of its family; a dual-stack :: for those of both, and ::ffff:0.0.0.0 for those of IPv4 only. A dual-stack :: is looked up among the IPv6 addresses first. The error is WSAEACCES if the socket found is such a wildcard, or if the one that asks has SO_REUSEADDR, and WSAEADDRINUSE if not.',
    source: TABLE,
    known: 'observed',
  },
  'late-option': {
    prose:
      'An entry of that table keeps what SO_REUSEADDR and SO_EXCLUSIVEADDRUSE were when the first socket was bound to the address. Options that are set or cleared later change nothing for TCP, not even on the host. The entry goes with the last of its sockets; a port that connect() chose has none.',
    source: { name: SERVER, where: 'register_bound_address, IOCTL_AFD_WINE_SET_SO_REUSEADDR, IOCTL_AFD_WINE_CONNECT' },
    known: 'observed',
  },
  'refused-connect': {
    prose:
      'After a connect() that was refused, listen() returns WSAEINVAL and the next connect() WSAECONNABORTED: the server has read the error of the socket, so that the host still counts it as one that connects. That second connect() ends this. Newer releases of Wine do it by themselves.',
    source: { name: SERVER, where: 'IOCTL_AFD_LISTEN, IOCTL_AFD_WINE_CONNECT, sock_error' },
    known: 'observed',
  },
  'connect-state': {
    prose: 'A listener cannot connect, WSAEINVAL, and a connected TCP socket cannot connect again, WSAEISCONN.',
    source: { name: SERVER, where: 'IOCTL_AFD_WINE_CONNECT' },
    known: 'source',
  },
  'connect-other-stack': {
    prose:
      'The host decides if a socket can connect over the other stack. EAFNOSUPPORT becomes WSAEOPNOTSUPP: a UDP socket on :: that has connected over IPv4 cannot connect over IPv6.',
    source: { name: SERVER, where: 'sock_get_ntstatus' },
    known: 'observed',
  },
  'connect-same-peer': {
    prose: 'On the host, two TCP sockets cannot be connected from one address to one peer.',
    source: HOST,
    known: 'source',
  },
  shutdown: {
    prose: 'A TCP socket without a connection cannot be shut down, WSAENOTCONN, a listener too; a UDP socket can.',
    source: { name: SERVER, where: 'IOCTL_AFD_WINE_SHUTDOWN' },
    known: 'observed',
  },
  disconnect: {
    prose:
      'connect() of a UDP socket to an address that is all zero does not dissolve its connection, as it does on Windows: for the host it is a connect() to the loopback address, and the local address stays.',
    source: { name: SERVER, where: 'IOCTL_AFD_WINE_CONNECT' },
    known: 'observed',
  },
  shared: {
    prose:
      'TCP can be bound to multicast and broadcast addresses of IPv4, also in v4-mapped form, but not to an IPv6 group, WSAEINVAL; UDP can be bound to all of them.',
    source: { name: SERVER, where: 'IOCTL_AFD_BIND, whose bind() is the host’s; random sequences with such names' },
    known: 'observed',
  },
  'host-tcp': {
    prose:
      'On the host every TCP socket of Wine has SO_REUSEADDR, so Linux only refuses what overlaps a listening socket, at bind() and again at listen().',
    source: HOST,
    known: 'observed',
  },
  'host-udp': {
    prose: 'For UDP the host decides; SO_REUSEADDR is handed to it, SO_EXCLUSIVEADDRUSE is not.',
    source: HOST,
    known: 'observed',
  },
  'udp-interface': {
    prose:
      'A UDP bind to an IPv4 address of an interface, other than 127.0.0.1, becomes a wildcard bind on the host that is tied to that interface. So it conflicts with 127.0.0.1, and with every address of the same interface, but with none of another interface.',
    source: INTERFACE,
    known: 'observed',
  },
  'udp-no-interface': {
    prose:
      'A UDP bind to an IPv4 address that no interface has, for example 127.0.0.2 or one of another machine, becomes a plain wildcard bind on the host, and succeeds where that does.',
    source: INTERFACE,
    known: 'observed',
  },
  'udp-host-9.0': {
    prose:
      'Since 9.0 at the latest a UDP bind to an IPv4 address that no interface has is left to the host: 127.0.0.2 is bound as it is, and an address of another machine is not available. In 8.0 it becomes a wildcard bind.',
    source: {
      name: 'Wine 9.0 and 10.17, server/sock.c',
      where: 'bind_to_interface; dlls/ws2_32/tests/sock.c, test_bind',
    },
    known: 'test-suite',
  },
  'link-local': {
    prose: 'A link-local address of an interface can be bound without a scope: the server looks for the interface.',
    source: {
      name: 'Wine 10.17, server/sock.c',
      where: 'get_ipv6_interface_index; dlls/ws2_32/tests/sock.c, test_bind',
    },
    known: 'test-suite',
  },
  'udp-same-interface': {
    prose:
      'Whether two such addresses conflict depends on whether one interface has both, which is not known here; both outcomes are allowed.',
    source: INTERFACE,
    known: 'source',
  },
  'not-local': {
    prose: 'The address belongs to no interface of the host, and is not an IPv4 address of a UDP socket.',
    source: HOST,
    known: 'observed',
  },
  'host-address': {
    prose:
      'Whether UDP can be bound to a link-local group without a scope, or to a link-local address that no interface has, is for the host to say, and was not looked at.',
    source: HOST,
    known: 'source',
    unverified: true,
  },
  'mapped-on-v6only': {
    prose: 'A v4-mapped address on a socket with IPV6_V6ONLY=1, the default, is refused by the host as invalid.',
    source: HOST,
    known: 'observed',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: HOST, known: 'observed' },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: HOST,
    known: 'source',
  },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: HOST, known: 'observed' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: HOST, known: 'observed' },
});
