import type { Suite } from './suite.ts';

const IN_USE = ' => EADDRINUSE';

/** ports_test.go: a sequence of reservations and releases, of sockets on an address (L, M) and on the wildcard (W). */
const RESERVATIONS = `
bind to ip | 1 bind L; 2 bind M; 3 bind W${IN_USE}; 4 bind L P${IN_USE}
bind to inaddr any | 1 bind W; 2 bind L${IN_USE}; 3 bind L P${IN_USE}; 1 close; 4 bind L
bind to ip with reuseport | 1 bind L P; 2 bind L P; 3 bind L${IN_USE}; 4 bind W${IN_USE}; 5 bind W P
bind to inaddr any with reuseport | 1 bind W P; 2 bind W P; 3 bind W${IN_USE}; 4 bind L${IN_USE}; 5 bind L P; 5 close; 1 close; 6 bind W${IN_USE}; 2 close; 7 bind W`;

const TUPLES = `
bind tuple with reuseaddr, and then wildcard with reuseaddr | 1 autobind L W A to=L toport=24; 2 bind L A
bind tuple with reuseaddr, and then wildcard | 1 autobind L W A to=L toport=24; 2 bind L${IN_USE}
bind wildcard with reuseaddr, and then tuple with reuseaddr | 1 bind L A; 2 bind L A; 2 connect L to=L toport=24
bind two tuples with reuseaddr | 1 bind L A; 1 connect L to=L toport=24; 2 bind L A; 2 connect L to=L toport=25
bind wildcard twice with reuseaddr | 1 bind W A; 2 bind W A`;

/** socket_ipv4_udp_unbound.cc: groups, the broadcast address, and options on one name. */
const UNBOUND = `
IpMulticastLoopbackNic | 1 bind W; 1 join 224.0.2.1; get 1 from=L to=224.0.2.1
TestMcastReceptionOnTwoSockets | 1 bind W P; 1 join 224.0.2.1; 2 bind W P; 2 join 224.0.2.1; get 1,2 from=L to=224.0.2.1
TestBindToMcastThenJoinThenReceive | 1 bind 224.0.2.1; 1 join 224.0.2.1; get 1 from=L to=224.0.2.1
TestBindToMcastThenSend | 1 bind 224.0.2.1; 1 send to=L
TestBindToBcastThenReceive | 1 bind 255.255.255.255; get 1 from=L to=255.255.255.255
TestBindToBcastThenSend | 1 bind 255.255.255.255; 1 send to=L
ReuseAddrDistribution | 1 bind L A; 2 bind L A; get 2 from=L to=L; 3 bind L A; get 3 from=L to=L
BindReuseAddrThenReusePort | 1 bind L A; 2 bind L P${IN_USE}
BindReusePortThenReuseAddr | 1 bind L P; 2 bind L A${IN_USE}
ReuseAddrReusePortDistribution | 1 bind L AP; 2 bind L AP; get 1/2 from=L to=L`;

/** SendtoTest of udp_bind.cc. From a mapped address to IPv6 it allows EINVAL and EAFNOSUPPORT. */
const SENDTO = `
IPv4 mapped IPv6 sendto IPv4 mapped IPv6 | 1 bind ::ffff:127.0.0.1 dual; 1 send to=::ffff:127.0.0.1
IPv6 sendto IPv6 | 1 bind ::1 dual; 1 send to=::1
IPv4 sendto IPv4 | 1 bind L; 1 send to=L
unbound IPv6 sendto IPv4 mapped IPv6 | 1 autosend :: dual to=::ffff:127.0.0.1
IPv6 sendto IPv4 | 1 bind ::1 dual; 1 send to=::ffff:127.0.0.1 => ENETUNREACH
IPv4 mapped IPv6 sendto IPv6 | 1 bind ::ffff:127.0.0.1 dual; 1 send to=::1 => fails`;

function lines(file: string, protocol: 'tcp' | 'udp', text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [test = '', steps = ''] = line.split('|').map((part) => part.trim());
      const named = steps
        .replaceAll(/\bL\b/g, '127.0.0.1')
        .replaceAll(/\bM\b/g, '10.0.0.1')
        .replaceAll(/\bW\b/g, '0.0.0.0');
      return `${file}, ${test} | ${protocol} | ${named}`;
    })
    .join('\n');
}

/** More tests of gVisor, which its own stack and Linux pass. */
export const gvisorMore: readonly Suite[] = [
  {
    name: 'gVisor, pkg/tcpip/ports',
    systems: ['linux', 'gvisor'],
    sequences: `
${lines('ports_test.go', 'udp', RESERVATIONS)}
${lines('ports_test.go', 'tcp', RESERVATIONS)}
${lines('ports_test.go', 'tcp', TUPLES)}`,
  },
  {
    name: 'gVisor, test/syscalls/linux, UDP sockets that are not bound',
    systems: ['linux', 'gvisor'],
    sequences: lines('socket_ipv4_udp_unbound.cc', 'udp', UNBOUND),
  },
  {
    name: 'gVisor, test/syscalls/linux, sendto',
    systems: ['linux', 'gvisor'],
    sequences: lines('udp_bind.cc', 'udp', SENDTO),
  },
  {
    name: 'gVisor, test/syscalls/linux, sendto of a connected socket',
    systems: ['linux'],
    sequences: lines(
      'udp_bind.cc',
      'udp',
      `
connected IPv4 mapped IPv6 sendto IPv6 | 1 autobind L :: dual to=::ffff:127.0.0.1; 1 send to=::1 => EAFNOSUPPORT
connected IPv6 sendto IPv4 mapped IPv6 | 1 autobind ::1 :: dual to=::1; 1 send to=::ffff:127.0.0.1`,
    ),
  },
  {
    name: 'gVisor, test/syscalls/linux, tcp_socket.cc',
    systems: ['linux', 'gvisor'],
    sequences: `
CleanupOnConnectionRefused | tcp | 1 bind 127.0.0.1 - chosen; 1 connect 127.0.0.1 to=127.0.0.1 => ECONNREFUSED; 2 bind 127.0.0.1
CleanupOnConnectionRefused, IPv6 | tcp | 1 bind ::1 dual chosen; 1 connect ::1 to=::1 => ECONNREFUSED; 2 bind ::1 dual`,
  },
];
