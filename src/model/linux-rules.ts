import { ruleBook } from './rules.ts';

const RUN = 'observed on Linux 6.18.44';
const CSK = 'Linux 6.18, net/ipv4/inet_connection_sock.c';
const UDP = 'Linux, net/ipv4/udp.c';

/** The rules of Linux. */
export const linuxRules = ruleBook('linux', {
  free: {
    prose: 'No socket on the port holds an overlapping address on a compatible device, so nothing is in the way.',
    source: { name: RUN, where: 'all pairs of twelve address kinds' },
    known: 'observed',
  },
  'tcp-conflict': {
    prose:
      'Two TCP names that overlap conflict, in either order and in every state of the first socket, unless both sockets have SO_REUSEADDR and the first is not listening, or both have SO_REUSEPORT and one owner.',
    source: { name: CSK, where: 'inet_bind_conflict' },
    known: 'observed',
  },
  'udp-conflict': {
    prose:
      'Two UDP names that overlap conflict, in either order, unless both sockets have SO_REUSEADDR, or both have SO_REUSEPORT and one owner.',
    source: { name: UDP, where: 'udp_lib_lport_inuse' },
    known: 'observed',
  },
  'reuseaddr-both': {
    prose:
      'SO_REUSEADDR on both sockets permits any overlap, exact duplicates included, whoever owns them; for TCP only while the first is not listening.',
    source: { name: RUN, where: 'the tables of both protocols' },
    known: 'observed',
  },
  'reuseaddr-listener': {
    prose: 'A listening TCP socket is not shared by SO_REUSEADDR, even if both sockets have it.',
    source: { name: CSK, where: 'inet_bind_conflict' },
    known: 'observed',
  },
  'reuseport-both': {
    prose:
      'SO_REUSEPORT on both sockets permits any overlap if one user created them; a socket in TIME_WAIT counts as everybody’s.',
    source: { name: CSK, where: 'inet_bind_conflict' },
    known: 'observed',
  },
  'reuseport-other-uid': {
    prose:
      'SO_REUSEPORT on both sockets does not help when different users created them; root is not an exception, in either order.',
    source: { name: RUN, where: 'sockets created under two uids' },
    known: 'observed',
  },
  'T1-v6only-flag': {
    prose:
      'A bind to 0.0.0.0 meets every IPv6 socket on the port whose V6ONLY flag is 0, even a dual-stack one that a connection has narrowed to an IPv6 address.',
    source: { name: CSK, where: 'ipv4_rcv_saddr_equal' },
    known: 'observed',
  },
  'U2-placeholder-127.0.0.6': {
    prose:
      'A dual-stack UDP socket that is connected over IPv6 stands in the IPv4 table as 127.0.0.6, so a bind to exactly that address conflicts with it.',
    source: { name: RUN, where: 'UDP, dual-stack socket connected to ::1' },
    known: 'observed',
  },
  'T2-reuseport-memory': {
    prose:
      'The kernel remembers the last SO_REUSEPORT socket of a TCP port; a new one of the same user whose address that one covers is let in without looking at the other sockets, and without noticing that options were cleared since. A bind without SO_REUSEPORT, or the last socket’s going, wipes that memory; since 6.18 so does the going of all but connections whose port connect() chose.',
    source: { name: CSK, where: 'sk_reuseport_match, inet_csk_update_fastreuse' },
    known: 'observed',
  },
  'T3-reuseaddr-memory': {
    prose:
      'Up to 6.7 the kernel also remembers that every socket of a TCP port had SO_REUSEADDR when it was bound, and then lets in another one without looking at them.',
    source: { name: 'Linux 5.19, net/ipv4/inet_connection_sock.c', where: 'inet_csk_get_port' },
    known: 'source',
  },
  'U1-udp-first-match': {
    prose:
      'For UDP the kernel walks its chain, newest first and IPv6 sockets with SO_REUSEPORT last, and the first overlapping socket that REUSEADDR does not excuse decides alone; if REUSEPORT matches there, a conflict further on is not seen.',
    source: { name: UDP, where: 'udp_lib_lport_inuse, udp_lib_get_port' },
    known: 'observed',
  },
  'U3-second-index': {
    prose:
      'With more than ten UDP sockets in the port’s hash slot, a bind to a specific address only looks at the sockets on that address, then at the wildcards, each list by its own first match.',
    source: { name: UDP, where: 'udp_lib_get_port, udp_lib_lport_inuse2' },
    known: 'observed',
  },
  'U3-wildcard-miss': {
    prose:
      'Before the fix of CVE-2026-31503 a wildcard bind over more than ten UDP sockets only looks at the other wildcards, and wrongly succeeds over sockets on specific addresses.',
    source: { name: 'CVE-2026-31503', where: 'affected versions' },
    known: 'observed',
  },
  'D1-mapped-wildcard-sticks': {
    prose:
      'A socket bound to ::ffff:0.0.0.0 counts as bound to an explicit address: when it is disconnected it keeps the local address that the connection gave it, while 0.0.0.0 and :: become wildcards again.',
    source: { name: RUN, where: 'connect, disconnect, then a second bind' },
    known: 'observed',
  },
  disconnect: {
    prose:
      'A disconnect restores the name that the socket was bound to, and keeps its port; a second connect() does not touch the local address.',
    source: { name: RUN, where: 'connect to AF_UNSPEC' },
    known: 'observed',
  },
  'autobound-released': {
    prose:
      'A disconnect releases a port that the program did not name in bind(): that of bind() to port 0, of connect(), sendto() or listen() on a socket that was not bound, and of an accepted socket. For TCP so does a connect() that is refused, a reset, and shutdown() of a listener; a TCP socket that was never connected keeps it.',
    source: { name: RUN, where: 'bind to port 0, connect to AF_UNSPEC, shutdown' },
    known: 'observed',
  },
  'mapped-miss': {
    prose:
      'In 6.1 from 6.1.168 on, and in 6.6 from 6.6.131 on, a TCP bind to a specific v4-mapped address does not see a socket on ::ffff:0.0.0.0. 6.1.192 was observed; the other way round, and for UDP, the two conflict.',
    source: { name: 'Linux 6.1.168, net/ipv4/inet_hashtables.c', where: 'inet_bind2_bucket_match_addr_any' },
    known: 'observed',
  },
  'second-index-6.1': {
    prose:
      'From 6.1 to 6.8 several bugs of a then new index by address were found and mended in stable updates; with three or more TCP sockets of both families on a port the model allows either outcome there. In 6.1.192 the rules of the other kernels hold.',
    source: {
      name: 'netdev',
      where: 'fixes of bhash2, December 2022 to March 2024; 6.1.192 by 1,500 random sequences on Debian 6.1.192-2',
    },
    known: 'reported',
    unverified: true,
  },
  'disconnect-tie': {
    prose: 'A disconnect of UDP also unties the socket from its device.',
    source: { name: RUN, where: 'SO_BINDTODEVICE, connect, connect to AF_UNSPEC, then a bind beside it' },
    known: 'observed',
  },
  shutdown: {
    prose: 'A socket without a connection cannot be shut down, ENOTCONN, UDP included; but shutdown() ends a listener.',
    source: { name: RUN, where: 'shutdown of bound, listening and connected sockets' },
    known: 'observed',
  },
  'connect-again': {
    prose: 'A connected or listening TCP socket cannot connect.',
    source: { name: RUN, where: 'connect twice, and connect on a listener' },
    known: 'observed',
  },
  'connect-from-group': {
    prose:
      'connect() gives an AF_INET TCP socket that is bound to a multicast or broadcast address the address of the route instead, and a disconnect, or the failure of that connect(), leaves it there.',
    source: { name: RUN, where: 'TCP sockets on 239.1.2.3 and on the broadcast address of an interface that connect' },
    known: 'observed',
  },
  'connect-after-ipv4': {
    prose:
      'An IPv6 TCP socket that has once sent a SYN over IPv4, or was accepted over it, sends over IPv4 from then on, and a disconnect does not change that. Its next connect() to an IPv6 address finds a route and gives it the local address and the port of that connection, but the SYN goes to the IPv4 peer that it had before, so that no connection is ever made: EINPROGRESS at once, and ETIMEDOUT when the SYN was repeated often enough, after two minutes. A connect() over IPv4 that finds no way to its peer ends this.',
    source: {
      name: 'Linux 6.18, net/ipv6/tcp_ipv6.c',
      where: 'tcp_v6_connect (icsk_af_ops, ipv6_mapped), which tcp_disconnect leaves as it is',
    },
    known: 'observed',
  },
  'connect-chooses-first': {
    prose:
      'connect() and sendto() of a UDP socket without a port choose one before anything is looked at, so that a call that fails leaves the socket on that port and on the wildcard: bind() returns EINVAL then, and a disconnect gives the port up. A TCP socket gets a port only after its route was found, and loses it if the call fails.',
    source: { name: 'Linux 6.18, net/ipv4/af_inet.c', where: 'inet_dgram_connect, inet_send_prepare, inet_autobind' },
    known: 'observed',
  },
  'connect-other-stack': {
    prose:
      'A socket that was bound to a v4-mapped address, or that an earlier connect() gave one, cannot connect over IPv6, EAFNOSUPPORT; one that is IPv6 only, as every one that was bound to an IPv6 address is, finds no network to a v4-mapped address. sendto() returns the same.',
    source: { name: RUN, where: 'connect and sendto from ::ffff:127.0.0.1 to ::1, and from ::1 to ::ffff:127.0.0.1' },
    known: 'observed',
  },
  'send-port-0': {
    prose: 'sendto() to port 0 is an invalid argument; connect() to it is not.',
    source: { name: RUN, where: 'sendto to port 0 of 127.0.0.1 and of ::1' },
    known: 'observed',
  },
  'connect-same-peer': {
    prose:
      'Two TCP sockets cannot be connected from one address to one peer; for UDP they can, whatever their options.',
    source: { name: RUN, where: 'two sockets that are bound to one name and connect to one peer' },
    known: 'observed',
  },
  'not-local': {
    prose:
      'The address belongs to no interface; all of 127.0.0.0/8 does. A v4-compatible address is one of IPv6, and an anycast address counts as no one’s.',
    source: { name: RUN, where: 'bind to a non-local address' },
    known: 'observed',
  },
  broadcast: {
    prose: '255.255.255.255 and the broadcast address of a subnet can be bound, by TCP too, also in v4-mapped form.',
    source: { name: RUN, where: 'bind to 255.255.255.255 and to the broadcast address of an interface' },
    known: 'observed',
  },
  scope: {
    prose:
      'A link-local address, or group of UDP, needs a scope or a device that the socket is tied to, else it is an invalid argument; an interface that is not there is ENODEV, one without the address EADDRNOTAVAIL. The scope ties the socket to the device.',
    source: { name: RUN, where: 'bind to fe80:: and ff02:: addresses with right, wrong and no scope' },
    known: 'observed',
  },
  tentative: {
    prose:
      'An IPv6 address cannot be bound while it is tentative, or when it was found to be duplicated; a deprecated one can.',
    source: { name: 'Linux, net/ipv6/addrconf.c', where: 'ipv6_chk_addr' },
    known: 'source',
  },
  freebind: {
    prose:
      'IP_FREEBIND and IP_TRANSPARENT let a socket be bound to an address that no interface has, of either family.',
    source: { name: RUN, where: 'IP_FREEBIND, then bind to a non-local address' },
    known: 'observed',
  },
  'nonlocal-bind': {
    prose: 'With net.ipv4.ip_nonlocal_bind=1, or net.ipv6.ip_nonlocal_bind=1 for IPv6, every address can be bound.',
    source: { name: RUN, where: 'the sysctls, then bind to a non-local address' },
    known: 'observed',
  },
  bindv6only: {
    prose: 'With net.ipv6.bindv6only=1 a new IPv6 socket has IPV6_V6ONLY=1, and a v4-mapped address is invalid there.',
    source: { name: RUN, where: 'the sysctl, then bind to ::ffff:127.0.0.1' },
    known: 'observed',
  },
  'no-ipv6': {
    prose: 'A kernel without IPv6 makes no such socket.',
    source: { name: 'Linux, net/socket.c', where: '__sock_create' },
    known: 'source',
  },
  'vrf-tcp': {
    prose:
      'Since 5.0, and unless net.ipv4.tcp_l3mdev_accept is 1, TCP sockets in different VRFs, or in one and in none, do not conflict; UDP sockets do, unless they are tied to different devices.',
    source: { name: 'observed on Linux 7.2.7', where: 'a VRF with a device, in user-mode Linux' },
    known: 'observed',
  },
  'vrf-address': {
    prose:
      'An address of a device in a VRF can be bound only by a socket that is tied to the VRF or to one of its devices; such a socket has no others, 127.0.0.1 included.',
    source: { name: 'observed on Linux 7.2.7', where: 'a VRF with a device, in user-mode Linux' },
    known: 'observed',
  },
  'chosen-tcp': {
    prose: 'For port 0 a TCP socket gets a port on which no socket holds an overlapping name, whatever the options.',
    source: { name: RUN, where: 'bind to port 0 in a range of four ports' },
    known: 'observed',
  },
  'port-range': {
    prose:
      'For port 0 the kernel chooses from net.ipv4.ip_local_port_range, and since 6.3 from the part of it that IP_LOCAL_PORT_RANGE names; an end of that range which is outside of the machine’s is ignored.',
    source: {
      name: 'Linux, net/ipv4/inet_connection_sock.c',
      where: 'inet_sk_get_local_port_range; tools/testing/selftests/net/ip_local_port_range.c',
    },
    known: 'test-suite',
  },
  'autobind-reuse': {
    prose:
      'With net.ipv4.ip_autobind_reuse=1 a TCP socket may for port 0 be given one that SO_REUSEADDR on both lets it share; not where SO_REUSEPORT would.',
    source: { name: RUN, where: 'the sysctl, then bind to port 0 in a range of four ports' },
    known: 'observed',
  },
  'not-on-device': {
    prose:
      'On a socket that is tied to a device, ::1 and link-local IPv6 addresses can only be bound where the device has them. Any other local address will do, of either family.',
    source: {
      name: RUN,
      where: 'SO_BINDTODEVICE, then bind to ::1, fe80:: and fd00:: addresses of this and another device',
    },
    known: 'observed',
  },
  'mapped-on-v6only': {
    prose: 'A v4-mapped address on a socket with IPV6_V6ONLY=1 is an invalid argument.',
    source: { name: RUN, where: 'bind to ::ffff:127.0.0.1 with IPV6_V6ONLY=1' },
    known: 'observed',
  },
  'v6-multicast': {
    prose: 'A TCP socket cannot be bound to an IPv6 multicast address; to an IPv4 one, also in v4-mapped form, it can.',
    source: { name: RUN, where: 'TCP bind to ff02::1 and to 224.0.0.1' },
    known: 'observed',
  },
  privileged: {
    prose:
      'A port below net.ipv4.ip_unprivileged_port_start (1024) needs CAP_NET_BIND_SERVICE. For AF_INET the address is judged before the privilege; for AF_INET6 the privilege comes first.',
    source: { name: RUN, where: 'port 80 with a non-local address, as an ordinary user' },
    known: 'observed',
  },
  'already-bound': {
    prose: 'A socket that has a port cannot be bound again.',
    source: { name: RUN, where: 'second bind of one socket' },
    known: 'observed',
  },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: { name: 'Linux kernel, net/ipv4 and net/ipv6', where: 'ipv6_sockglue.c, do_ipv6_setsockopt' },
    known: 'source',
  },
  'listen-udp': {
    prose: 'A UDP socket cannot listen.',
    source: { name: RUN, where: 'listen on UDP' },
    known: 'observed',
  },
  'listen-state': {
    prose: 'A connected TCP socket cannot listen.',
    source: { name: RUN, where: 'listen on a connected socket' },
    known: 'observed',
  },
  'listen-again': {
    prose: 'listen() on a listening socket only changes the backlog, and is not judged again.',
    source: { name: RUN, where: 'listen twice' },
    known: 'observed',
  },
});
