import type { Suite } from './suite.ts';

const UNIX = ['linux', 'darwin', 'freebsd', 'netbsd', 'openbsd', 'gvisor'] as const;
const MAPPED = ['linux', 'darwin', 'freebsd', 'netbsd', 'gvisor'] as const;
const HOST = { addresses: ['127.0.0.1', '::1', '10.0.0.1'] };

/** The tests of std::net that each_ip() runs for both families; A stands for the option of a TcpListener on Unix. */
function rust(letters: string): string {
  return ['127.0.0.1', '::1 default']
    .flatMap((name) => {
      const [local = ''] = name.split(' ');
      return [
        `net/tcp/tests.rs, double_bind, ${local} | tcp | 1 bind ${name}${letters}; 1 listen; 2 bind ${name}${letters} => fails`,
        `net/tcp/tests.rs, smoke_test, ${local} | tcp | 1 bind ${name}${letters}; 1 listen; get 1 from=${local} to=${local}; 2 accept ${local} from=1`,
        `net/udp/tests.rs, socket_and_peer_name, ${local} | udp | 1 bind ${name}; 1 connect ${local} to=${local}`,
        `net/udp/tests.rs, socket_smoke_test_ip4, ${local} | udp | 1 bind ${name}; get 1 from=${local} to=${local}; 1 send to=${local}`,
      ];
    })
    .join('\n');
}

/** Rust's std, socket2 and CPython. */
export const rustAndPython: readonly Suite[] = [
  {
    name: 'Rust, library/std, on Unix',
    systems: UNIX,
    setting: { host: HOST },
    sequences: `
${rust(' A')}
net/tcp/tests.rs, bind_error | tcp | 1 bind 1.1.1.1 A port=9999 => EADDRNOTAVAIL
net/udp/tests.rs, bind_error | udp | 1 bind 1.1.1.1 port=9999 => EADDRNOTAVAIL
net/udp/tests.rs, connect_send_recv | udp | 1 bind 127.0.0.1; 1 connect 127.0.0.1 to=127.0.0.1
socket2, tests/socket.rs, udp_pair_connected | udp | 1 bind ::1 default; 1 connect ::1 to=::1`,
  },
  {
    name: 'Rust, library/std, on Windows',
    systems: ['windows'],
    setting: { host: HOST },
    sequences: `
net/tcp/tests.rs, double_bind | tcp | 1 bind 127.0.0.1; 1 listen; 2 bind 127.0.0.1 => WSAEADDRINUSE
net/tcp/tests.rs, double_bind, IPv6 | tcp | 1 bind ::1 default; 1 listen; 2 bind ::1 default => WSAEADDRINUSE
net/tcp/tests.rs, bind_error | tcp | 1 bind 1.1.1.1 port=9999 => WSAEADDRNOTAVAIL
net/udp/tests.rs, bind_error | udp | 1 bind 1.1.1.1 port=9999 => WSAEADDRNOTAVAIL`,
  },
  {
    name: 'CPython, Lib/test, on Unix',
    systems: UNIX,
    sequences: `
test_asyncio/test_events.py, test_create_server_addr_in_use | tcp | 1 bind 0.0.0.0 A; 1 listen; 2 bind 0.0.0.0 A => EADDRINUSE
test_asyncio/test_events.py, test_create_server_dual_stack | tcp | 1 bind 0.0.0.0 A; 2 bind :: v6only A; 1 listen; 2 listen; get 1 from=127.0.0.1 to=127.0.0.1; get 2 from=::1 to=::1
test_asyncio/test_events.py, test_create_server_dual_stack, :: first | tcp | 1 bind :: v6only A; 2 bind 0.0.0.0 A; 1 listen; 2 listen; get 2 from=127.0.0.1 to=127.0.0.1; get 1 from=::1 to=::1
test_socket.py, GeneralModuleTests, testSockName | tcp | 1 bind 0.0.0.0; 1 name 0.0.0.0
test_socket.py, GeneralModuleTests, test_getsockaddrarg | tcp | 1 bind 127.0.0.1; 1 name 127.0.0.1
test_socket.py, ThreadedTCPSocketTest | tcp | 1 bind 127.0.0.1 chosen; 1 listen; get 1 from=127.0.0.1 to=127.0.0.1; 2 accept 127.0.0.1 from=1; 2 name 127.0.0.1
test_socket.py, ThreadedUDPSocketTest | udp | 1 bind 127.0.0.1 chosen; get 1 from=127.0.0.1 to=127.0.0.1
test_socket.py, test_create_server, test_ipv6only_default | tcp | 1 bind ::1 v6only A; 1 listen`,
  },
  {
    name: 'CPython, Lib/test, on Windows',
    systems: ['windows'],
    sequences: `
support/socket_helper.py, bind_port | tcp | 1 bind 127.0.0.1 E chosen; 1 listen; get 1 from=127.0.0.1 to=127.0.0.1
test_socket.py, GeneralModuleTests, testSockName | tcp | 1 bind 0.0.0.0; 1 name 0.0.0.0`,
  },
  {
    name: 'CPython, Lib/test, with dual-stack sockets',
    systems: MAPPED,
    sequences: `
test_socket.py, CreateServerFunctionalTest, test_dual_stack_client_v4 | tcp | 1 bind :: dual A; 1 listen; get 1 from=127.0.0.1 to=127.0.0.1
test_socket.py, CreateServerFunctionalTest, test_dual_stack_client_v6 | tcp | 1 bind :: dual A; 1 listen; get 1 from=::1 to=::1`,
  },
];
