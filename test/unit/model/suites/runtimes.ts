import type { Suite } from './suite.ts';

const UNIX = ['linux', 'darwin', 'freebsd', 'netbsd', 'openbsd'] as const;
const MAPPED = ['linux', 'darwin', 'freebsd', 'netbsd'] as const;

/** A listener of Go: a network and an address, as a name of a socket. OpenBSD has no v4-mapped addresses. */
function goName(network: string, address: string, mapped: boolean): string {
  const four = network.endsWith('4');
  if (network.endsWith('6')) return `${address === '' ? '::' : address} v6only`;
  const plain = address.replace('::ffff:', '');
  const any = plain === '' || plain === '0.0.0.0' || plain === '::';
  if (four) return plain === '' ? '0.0.0.0' : plain;
  if (any) return mapped ? ':: dual' : plain === '::' ? ':: v6only' : '0.0.0.0';
  return plain.includes(':') ? `${plain} v6only` : plain;
}

/** listen_test.go, TestDualStackTCPListener and TestDualStackUDPListener: two listeners, and whether the second one fails. */
const TWO = `
t | | t | | X
t | | t | 0.0.0.0 | X
t | 0.0.0.0 | t | | X
t | | t | :: | X
t | :: | t | | X
t | 0.0.0.0 | t | :: | X
t | :: | t | 0.0.0.0 | X
t | ::ffff:0.0.0.0 | t | :: | X
t | :: | t | ::ffff:0.0.0.0 | X
t4 | | t6 | | ok
t6 | | t4 | | ok
t4 | 0.0.0.0 | t6 | :: | ok
t6 | :: | t4 | 0.0.0.0 | ok
t | 127.0.0.1 | t | ::1 | ok
t | ::1 | t | 127.0.0.1 | ok
t4 | 127.0.0.1 | t6 | ::1 | ok
t6 | ::1 | t4 | 127.0.0.1 | ok`;

/** listen_test.go, TestTCPListener and TestUDPListener: a listener, and a second one of the same name that fails. */
const ONE = `t | ; t | 0.0.0.0; t | ::ffff:0.0.0.0; t | ::; t | 127.0.0.1; t | ::ffff:127.0.0.1; t | ::1; t4 | ; t4 | 0.0.0.0;
t4 | ::ffff:0.0.0.0; t4 | 127.0.0.1; t4 | ::ffff:127.0.0.1; t6 | ; t6 | ::; t6 | ::1`;

function goListeners(mapped: boolean): string {
  const fails = mapped ? 'fails' : 'ok';
  const pairs = TWO.trim()
    .split('\n')
    .map((line) => line.split('|').map((part) => part.trim()));
  const same = ONE.split(';').map((one) => {
    const [network = '', address = ''] = one.split('|').map((part) => part.trim());
    return [network, address, network, address, 'X'];
  });
  return [...pairs, ...same]
    .flatMap(([network = '', address = '', second = '', other = '', said = '']) => {
      const different = address !== other && [address, other].includes('::');
      const outcome = said === 'ok' ? 'ok' : different ? fails : 'fails';
      return (['tcp', 'udp'] as const).map((protocol) => {
        const letter = protocol === 'tcp' ? ' A' : '';
        const one = `1 bind ${goName(network, address, mapped)}${letter}${protocol === 'tcp' ? '; 1 listen' : ''}`;
        const two = `2 bind ${goName(second, other, mapped)}${letter} => ${outcome}`;
        return `listen_test.go, ${protocol}${network.slice(1)} ${address}, ${protocol}${second.slice(1)} ${other} | ${protocol} | ${one}; ${two}`;
      });
    })
    .join('\n');
}

function goGroups(letters: string): string {
  const groups = ['ff01::114', 'ff02::114', 'ff04::114', 'ff05::114', 'ff08::114', 'ff0e::114'];
  return [
    `listen_test.go, TestIPv4MulticastListener, udp | udp | 1 bind 0.0.0.0 ${letters}; 2 bind 0.0.0.0 ${letters}`,
    ...groups.flatMap((group) => [
      `listen_test.go, TestIPv6MulticastListener, udp ${group} | udp | 1 bind :: dual ${letters}; 2 bind :: dual ${letters}`,
      `listen_test.go, TestIPv6MulticastListener, udp6 ${group} | udp | 1 bind :: v6only ${letters}; 2 bind :: v6only ${letters}`,
    ]),
  ].join('\n');
}

/** dotnet: what ReuseAddress(exclusive, first, second) expects of two UDP sockets on 127.0.0.1. */
const REUSE = `- - X; - 0 X; 0 0 X; 1 0 X; 1 1 ok; E - X; E 0 X; E 1 X`;

function dotnetReuse(windows: boolean): string {
  return REUSE.split(';')
    .map((row) => {
      const [one = '', two = '', said = ''] = row.trim().split(' ');
      const letters = windows ? 'A' : 'AP';
      const name = (word: string) => (word === '1' ? letters : word === 'E' && windows ? 'E' : '-');
      return `SocketOptionNameTest.cs, ReuseAddress(${one}, ${two}) | udp | 1 bind 127.0.0.1 ${name(one)}; 2 bind 127.0.0.1 ${name(two)} => ${said === 'ok' ? 'ok' : 'fails'}`;
    })
    .join('\n');
}

const WASI_HOST = { addresses: ['127.0.0.1', '::1', '10.0.0.1'] };

/** Suites of language runtimes and of what they are built on. */
export const runtimes: readonly Suite[] = [
  { name: 'Go, src/net', systems: MAPPED, sequences: goListeners(true) },
  { name: 'Go, src/net, without v4-mapped addresses', systems: ['openbsd'], sequences: goListeners(false) },
  { name: 'Go, src/net, groups on Linux', systems: ['linux'], sequences: goGroups('A') },
  { name: 'Go, src/net, groups on a BSD', systems: ['darwin', 'freebsd', 'netbsd'], sequences: goGroups('AP') },
  { name: 'dotnet, System.Net.Sockets', systems: UNIX, sequences: dotnetReuse(false) },
  {
    name: 'dotnet, System.Net.Sockets, on Windows',
    systems: ['windows'],
    sequences: `
${dotnetReuse(true)}
SocketOptionNameTest.cs, ExclusiveAddressUseTcp | tcp | 1 bind 127.0.0.1 E; 1 listen; 2 bind 127.0.0.1 - => WSAEADDRINUSE`,
  },
  {
    name: 'dotnet, System.Net.Sockets, TCP',
    systems: UNIX,
    sequences: `
SocketOptionNameTest.cs, ExclusiveAddressUseTcp | tcp | 1 bind 127.0.0.1 A; 1 listen; 2 bind 127.0.0.1 A => EADDRINUSE`,
  },
  {
    name: 'dotnet, System.Net.Sockets, ReuseAddressUdp on Linux',
    systems: ['linux'],
    sequences: `SocketOptionNameTest.cs, ReuseAddressUdp | udp | 1 bind 0.0.0.0 A; 2 bind 0.0.0.0 AP`,
  },
  {
    name: 'dotnet, System.Net.Sockets, ReuseAddressUdp on macOS',
    systems: ['darwin'],
    sequences: `SocketOptionNameTest.cs, ReuseAddressUdp | udp | 1 bind 0.0.0.0 P; 2 bind 0.0.0.0 AP`,
  },
  {
    name: 'libuv, test, on Unix',
    systems: UNIX,
    setting: { host: WASI_HOST },
    sequences: `
test-tcp-bind-error.c, tcp_bind_error_addrinuse_listen | tcp | 1 bind 0.0.0.0 A; 2 bind 0.0.0.0 A => ?
test-tcp-bind-error.c, tcp_bind_error_addrinuse_connect | tcp | 1 bind 0.0.0.0 A; 1 listen; 2 bind 0.0.0.0 A => EADDRINUSE
test-tcp-bind-error.c, tcp_bind_error_addrnotavail_2 | tcp | 1 bind 4.4.4.4 A => EADDRNOTAVAIL
test-tcp-bind-error.c, tcp_bind_error_inval | tcp | 1 bind 0.0.0.0 A; 1 bind 0.0.0.0 port=9000 => EINVAL
test-tcp-bind-error.c, tcp_bind_localhost_ok | tcp | 1 bind 127.0.0.1 A
test-tcp-bind6-error.c, tcp_bind6_error_addrnotavail | tcp | 1 bind 4:4:4:4:4:4:4:4 A => EADDRNOTAVAIL
test-tcp-bind6-error.c, tcp_bind6_error_inval | tcp | 1 bind :: default A; 1 bind :: default A => EINVAL
test-tcp-bind6-error.c, tcp_bind6_localhost_ok | tcp | 1 bind ::1 default A
test-udp-bind.c, udp_bind | udp | 1 bind 0.0.0.0; 2 bind 0.0.0.0 => EADDRINUSE
test-udp-connect.c, udp_connect, server | udp | 1 bind 0.0.0.0`,
  },
  {
    // Linux sends all the same, and it is libuv that returns EISCONN there.
    name: 'libuv, test, on a BSD',
    systems: ['darwin', 'freebsd', 'netbsd', 'openbsd'],
    sequences: `
test-udp-connect.c, udp_connect | udp | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1; 1 send 127.0.0.1 to=127.0.0.1 => EISCONN; 1 disconnect; 1 send to=127.0.0.1; 1 connect 127.0.0.1 to=127.0.0.1; 1 send to=127.0.0.1 => EISCONN`,
  },
  {
    name: 'libuv, test, UV_UDP_REUSEADDR on Linux',
    systems: ['linux'],
    sequences: `test-udp-bind.c, udp_bind_reuseaddr | udp | 1 bind 0.0.0.0 A; 2 bind 0.0.0.0 A`,
  },
  {
    name: 'libuv, test, UV_UDP_REUSEADDR on a BSD',
    systems: ['darwin', 'freebsd', 'netbsd', 'openbsd'],
    sequences: `test-udp-bind.c, udp_bind_reuseaddr | udp | 1 bind 0.0.0.0 P; 2 bind 0.0.0.0 P`,
  },
  {
    name: 'libuv, test, on systems with load balancing',
    systems: ['linux', 'freebsd'],
    sequences: `
test-udp-ipv6.c, udp_dual_stack | udp | 1 bind :: dual; get 1 from=127.0.0.1 to=127.0.0.1
test-udp-ipv6.c, udp_ipv6_only | udp | 1 bind :: v6only; get no-one from=127.0.0.1 to=127.0.0.1`,
  },
  {
    name: 'libuv, test, UV_TCP_REUSEPORT and UV_UDP_REUSEPORT on Linux',
    systems: ['linux'],
    sequences: `
test-tcp-reuseport.c, tcp_reuseport | tcp | 1 bind 127.0.0.1 AP; 1 listen; 2 bind 127.0.0.1 AP; 2 listen
test-udp-reuseport.c, udp_reuseport | udp | 1 bind 127.0.0.1 P; 2 bind 127.0.0.1 P`,
  },
  {
    name: 'libuv, test, UV_TCP_REUSEPORT and UV_UDP_REUSEPORT on FreeBSD',
    systems: ['freebsd'],
    sequences: `
test-tcp-reuseport.c, tcp_reuseport | tcp | 1 bind 127.0.0.1 L; 1 listen; 2 bind 127.0.0.1 L; 2 listen
test-udp-reuseport.c, udp_reuseport | udp | 1 bind 127.0.0.1 L; 2 bind 127.0.0.1 L`,
  },
  {
    name: 'Node.js, test/parallel',
    systems: UNIX,
    sequences: `
test-dgram-ipv6only.js | udp | 1 bind :: v6only; 2 bind 0.0.0.0; 2 close; 1 close
test-net-listen-ipv6only.js | tcp | 1 bind :: v6only A; 1 listen; get no-one from=127.0.0.1 to=127.0.0.1`,
  },
  {
    name: 'wasmtime, crates/test-programs',
    systems: UNIX,
    setting: { host: WASI_HOST },
    sequences: `
p2_tcp_bind.rs, specific_port, 127.0.0.1 | tcp | 1 bind 127.0.0.1 A
p2_tcp_bind.rs, specific_port, 0.0.0.0 | tcp | 1 bind 0.0.0.0 A
p2_tcp_bind.rs, specific_port, ::1 | tcp | 1 bind ::1 v6only A
p2_tcp_bind.rs, specific_port, :: | tcp | 1 bind :: v6only A
p2_tcp_bind.rs, addrinuse, 127.0.0.1 | tcp | 1 bind 127.0.0.1 A; 1 listen; 2 bind 127.0.0.1 A => EADDRINUSE
p2_tcp_bind.rs, addrinuse, 0.0.0.0 | tcp | 1 bind 0.0.0.0 A; 1 listen; 2 bind 0.0.0.0 A => EADDRINUSE
p2_tcp_bind.rs, addrinuse, ::1 | tcp | 1 bind ::1 v6only A; 1 listen; 2 bind ::1 v6only A => EADDRINUSE
p2_tcp_bind.rs, addrinuse, :: | tcp | 1 bind :: v6only A; 1 listen; 2 bind :: v6only A => EADDRINUSE
p2_tcp_bind.rs, reuseaddr, 127.0.0.1 | tcp | 1 bind 127.0.0.1 A; 1 listen; 2 accept 127.0.0.1 from=1; 2 close leaves=fin-wait-2; 1 close; 3 bind 127.0.0.1 A; 3 listen
p2_tcp_bind.rs, reuseaddr, ::1 | tcp | 1 bind ::1 v6only A; 1 listen; 2 accept ::1 from=1; 2 close leaves=fin-wait-2; 1 close; 3 bind ::1 v6only A; 3 listen
p2_tcp_bind.rs, addrnotavail, 192.0.2.0 | tcp | 1 bind 192.0.2.0 A => EADDRNOTAVAIL
p2_tcp_bind.rs, addrnotavail, 2001:db8:: | tcp | 1 bind 2001:db8:: v6only A => EADDRNOTAVAIL
p2_udp_bind.rs, addrinuse, 127.0.0.1 | udp | 1 bind 127.0.0.1; 2 bind 127.0.0.1 => EADDRINUSE
p2_udp_bind.rs, addrinuse, 0.0.0.0 | udp | 1 bind 0.0.0.0; 2 bind 0.0.0.0 => EADDRINUSE
p2_udp_bind.rs, addrinuse, ::1 | udp | 1 bind ::1 v6only; 2 bind ::1 v6only => EADDRINUSE
p2_udp_bind.rs, addrinuse, :: | udp | 1 bind :: v6only; 2 bind :: v6only => EADDRINUSE
p2_udp_connect.rs, connect_disconnect_reconnect, IPv4 | udp | 1 bind 0.0.0.0; 1 connect 127.0.0.1 to=127.0.0.1; 1 disconnect; 1 connect 127.0.0.1 to=127.0.0.1; 1 disconnect; 1 connect 127.0.0.1 to=127.0.0.1 toport=4320; 1 disconnect; 1 connect 127.0.0.1 to=127.0.0.1
p2_udp_connect.rs, connect_disconnect_reconnect, IPv6 | udp | 1 bind :: v6only; 1 connect ::1 to=::1; 1 disconnect; 1 connect ::1 to=::1; 1 disconnect; 1 connect ::1 to=::1 toport=4320; 1 disconnect; 1 connect ::1 to=::1
p2_udp_connect.rs, connect_and_send, IPv4 | udp | 1 bind 127.0.0.1; 1 connect 127.0.0.1 to=127.0.0.1
p2_udp_connect.rs, connect_and_send, IPv6 | udp | 1 bind ::1 v6only; 1 connect ::1 to=::1`,
  },
  {
    // ReactOS and Windows; Wine puts an IPv4 address of UDP that no interface has on the wildcard of its host.
    name: 'ReactOS, modules/rostests/apitests/ws2_32/bind.c',
    systems: ['windows'],
    setting: { host: WASI_HOST },
    sequences: `
0 | tcp | 1 bind 127.0.0.1
1 | tcp | 1 bind 0.0.0.0
2 | tcp | 1 bind 10.0.0.1
3 | tcp | 1 bind 255.255.255.255 => WSAEADDRNOTAVAIL
4 | tcp | 1 bind 127.0.0.1 chosen
6 | tcp | 1 bind 10.0.0.1 chosen
7 | tcp | 1 bind 255.255.255.255 chosen => WSAEADDRNOTAVAIL
8 | udp | 1 bind 127.0.0.1
9 | udp | 1 bind 0.0.0.0
10 | udp | 1 bind 10.0.0.1
11 | udp | 1 bind 255.255.255.255 => WSAEADDRNOTAVAIL
12 | udp | 1 bind 127.0.0.1 chosen
14 | udp | 1 bind 10.0.0.1 chosen
15 | udp | 1 bind 255.255.255.255 chosen => WSAEADDRNOTAVAIL
double bind | tcp | 1 bind 127.0.0.1; 1 bind 10.0.0.1 => WSAEINVAL`,
  },
];
