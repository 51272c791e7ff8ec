import { isMulticast } from '../address.ts';
import { isConnected } from '../bsd-scan.ts';
import { inOrder } from '../chain.ts';
import { isByFib, isOlder, type Group, type PortLists } from '../freebsd-lists.ts';
import { ANY } from '../overlap.ts';
import { ruleBook } from '../rules.ts';
import type { Socket, World } from '../world.ts';
import { isForMany } from './chain.ts';
import type { WorldDelivery } from './delivery.ts';
import { comesFrom, isMember, decided, partnerOf, received, takes, unlessDropped, copiesTo } from './lists.ts';
import { destinationOf, plainDestination, stackOf } from './packet.ts';
import type { Packet, Receivers } from './types.ts';

const LOOKUP = { name: 'FreeBSD 14.3, sys/netinet/in_pcb.c', where: 'in_pcblookup_hash_smr' };
const UDP = { name: 'FreeBSD 13 to 15, sys/netinet/udp_usrreq.c', where: 'udp_multi_input' };

const { id: rule, rules } = ruleBook('freebsd', {
  'R1-connected': {
    prose: 'The socket that is connected to the sender receives.',
    source: LOOKUP,
    known: 'source',
  },
  'R2-lb-group': {
    prose:
      'A group of SO_REUSEPORT_LB, on the destination’s address or else on the wildcard, comes before every other socket; a hash of the sender’s address and both ports chooses a member. Members are the sockets that had the option at their bind(), by the name that they had then; in 14 a UDP socket that connects again after a disconnect joins the group of its local address. A dual-stack :: is in no group. Where an AF_INET and a v4-mapped group are on one address the older is taken, in 13 the newer. A group that gets more than 8, 16 … members is made again, and so it is the newest; up to 14 that happens too when it is left with a quarter of them. Beyond 256 a socket is in none.',
    source: { ...LOOKUP, where: 'in_pcblookup_lbgroup, in_pcbinslbgrouphash, in_pcblbgroup_resize' },
    spreads: true,
    known: 'source',
  },
  'R2-lb-group-15': {
    prose:
      'Since 15 a socket leaves its group when it connects, and a TCP socket takes part once it listens; up to 14 both stay members. A group on the address hides that of the wildcard, even if no member of it listens.',
    source: {
      name: 'FreeBSD main of 2026, sys/netinet/in_pcb.c',
      where: 'in_pcbrehash, in_pcblisten, in_pcblookup_lbgroup',
    },
    spreads: true,
    known: 'source',
  },
  'R3-newest': {
    prose:
      'The newest socket on the destination’s address receives everything; where there is none, the newest on a wildcard does, and one on ::ffff:0.0.0.0 comes last. While the found socket is locked, the oldest of the wildcards may be taken instead, AF_INET before AF_INET6.',
    source: { ...LOOKUP, where: 'in_pcblookup_hash_wild_smr, in_pcblookup_hash_wild_locked' },
    known: 'source',
  },
  'R3-oldest-13': {
    prose:
      'In 13 the oldest socket on a wildcard receives where none is on the destination’s address, for IPv4 one of AF_INET before any of AF_INET6.',
    source: { name: 'FreeBSD 13, sys/netinet/in_pcb.c', where: 'in_pcblookup_hash_locked' },
    known: 'source',
  },
  'R4-bound-resets': {
    prose: 'A TCP socket that is bound and does not listen is found like a listener, and the client gets a reset.',
    source: { name: 'FreeBSD 14.3, sys/netinet/tcp_input.c', where: 'tcp_input_with_port' },
    known: 'source',
  },
  'R5-multicast': {
    prose:
      'A multicast or broadcast is given to the newest socket first, and to no more after the first that has none of SO_REUSEADDR, SO_REUSEPORT and SO_REUSEPORT_LB; for a multicast the socket must have joined the group on that interface. A socket that a disconnect has taken off its port is in this list all the same.',
    source: UDP,
    known: 'source',
  },
  'R5-multicast6': {
    prose:
      'For IPv6 a socket that has never joined an IPv6 group takes those of all groups, once someone has joined the group on the device; any other socket only those that it is a member of.',
    source: { name: 'FreeBSD 13 to 15, sys/netinet6/udp6_usrreq.c', where: 'udp6_multi_input' },
    known: 'source',
  },
  'R6-no-one': {
    prose: 'Where no socket is found, the sender gets an ICMP port unreachable, or a reset of TCP.',
    source: { name: 'FreeBSD 14.3, sys/netinet/udp_usrreq.c', where: 'udp_input' },
    known: 'source',
  },
  'R7-fib': {
    prose:
      'With net.inet.udp.bind_all_fibs=0 or net.inet.tcp.bind_all_fibs=0 (since 14.3) a socket without a peer takes only what comes by its own FIB. A connected socket takes it by any, and so does a group of SO_REUSEPORT_LB if there is none of the FIB on that name. A multicast or broadcast of IPv4 is given to the sockets of its FIB only, connected ones too; one of IPv6 to those of every FIB.',
    source: {
      name: 'FreeBSD 14.3 and 15, sys/netinet6/in6_pcb.c',
      where:
        'in6_pcblookup_exact, in6_pcblookup_lbgroup, in6_pcblookup_wild_match; sys/netinet/udp_usrreq.c, udp_multi_input; sys/netinet6/udp6_usrreq.c, udp6_multi_input',
    },
    known: 'source',
  },
});

type Here = World<PortLists>;

/** How FreeBSD chooses who receives. */
export const freebsdDelivery: WorldDelivery<PortLists> = {
  rules,
  receivers(world, packet) {
    const isMany = packet.protocol === 'udp' && isForMany(packet, world.setting);
    if (!isByFib(world) || (isMany && stackOf(packet) === 'v6')) return chosen(world, packet);
    const own = chosen(world, packet, packet.domain ?? 0);
    const everywhere = chosen(world, packet);
    if (JSON.stringify(own.outcomes) === JSON.stringify(everywhere.outcomes)) return own;
    return decided(own.outcomes, rule['R7-fib']);
  },
};

/** @param fib the one by which the packet comes, where only that one counts */
function chosen(world: Here, packet: Packet, fib?: number): Receivers {
  if (packet.protocol === 'udp' && isForMany(packet, world.setting)) return many(world, packet, fib);
  const partner = partnerOf(world.sockets, packet);
  if (partner !== undefined) return decided([[partner.id]], rule['R1-connected']);
  return balanced(world, packet, fib) ?? unconnected(world, packet, fib);
}

/** Who receives by a group; undefined if there is none for the destination. */
function balanced(world: Here, packet: Packet, fib: number | undefined): Receivers | undefined {
  const stack = stackOf(packet);
  const { groups } = world.hidden;
  const destination = destinationOf(packet);
  const onAddress = ({ name }: Group) => name[stack] === destination;
  // AF_INET and AF_INET6 have groups of their own on one address. 13 takes the newer group, 14 the older; on the wildcard both
  // take the older.
  const oldest = (isIt: (group: Group) => boolean) =>
    fib === undefined
      ? groups.findLast(isIt)
      : (groups.findLast((group) => isIt(group) && group.fib === fib) ?? groups.find(isIt));
  const exact = isOlder(world, 14, 0) ? groups.find(onAddress) : oldest(onAddress);
  const group = exact ?? oldest(({ name }) => name[stack] === ANY);
  const isNew = !isOlder(world, 15, 0);
  const members = inOrder(world.sockets, group?.members ?? []).filter(
    ({ protocol, state, local }) =>
      (local.v4 !== undefined || local.v6 !== undefined) && (!isNew || protocol === 'udp' || state === 'listening'),
  );
  if (members.length === 0) return undefined;
  const outcomes = members.map((socket) => received(socket, 'refused'));
  return decided(outcomes, rule[members.length === group?.members.length ? 'R2-lb-group' : 'R2-lb-group-15']);
}

function unconnected(world: Here, packet: Packet, fib: number | undefined): Receivers {
  const stack = stackOf(packet);
  const matches = inOrder(world.sockets, world.hidden.unconnected).filter(
    (socket) => !isConnected(socket) && isOfFib(socket, fib) && takes(socket.local[stack], packet),
  );
  // The lookup without a lock takes the first one; that with a lock weighs them all. 13 had only the second.
  const [lockless] = matches;
  if (lockless === undefined) return decided(['refused'], rule['R6-no-one']);
  const wildcards = matches.filter((socket) => socket.local[stack] === ANY);
  const inet = stack === 'v4' ? wildcards.findLast(({ family }) => family === 'inet') : undefined;
  const onAddress = matches.find((socket) => socket.local[stack] !== ANY);
  const locked = onAddress ?? inet ?? wildcards.at(-1) ?? lockless;
  if (!isOlder(world, 14, 0)) return found([lockless, locked], 'R3-newest');
  return found([locked], onAddress === undefined ? 'R3-oldest-13' : 'R3-newest');
}

function isOfFib({ domain }: Socket, fib: number | undefined): boolean {
  return fib === undefined || domain === fib;
}

function found(sockets: readonly Socket[], by: 'R3-newest' | 'R3-oldest-13'): Receivers {
  const outcomes = sockets.map((socket) => received(socket, 'refused'));
  return decided(outcomes, rule[outcomes[0] === 'refused' ? 'R4-bound-resets' : by]);
}

function many(world: Here, packet: Packet, fib: number | undefined): Receivers {
  const stack = stackOf(packet);
  const asks = isMulticast(plainDestination(packet));
  const isHeard = (socket: Socket) => {
    if (!isOfFib(socket, fib) || !takes((socket.formerly ?? socket.local)[stack], packet)) return false;
    if (isConnected(socket) && !comesFrom(socket.peer, packet)) return false;
    return stack === 'v6' ? !socket.joined6 || isMember(socket, packet) : !asks || isMember(socket, packet);
  };
  const outcomes = orders(world).flatMap((order) =>
    unlessDropped(copiesTo(order.filter(isHeard)), world.sockets, packet),
  );
  return decided(outcomes, rule[stack === 'v4' ? 'R5-multicast' : 'R5-multicast6']);
}

/**
 * The orders in which the sockets may be walked. Up to 14 it is that of their making; the lists of main are walked one after
 * the other, and when that came is not known.
 */
function orders(world: Here): readonly (readonly Socket[])[] {
  const { sockets, hidden } = world;
  const newestFirst = sockets.toReversed();
  if (isOlder(world, 15, 0)) return [newestFirst];
  const connected = newestFirst.filter((socket) => isConnected(socket));
  const byLists = [...inOrder(sockets, hidden.adrift), ...inOrder(sockets, hidden.unconnected), ...connected];
  return [newestFirst, byLists];
}
