import type { Suite } from './suite.ts';

const UNIX = ['linux', 'darwin', 'freebsd', 'netbsd', 'openbsd'] as const;
const MAPPED = ['linux', 'darwin', 'freebsd', 'netbsd'] as const;

/** Where a dual-mode server is, to which address a client turns, and whether it gets there. */
const DUAL_MODE = `
127.0.0.1 127.0.0.1 yes
::1 ::1 yes
127.0.0.1 ::1 no
::1 127.0.0.1 no
:: 127.0.0.1 yes
:: ::1 yes
0.0.0.0 ::1 no
0.0.0.0 127.0.0.1 yes`;

/** DualModeSocketTest.cs: a socket in dual mode names IPv4 addresses in their mapped form. */
function dualMode(): string {
  return DUAL_MODE.trim()
    .split('\n')
    .flatMap((row) => {
      const [at = '', to = '', gets = ''] = row.split(' ');
      const name = at.includes(':') ? at : `::ffff:${at}`;
      const got = `get ${gets === 'yes' ? '1' : 'no-one'} from=${to} to=${to}`;
      return [
        `DualModeSocketTest.cs, listen on ${at}, connect to ${to} | tcp | 1 bind ${name} dual; 1 listen; ${got}`,
        `DualModeSocketTest.cs, receive on ${at}, send to ${to} | udp | 1 bind ${name} dual; ${got}`,
      ];
    })
    .join('\n');
}

const NAMES = `
LocalEndPointTest.cs, UdpSocket_BoundToWildcardAddress | udp | 1 bind 0.0.0.0; 1 send to=127.0.0.1; 1 name 0.0.0.0
LocalEndPointTest.cs, UdpSocket_NotBound | udp | 1 autosend 0.0.0.0 to=127.0.0.1; 1 name 0.0.0.0
LocalEndPointTest.cs, TcpSocket_BoundToWildcardAddress | tcp | 1 bind 0.0.0.0; 1 connect 127.0.0.1 to=127.0.0.1; 1 name 127.0.0.1
LocalEndPointTest.cs, TcpSocket_NotBound | tcp | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1; 1 name 127.0.0.1`;

/** System.Net.Sockets of .NET, without its tests of options. */
export const dotnet: readonly Suite[] = [
  { name: 'dotnet, System.Net.Sockets, dual mode', systems: [...MAPPED, 'windows'], sequences: dualMode() },
  { name: 'dotnet, System.Net.Sockets, names', systems: [...UNIX, 'windows'], sequences: NAMES },
  {
    name: 'dotnet, System.Net.Sockets, connections on Unix',
    systems: UNIX,
    sequences: `
Connect.cs, Connect_OnConnectedSocket_Fails | tcp | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1; 1 connect 127.0.0.1 to=127.0.0.1 => EISCONN
TcpListenerTest.cs, Accept_StartAfterStop | tcp | 1 bind 127.0.0.1 A; 1 listen; 2 accept 127.0.0.1 from=1; 2 close; 1 close; 3 bind 127.0.0.1 A; 3 listen`,
  },
  {
    name: 'dotnet, System.Net.Sockets, connections on Windows',
    systems: ['windows'],
    sequences: `Connect.cs, Connect_OnConnectedSocket_Fails | tcp | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1; 1 connect 127.0.0.1 to=127.0.0.1 => WSAEISCONN`,
  },
  {
    // It asks the driver below the library: STATUS_SHARING_VIOLATION is WSAEADDRINUSE, INVALID_ADDRESS_COMPONENT WSAEADDRNOTAVAIL.
    name: 'Wine, dlls/ws2_32/tests/afd.c',
    systems: ['windows', 'wine'],
    setting: { host: { addresses: ['127.0.0.1', '::1', '10.0.0.1'] } },
    sequences: `
test_bind, invalid address | tcp | 1 bind 192.0.2.0 => WSAEADDRNOTAVAIL
test_bind | tcp | 1 bind 127.0.0.1; 1 bind 127.0.0.1 => WSAEINVAL; 2 bind 127.0.0.1 => WSAEADDRINUSE
test_bind, UDP | udp | 1 bind 127.0.0.1
test_bind, UDP, an address of the host | udp | 1 bind 10.0.0.1
test_bind, IPv6, invalid address | tcp | 1 bind 100:: default => WSAEADDRNOTAVAIL
test_bind, IPv6 | tcp | 1 bind ::1 default; 1 bind ::1 default => WSAEINVAL; 2 bind ::1 default => WSAEADDRINUSE`,
  },
];
