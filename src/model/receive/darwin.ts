import { isMulticast } from '../address.ts';
import { isConnected } from '../bsd-scan.ts';
import { type Chain, inOrder } from '../chain.ts';
import { ANY } from '../overlap.ts';
import { ruleBook } from '../rules.ts';
import type { Socket, World } from '../world.ts';
import { isForMany } from './chain.ts';
import type { WorldDelivery } from './delivery.ts';
import { comesFrom, isMember, decided, partnerOf, received, takes, unlessDropped, copiesTo } from './lists.ts';
import { destinationOf, plainDestination, stackOf } from './packet.ts';
import type { Packet, Receivers } from './types.ts';

const LOOKUP = { name: 'XNU 11417.101.15, bsd/netinet/in_pcb.c', where: 'in_pcblookup_hash_locked' };

const { id: rule, rules } = ruleBook('darwin', {
  'R1-connected': {
    prose: 'The socket that is connected to the sender receives.',
    source: LOOKUP,
    known: 'source',
  },
  'R2-newest-on-address': {
    prose:
      'The newest socket on the destination’s address receives everything, also with SO_REUSEPORT; connect() and a disconnect make a socket the newest.',
    source: LOOKUP,
    known: 'source',
  },
  'R3-oldest-wildcard': {
    prose:
      'Where no socket is on the destination’s address, the oldest on a wildcard receives everything; for IPv4 one of AF_INET before any of AF_INET6.',
    source: LOOKUP,
    known: 'source',
  },
  'R4-bound-takes-the-syn': {
    prose:
      'A TCP socket that is bound and does not listen is found like a listener, and the client hears nothing until it gives up.',
    source: { name: 'XNU 11417.101.15, bsd/netinet/tcp_input.c', where: 'tcp_input' },
    known: 'source',
  },
  'R5-multicast': {
    prose:
      'A multicast or broadcast is given to the newest socket first, and to no more after the first that has neither SO_REUSEADDR nor SO_REUSEPORT. For IPv4 the socket must have joined the group on that device, except for 224.0.0.1.',
    source: { name: 'XNU 11417.101.15, bsd/netinet/udp_usrreq.c', where: 'udp_input' },
    known: 'source',
  },
  'R5-multicast6': {
    prose:
      'An IPv6 multicast goes to sockets of every local address, in the same order. A socket that has never joined an IPv6 group takes those of all groups, once someone has joined the group on the device; any other socket only those that it is a member of.',
    source: { name: 'XNU 11417.101.15, bsd/netinet6/udp6_usrreq.c', where: 'udp6_input' },
    known: 'source',
  },
  'R6-no-one': {
    prose: 'Where no socket is found, the sender gets an ICMP port unreachable, or a reset of TCP.',
    source: { name: 'XNU 11417.101.15, bsd/netinet/udp_usrreq.c', where: 'udp_input' },
    known: 'source',
  },
});

/** The group of all hosts, in which every machine is. */
const ALL_HOSTS = '224.0.0.1';

/** How macOS chooses who receives. */
export const darwinDelivery: WorldDelivery<{ readonly byHash: Chain }> = {
  rules,
  receivers(world, packet) {
    if (packet.protocol === 'udp' && isForMany(packet, world.setting)) return many(world.sockets, packet);
    const chain = inOrder(world.sockets, world.hidden.byHash);
    const partner = partnerOf(chain, packet);
    if (partner !== undefined) return decided([[partner.id]], rule['R1-connected']);
    const stack = stackOf(packet);
    const unconnected = chain.filter((socket) => !isConnected(socket));
    const newest = unconnected.find((socket) => socket.local[stack] === destinationOf(packet));
    if (newest !== undefined) return found(newest, 'R2-newest-on-address');
    const wildcards = unconnected.filter((socket) => socket.local[stack] === ANY);
    const inet = wildcards.findLast(({ family }) => family === 'inet');
    const oldest = stack === 'v4' && inet !== undefined ? inet : wildcards.at(-1);
    return oldest === undefined ? decided(['refused'], rule['R6-no-one']) : found(oldest, 'R3-oldest-wildcard');
  },
};

function found(socket: Socket, by: 'R2-newest-on-address' | 'R3-oldest-wildcard'): Receivers {
  const outcome = received(socket, 'no answer');
  return decided([outcome], rule[outcome === 'no answer' ? 'R4-bound-takes-the-syn' : by]);
}

function many(sockets: World<unknown>['sockets'], packet: Packet): Receivers {
  const stack = stackOf(packet);
  const address = plainDestination(packet);
  const asks = isMulticast(address) && address !== ALL_HOSTS;
  const heard = sockets.toReversed().filter((socket) => {
    if (socket.local[stack] === undefined) return false;
    if (isConnected(socket) && !comesFrom(socket.peer, packet)) return false;
    if (stack === 'v6') return !socket.joined6 || isMember(socket, packet);
    return takes(socket.local.v4, packet) && (!asks || isMember(socket, packet));
  });
  const outcomes = unlessDropped(copiesTo(heard), sockets, packet);
  return decided(outcomes, rule[stack === 'v4' ? 'R5-multicast' : 'R5-multicast6']);
}
