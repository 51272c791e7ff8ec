import type { Suite } from './suite.ts';

/** The six tests of unicast names in in_pcbbind of OpenBSD, which NetBSD and others took over: a name and the wildcard. */
function unicast(place: string, local: string, any: string): string {
  const bind = (socket: number, name: string, letter: string) => `${socket} bind ${name} ${letter}`;
  const X = ' => EADDRINUSE';
  return [
    `1 | ${bind(1, local, '-')}; ${bind(2, any, '-')}${X}; ${bind(3, any, 'A')}`,
    `2 | ${bind(1, any, '-')}; ${bind(2, local, '-')}${X}; ${bind(3, local, 'A')}`,
    `3 | ${bind(1, local, 'P')}; ${bind(2, local, 'P')}; ${bind(3, local, 'A')}${X}; ${bind(4, local, '-')}${X}`,
    `4 | ${bind(1, any, 'P')}; ${bind(2, any, 'P')}; ${bind(3, any, 'A')}${X}; ${bind(4, any, '-')}${X}`,
    `5 | ${bind(1, local, 'A')}; ${bind(2, local, 'A')}${X}; ${bind(3, local, 'P')}${X}`,
    `6 | ${bind(1, any, 'A')}; ${bind(2, any, 'A')}${X}; ${bind(3, any, 'P')}${X}`,
  ]
    .map((line) => `${place} #${line.replace('|', '| udp |')}`)
    .join('\n');
}

/** The four tests of a group that all sockets join. */
function group(place: string, name: string): string {
  const bind = (socket: number, letter: string) => `${socket} bind ${name} ${letter}`;
  const X = ' => EADDRINUSE';
  return [
    `1 | ${bind(1, '-')}; ${bind(2, 'A')}${X}; ${bind(3, 'P')}${X}; ${bind(4, 'AP')}${X}`,
    `2 | ${bind(1, 'P')}; ${bind(2, '-')}${X}; ${bind(3, 'P')}; ${bind(4, 'A')}; ${bind(5, 'AP')}`,
    `3 | ${bind(1, 'A')}; ${bind(2, '-')}${X}; ${bind(3, 'A')}; ${bind(4, 'P')}; ${bind(5, 'AP')}`,
    `4 | ${bind(1, 'AP')}; ${bind(2, '-')}${X}; ${bind(3, 'P')}; ${bind(4, 'A')}; ${bind(5, 'AP')}`,
  ]
    .map((line) => `${place} #${line.replace('|', '| udp |')}`)
    .join('\n');
}

/** The six tests of an IPv6 group and the wildcard. */
function group6(place: string, name: string, any: string): string {
  const X = ' => EADDRINUSE';
  return [
    `1 | 1 bind ${name} -; 2 bind ${any} -${X}; 3 bind ${any} A`,
    `2 | 1 bind ${any} -; 2 bind ${name} -${X}; 3 bind ${name} A`,
    `3 | 1 bind ${name} P; 2 bind ${name} P; 3 bind ${name} A; 4 bind ${name} -${X}`,
    `4 | 1 bind ${any} P; 2 bind ${any} P; 3 bind ${any} A${X}; 4 bind ${any} -${X}`,
    `5 | 1 bind ${name} A; 2 bind ${name} A; 3 bind ${name} P; 4 bind ${name} -${X}`,
    `6 | 1 bind ${any} A; 2 bind ${any} A${X}; 3 bind ${any} P${X}; 4 bind ${any} -${X}`,
  ]
    .map((line) => `${place} #${line.replace('|', '| udp |')}`)
    .join('\n');
}

const HOST = {
  addresses: ['127.0.0.1', '::1', '10.0.0.1', 'fc00::1'],
  devices: { lo0: ['127.0.0.1', '::1'], em0: ['10.0.0.1', 'fc00::1'] },
  broadcasts: ['10.0.0.255'],
};

/** regress/sys/netinet of OpenBSD, tests/net/inpcb of NetBSD and tests/sys/netinet of FreeBSD. */
export const bsdSuites: readonly Suite[] = [
  {
    name: 'OpenBSD, regress/sys/netinet',
    systems: ['openbsd'],
    setting: { host: HOST },
    sequences: `
${unicast('in_pcbbind, IPv4', '127.0.0.1', '0.0.0.0')}
${unicast('in_pcbbind, IPv6', '::1', ':: v6only')}
${group('in_pcbbind, mcast_reuse, IPv4', '239.1.2.3')}
${group('in_pcbbind, mcast_reuse, IPv6', 'ff05::1234')}
${group6('in_pcbbind, mcast6', 'ff05::1234', ':: v6only')}
broadcast_bind, unicast | tcp | 1 bind 10.0.0.1
broadcast_bind, error | tcp | 1 bind 10.0.0.2 => EADDRNOTAVAIL
broadcast_bind, broadcast | tcp | 1 bind 10.0.0.255 => EADDRNOTAVAIL
broadcast_bind, unicast | udp | 1 bind 10.0.0.1
broadcast_bind, broadcast | udp | 1 bind 10.0.0.255`,
  },
  {
    name: 'OpenBSD, regress/sys/kern',
    systems: ['openbsd'],
    sequences: `
bind/bind.c | udp | 1 bind 0.0.0.0 P; 2 bind 127.0.0.1 P`,
  },
  {
    name: 'NetBSD, tests/net/net',
    systems: ['netbsd'],
    setting: { host: HOST },
    sequences: `
t_bind.c, bindany_4 | tcp | 1 bind 1.1.1.1 any
t_bind.c, bindany_6 | tcp | 1 bind 2010:2020:2030:2040:2050:2060:2070:2080 any
t_mapped.c, mapped_4_4 | tcp | 1 bind 0.0.0.0; 1 listen; get 1 from=127.0.0.1 to=127.0.0.1; 2 accept 127.0.0.1 from=1; 2 close; 1 close
t_mapped.c, mapped_6_4 | tcp | 1 bind :: dual; 1 listen; get 1 from=127.0.0.1 to=127.0.0.1; 2 accept 127.0.0.1 from=1; 2 close; 1 close
t_mapped.c, mapped_6_6 | tcp | 1 bind :: dual; 1 listen; get 1 from=::1 to=::1; 2 accept ::1 from=1; 2 close; 1 close`,
  },
  {
    name: 'FreeBSD, tests/sys/kern',
    systems: ['freebsd'],
    sequences: `
shutdown_dgram.c, unblock | udp | 1 bind 0.0.0.0; 1 shutdown => ENOTCONN; 1 close
listener_wakeup.c, all | tcp | 1 bind 0.0.0.0; 1 listen; 1 shutdown => ENOTCONN; 1 close`,
  },
  {
    name: 'NetBSD, tests/net/inpcb',
    systems: ['netbsd'],
    setting: { host: HOST },
    sequences: `
${unicast('inpcb_bind.c, unicast_testsuite, IPv4', '10.0.0.1', '0.0.0.0')}
${unicast('inpcb_bind.c, unicast_testsuite, IPv6', 'fc00::1', ':: v6only')}
${group('inpcb_bind.c, mcast_reuse_testsuite, IPv4', '239.1.2.3')}
${group('inpcb_bind.c, mcast_reuse_testsuite, IPv6', 'ff05::1234')}
${group6('inpcb_bind.c, mcast6_testsuite', 'ff05::1234', ':: v6only')}
broadcast_bind.c, unicast | tcp | 1 bind 10.0.0.1
broadcast_bind.c, error | tcp | 1 bind 10.0.0.2 => EADDRNOTAVAIL
broadcast_bind.c, broadcast | tcp | 1 bind 10.0.0.255
broadcast_bind.c, broadcast | udp | 1 bind 10.0.0.255`,
  },
  {
    name: 'FreeBSD, tests/sys/netinet',
    systems: ['freebsd'],
    setting: { host: HOST },
    sequences: `
so_reuseport_lb_test.c, basic_ipv4 | tcp | 1 bind 127.0.0.1 L; 1 listen; 2 bind 127.0.0.1 L; 2 listen; 3 bind 127.0.0.1 L; 3 listen
so_reuseport_lb_test.c, basic_ipv6 | tcp | 1 bind ::1 L; 1 listen; 2 bind ::1 L; 2 listen; 3 bind ::1 L; 3 listen
socket_afinet.c, socket_afinet_bind_ok | udp | 1 bind 127.0.0.1
udp_bindings.c, gethostname | udp | 1 autosend 0.0.0.0 to=127.0.0.1
udp_bindings.c, v4mapped | udp | 1 autosend :: dual to=::ffff:127.0.0.1
udp_io.c, udp_socketpair | udp | 1 bind 0.0.0.0
ip6_v4mapped_test.c, tcp_v4mapped_bind | tcp | 1 bind 0.0.0.0; 1 listen; 2 bind :: dual chosen => EADDRINUSE
ip6_v4mapped_test.c, tcp_v4mapped_bind, of two clients | tcp | 1 bind :: dual; 1 connect 127.0.0.1 to=::ffff:127.0.0.1; 2 bind :: dual chosen => EADDRINUSE
ip6_v4mapped_test.c, udp_v4mapped_sendto | udp | 1 autosend :: v6only to=::ffff:127.0.0.1 => EINVAL; 1 autosend :: dual to=::ffff:127.0.0.1
tcp_socket.c, getsockname_disconnected | tcp | 1 bind 0.0.0.0; 1 listen; 2 accept 127.0.0.1 from=1; 2 close
so_reuseport_lb_test.c, double_listen_ipv4 | tcp | 1 bind 127.0.0.1 L; 1 listen; 1 listen
so_reuseport_lb_test.c, double_listen_ipv6 | tcp | 1 bind ::1 L; 1 listen; 1 listen
so_reuseport_lb_test.c, bind_without_listen | tcp | 1 bind 127.0.0.1 L; 2 bind 127.0.0.1 L; 3 bind 127.0.0.1 L; 2 listen; 3 listen; 2 close; 3 close; 1 close
broadcast.c | udp | 1 bind 0.0.0.0`,
  },
  {
    name: 'FreeBSD 15, tests/sys/netinet',
    systems: ['freebsd'],
    setting: { host: HOST, release: '15.0' },
    sequences: `
so_reuseport_lb_test.c, connect_not_bound | tcp | 1 autobind 127.0.0.1 0.0.0.0 L to=127.0.0.1 => EOPNOTSUPP
so_reuseport_lb_test.c, connect_bound | tcp | 1 bind 127.0.0.1 L; 1 connect 127.0.0.1 to=127.0.0.1 => EOPNOTSUPP
so_reuseport_lb_test.c, connect_udp | udp | 1 bind 127.0.0.1 L; 1 connect 127.0.0.1 to=127.0.0.1; get no-one from=127.0.0.1 to=127.0.0.1
so_reuseport_lb_test.c, connect_udp, from the peer | udp | 1 bind 127.0.0.1 L; 1 connect 127.0.0.1 to=127.0.0.1 toport=5000; get 1 from=127.0.0.1 to=127.0.0.1
so_reuseport_lb_test.c, connect_udp6 | udp | 1 bind ::1 L; 1 connect ::1 to=::1; get no-one from=::1 to=::1
so_reuseport_lb_test.c, connect_udp6, from the peer | udp | 1 bind ::1 L; 1 connect ::1 to=::1 toport=5000; get 1 from=::1 to=::1`,
  },
];
