import type { Suite } from './suite.ts';

const IN_USE = ' => EADDRINUSE';

/** reuseport_vs_reuseaddr.c: every row of its parameters, each of the two sockets on an address or the wildcard. */
function reuseportOrReuseaddr(): string {
  const rows: string[] = [];
  for (const [any, local] of [
    ['0.0.0.0', '10.0.0.1'],
    [':: dual', 'fc00::1 dual'],
  ] as const) {
    for (let bits = 0; bits < 32; bits++) {
      const [portFirst, addrFirst, addrSecond, wildFirst, wildSecond] = [1, 2, 4, 8, 16].map((bit) => (bits & bit) > 0);
      const letters = (addr: boolean | undefined, port: boolean | undefined) => `${addr ? 'A' : ''}${port ? 'P' : ''}`;
      const one = `1 bind ${wildFirst ? any : local} ${letters(addrFirst, portFirst)}`;
      const two = `2 bind ${wildSecond ? any : local} ${letters(addrSecond, !portFirst)}`;
      const shares = addrFirst === true && addrSecond === true;
      const place = `reuseport_vs_reuseaddr.c, ${bits} ${any}`;
      rows.push(`${place} | tcp | ${one}; ${two}${shares ? `; 1 listen; 2 listen${IN_USE}` : IN_USE}`);
      const peer = any.includes(':') ? 'fc00::2' : '10.0.0.2';
      const own = local.split(' ')[0];
      const both = `1 connect ${own} to=${peer}; 2 connect ${own} to=${peer}`;
      rows.push(`${place} | udp | ${one}; ${two}${shares ? `; ${both}` : IN_USE}`);
    }
  }
  return rows.join('\n');
}

/** The tests that have a row for each kind of socket and for both families. L is an address, W the wildcard, Q the peer. */
const BOTH_PROTOCOLS = `
basic/bind_reuse.c, an address | 1 bind L; 2 bind L${IN_USE}
basic/bind_reuse.c, a wildcard | 1 bind W; 2 bind W${IN_USE}
basic/reuseport_bind_zero_port.c, an address | 1 bind L P chosen; 2 bind L P
basic/reuseport_bind_zero_port.c, a wildcard | 1 bind W P chosen; 2 bind W P
reuseport/reuseport_after_bind.c | 1 bind L; 1 set P=1; 2 bind L P
reuseport/reuseport_uids.c | 1 bind L P uid=0; 2 bind L P uid=1000${IN_USE}
bnbvalue/func_bind_twice.c | 1 bind L; 1 bind L => EINVAL
bnbvalue/func_bind_after_connect.c | 1 autobind L W to=Q; 1 bind L => EINVAL`;

const TCP = `
bnbvalue/func_bind_after_listen.c | 1 bind L; 1 listen; 1 bind L => EINVAL
bnbvalue/func_bind_after_accept.c | 1 bind L; 1 listen; 2 accept L from=1; 2 bind L => EINVAL
bnbvalue/func_listen_twice.c | 1 bind L; 1 listen; 1 listen
bnbvalue/func_listen_after_connect.c | 1 autobind L W to=Q; 1 listen => EINVAL
bnbvalue/func_connect_twice.c | 1 autobind L W to=Q; 1 connect L to=Q => EISCONN
bnbvalue/func_connect_after_listen.c | 1 bind L; 1 listen; 1 connect L to=Q => EISCONN
basic/default_bind_listen.c | 1 autolisten W; 1 name W
basic/default_bind_connect.c | 1 autobind L W to=Q; 1 name L
basic/destination_as_bound.c | 1 bind L; 1 connect L to=W; 1 name L`;

const UDP = `
bnbvalue/func_listen_dgram.c | 1 bind L; 1 listen => EOPNOTSUPP
bnbvalue/func_bind_after_implicit_bind_udp.c | 1 autosend W to=Q; 1 bind L => EINVAL
basic/default_bind_sendto.c | 1 autosend W to=Q; 1 name W
basic/dgram_crd_bound_wc.c | 1 bind W; 1 connect L to=Q; 1 name L; 1 connect L to=Q toport=10; 1 name L; 1 disconnect; 1 name W
basic/dgram_crd_unbound.c | 1 autobind L W to=Q; 1 name L; 1 connect L to=Q toport=10; 1 name L; 1 disconnect
basic/dgram_bind_connect_names.c | 1 bind L; 1 connect L to=Q; 1 name L`;

function each(protocol: 'tcp' | 'udp', lines: string): string {
  const families = [
    { any: '0.0.0.0', local: '10.0.0.1', peer: '10.0.0.2', more: '' },
    { any: '::', local: 'fc00::1', peer: 'fc00::2', more: ' dual' },
  ];
  return lines
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [place = '', steps = ''] = line.split('|').map((part) => part.trim());
      return families.map(({ any, local, peer, more }) => {
        const text = steps
          .replace(/\b(bind|autosend|autolisten) ([LW])/g, (_, op, name) => `${op} ${name}${more}`)
          .replace(/autobind L W/g, `autobind L W${more}`)
          .replace(/\bL\b/g, local)
          .replace(/\bW\b/g, any)
          .replace(/\bQ\b/g, peer);
        return `${place}, ${local} | ${protocol} | ${text}`;
      });
    })
    .join('\n');
}

const HOST = { addresses: ['127.0.0.1', '::1', '10.0.0.1', 'fc00::1'], broadcasts: ['127.255.255.255'] };

/** The Socket API Test Suite of Xilinx and OKTET Labs, and the regression tests of Asterinas; both pass on Linux. */
export const socketApi: readonly Suite[] = [
  {
    name: 'cns-sapi-ts, sockapi-ts',
    systems: ['linux'],
    setting: { host: HOST },
    sequences: `
${reuseportOrReuseaddr()}
${each('tcp', BOTH_PROTOCOLS)}
${each('udp', BOTH_PROTOCOLS)}
${each('tcp', TCP)}
${each('udp', UDP)}
bnbvalue/func_bind_notassigned_addr.c | tcp | 1 bind 10.0.0.7 => EADDRNOTAVAIL
bnbvalue/func_bind_notassigned_addr.c | udp | 1 bind 10.0.0.7 => EADDRNOTAVAIL
bnbvalue/func_bind_notassigned_addr.c, IPv6 | tcp | 1 bind fc00::7 dual => EADDRNOTAVAIL
bnbvalue/func_bind_notassigned_addr.c, IPv6 | udp | 1 bind fc00::7 dual => EADDRNOTAVAIL
bnbvalue/ipv4_mapped_connect_ipv6.c, ipv4_iut | tcp | 1 bind ::ffff:10.0.0.1 dual; 1 connect fc00::1 to=fc00::2 => EAFNOSUPPORT
bnbvalue/ipv4_mapped_connect_ipv6.c | tcp | 1 bind fc00::1 dual; 1 connect 10.0.0.1 to=::ffff:10.0.0.2 => ENETUNREACH
bnbvalue/ipv4_mapped_connect_ipv6.c | udp | 1 bind fc00::1 dual; 1 connect 10.0.0.1 to=::ffff:10.0.0.2 => ENETUNREACH
bnbvalue/ipv4_mapped_connect_ipv6.c, v6only | tcp | 1 autobind 10.0.0.1 :: v6only to=::ffff:10.0.0.2 => ENETUNREACH
bnbvalue/ipv4_mapped_connect_ipv6.c, v6only | udp | 1 autobind 10.0.0.1 :: v6only to=::ffff:10.0.0.2 => ENETUNREACH
bnbvalue/ipv4_mapped_connect_ipv6.c, v6only_after | tcp | 1 autobind 10.0.0.1 :: dual to=::ffff:10.0.0.2; 1 set v6only=1 => EINVAL
bnbvalue/ipv4_mapped_connect_ipv6.c, v6only_after | udp | 1 autobind 10.0.0.1 :: dual to=::ffff:10.0.0.2; 1 set v6only=1 => EINVAL
bnbvalue/ipv4_mapped_in_ipv6.c | udp | 1 bind :: dual; get 1 from=fc00::2 to=fc00::1`,
  },
  {
    name: 'Asterinas, test/initramfs/src/apps/network',
    systems: ['linux'],
    setting: { host: HOST },
    sequences: `
tcp_reuseaddr.c, bind_to_ephemeral | tcp | 1 bind 127.0.0.1 A chosen; 2 bind 127.0.0.1${IN_USE}; 2 bind 127.0.0.1 A
tcp_reuseaddr.c, bind_to_listening_port | tcp | 1 bind 127.0.0.1 A chosen; 1 listen; 2 bind 127.0.0.1${IN_USE}; 2 bind 127.0.0.1 A${IN_USE}
tcp_reuseaddr.c, listen_on_the_same_port | tcp | 1 bind 127.0.0.1 A chosen; 2 bind 127.0.0.1 A; 1 listen; 2 listen${IN_USE}; 3 bind 127.0.0.1 A${IN_USE}
tcp_reuseaddr.c, bind_to_connected_port | tcp | 2 autobind 127.0.0.1 0.0.0.0 A to=127.0.0.1; 3 bind 127.0.0.1${IN_USE}; 3 bind 127.0.0.1 A; 2 connect 127.0.0.1 to=127.0.0.1 => EISCONN
tcp_reuseaddr.c, enable_reuse_after_bound | tcp | 1 bind 127.0.0.1 - chosen; 2 bind 127.0.0.1 A${IN_USE}; 1 set A=1; 2 bind 127.0.0.1 A
tcp_err.c, bind_reuseaddr | tcp | 1 bind 127.0.0.1; 2 bind 127.0.0.1${IN_USE}; 1 set A=1; 2 bind 127.0.0.1${IN_USE}; 1 set A=1; 2 bind 127.0.0.1 A
tcp_err.c, bind | tcp | 1 bind 127.0.0.1; 1 bind 127.0.0.1 => EINVAL; 1 listen; 1 bind 127.0.0.1 => EINVAL; 2 accept 127.0.0.1 from=1; 2 bind 127.0.0.1 => EINVAL
tcp_err.c, listen | tcp | 1 bind 127.0.0.1; 1 listen; 1 listen; 2 accept 127.0.0.1 from=1; 2 listen => EINVAL
tcp_err.c, listen, connected | tcp | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1; 1 listen => EINVAL; 1 connect 127.0.0.1 to=127.0.0.1 => EISCONN
tcp_err.c, connect | tcp | 1 bind 127.0.0.1; 1 listen; 1 connect 127.0.0.1 to=127.0.0.1 => EISCONN; 2 accept 127.0.0.1 from=1; 2 connect 127.0.0.1 to=127.0.0.1 => EISCONN
udp_err.c, bind_reuseaddr | udp | 1 bind 127.0.0.1; 2 bind 127.0.0.1${IN_USE}; 1 set A=1; 2 bind 127.0.0.1${IN_USE}; 1 set A=1; 2 bind 127.0.0.1 A
udp_err.c, bind | udp | 1 bind 127.0.0.1; 1 bind 127.0.0.1 => EINVAL
udp_err.c, bind, connected | udp | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1; 1 bind 127.0.0.1 => EINVAL; 1 connect 127.0.0.1 to=127.0.0.1
udp_err.c, listen | udp | 1 bind 127.0.0.1; 1 listen => EOPNOTSUPP
udp_err.c, listen, connected | udp | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1; 1 listen => EOPNOTSUPP
udp_broadcast.c, basic_broadcast | udp | 1 bind 127.255.255.255; get 1 from=127.0.0.1 to=127.255.255.255`,
  },
  {
    // From 6.8 on a port does not remember what its sockets had when they were bound, and the second bind() is refused.
    name: 'Asterinas, test/initramfs/src/apps/network, as before Linux 6.8',
    systems: ['linux'],
    setting: { release: '6.1.192' },
    sequences: `tcp_reuseaddr.c, disable_reuse_after_bound | tcp | 1 bind 127.0.0.1 A chosen; 1 set A=0; 2 bind 127.0.0.1 A`,
  },
];
