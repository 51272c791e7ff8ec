import { ruleBook } from '../rules.ts';

const UDP = 'Linux 6.18, net/ipv4/udp.c';
const INET = 'Linux 6.14, net/ipv4/inet_hashtables.c';

/** The rules by which Linux chooses who receives. */
export const linuxReceiveRules = ruleBook('linux', {
  'R1-four-tuple': {
    prose:
      'From 6.13 on, a UDP socket that is connected to the sender, and was connected to it first, is found by the four-tuple before all others; of several the last connected. From 7.3 on a second connect() counts as the first one does; the commit is not known.',
    source: { name: UDP, where: 'udp4_lib_lookup4, udp_lib_hash4; 7.3.4 and 7.2.7 were observed' },
    known: 'observed',
  },
  'R2-early-demux': {
    prose:
      'A datagram from another machine goes to the newest socket of the destination’s address if exactly that one is connected to the sender.',
    source: { name: UDP, where: 'udp_v4_early_demux, __udp4_lib_demux_lookup' },
    known: 'observed',
  },
  'R3-best-score': {
    prose:
      'The socket with the best score receives, among those that are bound to the destination’s address: a peer counts most, then a device, then for IPv4 the family AF_INET. Among equals the newest receives, but an AF_INET6 socket that had SO_REUSEPORT when it was bound counts as the oldest. A socket that has or had a peer gets one point more on the processor on which it received last, so that it may win against an equal one; several sockets may have that point.',
    source: { name: UDP, where: 'udp4_lib_lookup2, compute_score, udp_lib_get_port, sk_incoming_cpu_update' },
    known: 'observed',
  },
  'R4-group': {
    prose:
      'Where the walk meets a group of SO_REUSEPORT, a hash of the sender and the address chooses among its members that are not connected, and the walk ends, whatever would come later.',
    source: { name: UDP, where: 'inet_lookup_reuseport, reuseport_select_sock' },
    spreads: true,
    known: 'observed',
  },
  'R5-wildcard': {
    prose: 'Only where no socket of the destination’s own address may receive, the sockets on a wildcard are asked.',
    source: { name: UDP, where: '__udp4_lib_lookup' },
    known: 'observed',
  },
  'R6-port-list': {
    prose:
      'From 6.14 on, and in the stable updates of early 2025 (6.1.129, 6.6.76, 6.12.13, 6.13.2), where neither list has a receiver, all UDP sockets of the port are looked at: so a dual-stack socket that is connected over IPv6 hears its placeholder address 127.0.0.6.',
    source: {
      name: UDP,
      where: 'udp4_lib_lookup1; for the stable updates their queues of February 2025, observed on 6.1.192 and 6.12.118',
    },
    known: 'observed',
  },
  'R7-no-one': {
    prose: 'Where no socket may receive, the sender gets an ICMP port unreachable, or a reset of TCP.',
    source: { name: UDP, where: '__udp4_lib_rcv' },
    known: 'observed',
  },
  'R8-broadcast': {
    prose:
      'A broadcast reaches every UDP socket that is on a wildcard or on that very address; no one else, and nothing tells the sender when there is none.',
    source: { name: UDP, where: '__udp4_lib_mcast_deliver, __udp_is_mcast_sock' },
    known: 'observed',
  },
  'R9-multicast': {
    prose:
      'A multicast reaches every UDP socket on a wildcard or on the group that joined it, or that did not join it there and has IP_MULTICAST_ALL, which AF_INET sockets have from the start and AF_INET6 sockets do not. For IPv6 the device of the membership is not looked at, and IPV6_MULTICAST_ALL is on from the start.',
    source: { name: 'Linux 6.18, net/ipv4/igmp.c, net/ipv6/mcast.c', where: 'ip_mc_sf_allow, inet6_mc_check' },
    known: 'observed',
  },
  'R10-lone-multicast': {
    prose:
      'A multicast from another machine that exactly one of at most ten sockets wants goes to the group of SO_REUSEPORT of that socket, and the group’s hash chooses.',
    source: { name: UDP, where: '__udp4_lib_mcast_demux_lookup, inet_steal_sock' },
    spreads: true,
    known: 'observed',
  },
  'R11-listener': {
    prose:
      'Only TCP sockets that listen count, in the order of listen(): a socket that is tied to the device comes before one that is not, for IPv4 AF_INET before AF_INET6, and among equals the newest.',
    source: { name: INET, where: 'inet_lhash2_lookup, compute_score, __inet_hash' },
    known: 'observed',
  },
  'R12-no-way-back': {
    prose:
      'A TCP socket that is tied to a device takes the SYN of a client whose address is of another device of the machine, and its answer finds no way.',
    source: { name: 'net/ipv4/inet_connection_sock.c', where: 'inet_csk_route_req' },
    known: 'observed',
  },
  'R13-tied-late': {
    prose:
      'A TCP listener that is tied to a device later stays in its group of SO_REUSEPORT, and may be chosen for a client of another device, which then gets no answer or a reset.',
    source: { name: INET, where: 'inet_lookup_reuseport' },
    known: 'observed',
  },
  'R14-v6-peer-remembered': {
    prose:
      'A disconnect does not clear the IPv6 address of the peer: the socket goes on to take IPv6 datagrams from that address alone, and after an IPv4 peer from no one.',
    source: { name: 'Linux 6.18, net/ipv4/datagram.c', where: '__udp_disconnect' },
    known: 'observed',
  },
  'R15-stale-route': {
    prose:
      'A dual-stack socket that got an IPv4 datagram from another machine early, because it was connected to its sender, or was the only one that wanted a multicast or a member of the SO_REUSEPORT group of that one, keeps the route of that datagram. If it is then connected over IPv6 to another machine, every datagram of the peer takes that route and is lost without an error.',
    source: { name: UDP, where: 'udp_v6_early_demux, udp_sk_rx_dst_set: sk_rx_dst is not cleared by connect()' },
    known: 'observed',
  },
  'R16-reconnected-member': {
    prose:
      'From 6.13 on, the connect() that files a UDP socket on an address under its four-tuple takes it out of its group of SO_REUSEPORT. A later connect() does not: if a socket that was bound since has made a group with it, it stays a member, and sockets that are bound later may join that group by it.',
    source: { name: UDP, where: 'udp_lib_hash4, which returns early if udp_hashed4(); udp_reuseport_add_sock' },
    known: 'observed',
  },
});
