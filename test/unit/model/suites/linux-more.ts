import type { Suite } from './suite.ts';

const NOT_LOCAL = ' => EADDRNOTAVAIL';

/** The addresses of ns-A in fcnal-test.sh: of its device, of its loopback device, and of its VRF where it has one. */
const NO_VRF = {
  addresses: ['127.0.0.1', '::1', '172.16.1.1', '172.16.2.1', '2001:db8:1::1', '2001:db8:2::1'],
  devices: {
    lo: ['127.0.0.1', '::1', '172.16.2.1', '2001:db8:2::1'],
    eth1: ['172.16.1.1', '2001:db8:1::1'],
  },
};
const WITH_VRF = {
  addresses: [...NO_VRF.addresses, '172.16.3.1', '2001:db8:3::1'],
  devices: { ...NO_VRF.devices, red: ['127.0.0.1', '::1', '172.16.3.1', '2001:db8:3::1'] },
  vrfs: { red: ['eth1'] },
};

/** bind04.c and bind05.c: every address, bound, connected to, and closed. */
function loops(): string {
  return ['127.0.0.1', '0.0.0.0', '::1 dual', ':: dual']
    .flatMap((name) => {
      const local = name.includes(':') ? '::1' : '127.0.0.1';
      return [
        `bind04.c, ${name} | tcp | 1 bind ${name}; 1 listen; get 1 from=${local} to=${local}; 2 accept ${local} from=1; 2 close; 1 close`,
        `bind05.c, ${name} | udp | 1 bind ${name}; get 1 from=${local} to=${local}; 1 send to=${local}; 1 close`,
      ];
    })
    .join('\n');
}

/** ip_local_port_range.c: a range of a socket, a port, and whether bind() to port 0 may choose it. */
function ranges(): string {
  const rows = [
    ['port_range_out_of_netns_range', '30000-39999', 39_999, 'EADDRINUSE'],
    ['port_range_out_of_netns_range', '30000-39999', 41_234, 'ok'],
    ['port_range_out_of_netns_range', '50000-59999', 50_000, 'EADDRINUSE'],
    ['port_range_out_of_netns_range', '50000-59999', 41_234, 'ok'],
    ['single_port_range', '45000-45000', 45_000, 'ok'],
    ['single_port_range', '45000-45000', 45_001, 'EADDRINUSE'],
    ['single_port_range', '0-40000', 40_000, 'ok'],
    ['single_port_range', '0-40000', 40_001, 'EADDRINUSE'],
    ['single_port_range', '49999-0', 49_999, 'ok'],
    ['single_port_range', '49999-0', 49_998, 'EADDRINUSE'],
    ['exhaust_8_port_range', '40000-40007', 40_007, 'ok'],
    ['exhaust_8_port_range', '40000-40007', 40_008, 'EADDRINUSE'],
    ['late_bind', '40100-40199 address-only', 40_100, 'ok'],
  ];
  return rows
    .flatMap(([test, range, port, outcome]) =>
      ['127.0.0.1', '::1 default'].flatMap((name) =>
        ['tcp', 'udp'].map(
          (protocol) =>
            `ip_local_port_range.c, ${test} | ${protocol} | 1 bind ${name} chosen port=${port} range=${range} => ${outcome}`,
        ),
      ),
    )
    .join('\n');
}

/** The Linux Test Project, and the tests of Linux that need devices or several kernels' settings. */
export const linuxMore: readonly Suite[] = [
  {
    name: 'LTP, testcases/kernel/syscalls',
    systems: ['linux'],
    setting: { host: { addresses: ['127.0.0.1', '::1', '10.0.0.1'] } },
    sequences: `
${loops()}
bind01.c, INADDR_ANYPORT | tcp | 1 bind 0.0.0.0 chosen
bind01.c, non-local address | tcp | 1 bind 10.255.254.253 chosen${NOT_LOCAL}
bind02.c | tcp | 1 bind 0.0.0.0 uid=65534 port=463 => EACCES
connect01.c, already connected | tcp | 1 autobind 127.0.0.1 0.0.0.0 to=0.0.0.0; 1 connect 127.0.0.1 to=0.0.0.0 => EISCONN
listen01.c, UDP listen | udp | 1 autolisten 0.0.0.0 => EOPNOTSUPP
accept02.c | tcp | 1 bind 127.0.0.1 A; 1 listen; 2 accept 127.0.0.1 from=1; 1 close`,
  },
  {
    name: 'Linux, tools/testing/selftests/net, fcnal-test.sh without a VRF',
    systems: ['linux'],
    setting: { host: NO_VRF },
    sequences: `
ipv4_addr_bind_novrf, local | tcp | 1 bind 172.16.1.1
ipv4_addr_bind_novrf, after device | tcp | 1 bind 172.16.1.1 dev=eth1
ipv4_addr_bind_novrf, nonlocal | tcp | 1 bind 172.17.1.1 any
ipv6_addr_bind_novrf, local | tcp | 1 bind 2001:db8:1::1 default
ipv6_addr_bind_novrf, after device | tcp | 1 bind 2001:db8:1::1 default dev=eth1
ipv6_addr_bind_novrf, of another device | tcp | 1 bind 2001:db8:2::1 default dev=eth1`,
  },
  {
    name: 'Linux, tools/testing/selftests/net, fcnal-test.sh with a VRF',
    systems: ['linux'],
    setting: { host: WITH_VRF },
    sequences: `
ipv4_addr_bind_vrf, NSA_IP, VRF | tcp | 1 bind 172.16.1.1 dev=red
ipv4_addr_bind_vrf, NSA_IP, device | tcp | 1 bind 172.16.1.1 dev=eth1
ipv4_addr_bind_vrf, VRF_IP, VRF | tcp | 1 bind 172.16.3.1 dev=red
ipv4_addr_bind_vrf, VRF_IP, device | tcp | 1 bind 172.16.3.1 dev=eth1
ipv4_addr_bind_vrf, NSA_LO_IP, VRF | tcp | 1 bind 172.16.2.1 dev=red${NOT_LOCAL}
ipv4_addr_bind_vrf, NSA_LO_IP, device | tcp | 1 bind 172.16.2.1 dev=eth1${NOT_LOCAL}
ipv6_addr_bind_vrf, NSA_IP6, VRF | tcp | 1 bind 2001:db8:1::1 default dev=red
ipv6_addr_bind_vrf, VRF_IP6, VRF | tcp | 1 bind 2001:db8:3::1 default dev=red
ipv6_addr_bind_vrf, NSA_IP6, device | tcp | 1 bind 2001:db8:1::1 default dev=eth1
ipv6_addr_bind_vrf, VRF_IP6, device | tcp | 1 bind 2001:db8:3::1 default dev=eth1
ipv6_addr_bind_vrf, NSA_LO_IP6, VRF | tcp | 1 bind 2001:db8:2::1 default dev=red${NOT_LOCAL}
ipv6_addr_bind_vrf, NSA_LO_IP6, device | tcp | 1 bind 2001:db8:2::1 default dev=eth1${NOT_LOCAL}`,
  },
  {
    name: 'Linux, tools/testing/selftests/net, ip_local_port_range.c',
    systems: ['linux'],
    setting: { host: { localPortRange: { from: 40_000, to: 49_999 } } },
    sequences: ranges(),
  },
  {
    name: 'Linux, tools/testing/selftests/net, sockets without an address',
    systems: ['linux'],
    sequences: `
sk_bind_sendto_listen.c | tcp | 1 bind :: dual A port=20000; 1 connect ::1 to=:: toport=20000; 2 bind :: dual A port=20000; 2 connect ::1 to=:: toport=20000 => fails; 2 listen
sk_connect_zero_addr.c | tcp | 1 bind :: dual A port=20000; 1 listen; get 1 from=::1 to=::1`,
  },
];
