import type { Suite } from './suite.ts';

const HOST = {
  addresses: ['127.0.0.1', '::1', 'fe80::1', '10.0.0.1'],
  devices: { lo0: ['127.0.0.1', '::1', 'fe80::1'], en0: ['10.0.0.1'] },
};

/** tests/ of XNU, as it is in macOS 15.4. */
export const xnu: readonly Suite[] = [
  {
    name: 'XNU 11417, tests/tcp_bind_connect.c',
    systems: ['darwin'],
    setting: { host: HOST, release: '15.4' },
    sequences: `
tcp_bind_ipv4_loopback | tcp | 1 bind 127.0.0.1
tcp_bind_ipv4_multicast | tcp | 1 bind 224.0.0.1 => EAFNOSUPPORT
tcp_bind_ipv4__broadcast | tcp | 1 bind 255.255.255.255 => EAFNOSUPPORT
tcp_bind_ipv4_null | tcp | 1 bind 0.0.0.0
tcp_bind_ipv6_loopback | tcp | 1 bind ::1 dual
tcp_bind_ipv6_multicast | tcp | 1 bind ff01::1 dual scope=lo0 => EAFNOSUPPORT
tcp_bind_null_ipv6 | tcp | 1 bind :: dual
tcp_bind_ipv4_multicast_mapped_ipv6 | tcp | 1 bind ::ffff:224.0.0.1 => EAFNOSUPPORT
tcp_bind_ipv4_broadcast_mapped_ipv6 | tcp | 1 bind ::ffff:255.255.255.255 => EAFNOSUPPORT
tcp_bind_ipv4_multicast_compatible_ipv6 | tcp | 1 bind ::224.0.0.1 dual => EAFNOSUPPORT
tcp_bind_ipv4_broadcast_compatible_ipv6 | tcp | 1 bind ::255.255.255.255 dual => EAFNOSUPPORT
tcp_bind_ipv4_null_compatible_ipv6 | tcp | 1 bind ::0.0.0.0 dual
tcp_connect_ipv4_loopback | tcp | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1
tcp_connect_ipv4_multicast | tcp | 1 autobind 127.0.0.1 0.0.0.0 to=224.0.0.1 => EAFNOSUPPORT
tcp_connect_ipv4__broadcast | tcp | 1 autobind 127.0.0.1 0.0.0.0 to=255.255.255.255 => EAFNOSUPPORT
tcp_connect_ipv4_null | tcp | 1 autobind 127.0.0.1 0.0.0.0 to=0.0.0.0
tcp_connect_ipv6_loopback | tcp | 1 autobind ::1 :: dual to=::1
tcp_connect_ipv6_multicast | tcp | 1 autobind ::1 :: dual to=ff01::1%lo0 => EAFNOSUPPORT
tcp_connect_null_ipv6 | tcp | 1 autobind ::1 :: dual to=::
tcp_connect_ipv4_multicast_mapped_ipv6 | tcp | 1 autobind 127.0.0.1 :: dual to=::ffff:224.0.0.1 => EAFNOSUPPORT
tcp_connect_ipv4_broadcast_mapped_ipv6 | tcp | 1 autobind 127.0.0.1 :: dual to=::ffff:255.255.255.255 => EAFNOSUPPORT
tcp_connect_ipv4_null_mapped_ipv6 | tcp | 1 autobind 127.0.0.1 :: dual to=::ffff:0.0.0.0
tcp_connect_ipv4_multicast_compatible_ipv6 | tcp | 1 autobind ::1 :: dual to=::224.0.0.1 => EAFNOSUPPORT
tcp_connect_ipv4_broadcast_compatible_ipv6 | tcp | 1 autobind ::1 :: dual to=::255.255.255.255 => EAFNOSUPPORT
tcp_connect_ipv4_null_compatible_ipv6 | tcp | 1 autobind ::1 :: dual to=::0.0.0.0
tcp_bind_ipv4_loobpack_mapped_ipv6 | tcp | 1 bind ::ffff:127.0.0.1
tcp_bind_ipv4_null_mapped_ipv6 | tcp | 1 bind ::ffff:0.0.0.0
tcp_connect_ipv4_loobpack_mapped_ipv6 | tcp | 1 autobind 127.0.0.1 :: dual to=::ffff:127.0.0.1
tcp_connectx_ipv6_loopback_src_port | tcp | 1 bind :: dual port=12345; 1 connect ::1 to=::1
tcp_bind_ipv4_mapped_connect_pv4_mapped | tcp | 1 bind ::ffff:127.0.0.1; 1 connect 127.0.0.1 to=::ffff:127.0.0.1
tcp_bind_ipv6_connect_pv6 | tcp | 1 bind ::1 dual; 1 connect ::1 to=::1
tcp_bind_ipv4_mapped_connect_ipv6 | tcp | 1 bind ::ffff:127.0.0.1; 1 connect ::1 to=::1 => EAFNOSUPPORT
tcp_bind_ipv6_connect_ipv4_mapped | tcp | 1 bind ::1 dual; 1 connect 127.0.0.1 to=::ffff:127.0.0.1 => EAFNOSUPPORT`,
  },
  {
    name: 'XNU 11417, tests/udp_bind_connect.c',
    systems: ['darwin'],
    setting: { host: HOST, release: '15.4' },
    sequences: `
udp_bind_ipv4_loopback | udp | 1 bind 127.0.0.1
udp_bind_ipv4_multicast | udp | 1 bind 224.0.0.1
udp_bind_ipv4_broadcast | udp | 1 bind 255.255.255.255 => EADDRNOTAVAIL
udp_bind_ipv4_null | udp | 1 bind 0.0.0.0
udp_bind_ipv6_loopback | udp | 1 bind ::1 dual
udp_bind_ipv6_multicast | udp | 1 bind ff01::1 dual scope=lo0
udp_bind_null_ipv6 | udp | 1 bind :: dual
udp_bind_ipv4_multicast_mapped_ipv6 | udp | 1 bind ::ffff:224.0.0.1
udp_bind_ipv4_broadcast_mapped_ipv6 | udp | 1 bind ::ffff:255.255.255.255 => EADDRNOTAVAIL
udp_bind_ipv4_multicast_compatible_ipv6 | udp | 1 bind ::224.0.0.1 dual => EADDRNOTAVAIL
udp_bind_ipv4_broadcast_compatible_ipv6 | udp | 1 bind ::255.255.255.255 dual => EADDRNOTAVAIL
udp_bind_ipv4_null_compatible_ipv6 | udp | 1 bind ::0.0.0.0 dual
udp_connect_ipv4_loopback | udp | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1
udp_connect_ipv4_multicast | udp | 1 autobind 10.0.0.1 0.0.0.0 to=224.0.0.1
udp_connect_ipv4_broadcast | udp | 1 autobind 10.0.0.1 0.0.0.0 to=255.255.255.255
udp_connect_ipv4_null | udp | 1 autobind 10.0.0.1 0.0.0.0 to=0.0.0.0
udp_connect_ipv6_loopback | udp | 1 autobind ::1 :: dual to=::1
udp_connect_ipv6_multicast | udp | 1 autobind fe80::1%lo0 :: dual to=ff01::1%lo0
udp_connect_null_ipv6 | udp | 1 autobind ::1 :: dual to=::
udp_connect_ipv4_multicast_mapped_ipv6 | udp | 1 autobind 10.0.0.1 :: dual to=::ffff:224.0.0.1
udp_connect_ipv4_broadcast_mapped_ipv6 | udp | 1 autobind 10.0.0.1 :: dual to=::ffff:255.255.255.255
udp_connect_ipv4_null_mapped_ipv6 | udp | 1 autobind 10.0.0.1 :: dual to=::ffff:0.0.0.0
udp_connect_ipv4_multicast_compatible_ipv6 | udp | 1 autobind ::1 :: dual to=::224.0.0.1
udp_connect_ipv4_broadcast_compatible_ipv6 | udp | 1 autobind ::1 :: dual to=::255.255.255.255
udp_connect_ipv4_null_compatible_ipv6 | udp | 1 autobind ::1 :: dual to=::0.0.0.0`,
  },
  {
    name: 'XNU 11417, tests/udp_disconnect.c',
    systems: ['darwin'],
    setting: { host: HOST, release: '15.4' },
    sequences: `
udp_disconnect_null_ipv4 | udp | 1 autobind 127.0.0.1 0.0.0.0 to=127.0.0.1; 1 connect 127.0.0.1 to=0.0.0.0 toport=0 => EADDRNOTAVAIL; 1 connect 127.0.0.1 to=127.0.0.1
udp_disconnect_null_ipv6 | udp | 1 autobind ::1 :: dual to=::1; 1 connect ::1 to=:: toport=0 => EADDRNOTAVAIL; 1 connect ::1 to=::1
udp_disconnect_null_ipv4_mapped_ipv6 | udp | 1 autobind 127.0.0.1 :: dual to=::ffff:127.0.0.1; 1 connect ::1 to=:: toport=0 => EADDRNOTAVAIL; 1 connect 127.0.0.1 to=::ffff:127.0.0.1
udp_disconnect_mapped_ipv4_mapped_ipv6 | udp | 1 autobind 127.0.0.1 :: dual to=::ffff:127.0.0.1; 1 connect 127.0.0.1 to=::ffff:0.0.0.0 toport=0 => EADDRNOTAVAIL; 1 connect 127.0.0.1 to=::ffff:127.0.0.1`,
  },
];
