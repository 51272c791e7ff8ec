import { isMulticast } from '../address.ts';
import { toHead } from '../chain.ts';
import { ANY } from '../overlap.ts';
import { ruleBook } from '../rules.ts';
import {
  chainAfter,
  isForMany,
  isInet,
  listed,
  mayHear,
  NO_CHAIN,
  one,
  partners,
  type PortChain,
  unconnected,
} from './chain.ts';
import type { Delivery } from './delivery.ts';
import { copiesTo } from './lists.ts';
import type { Receiver } from './receiver.ts';
import { destinationOf, stackOf } from './packet.ts';
import type { Packet, Receivers } from './types.ts';

const LOOKUP = {
  name: 'NetBSD 10, sys/netinet/in_pcb.c 1.202, sys/netinet6/in6_pcb.c 1.177',
  where: 'inpcb_lookup, inpcb_lookup_bound, in6pcb_lookup, in6pcb_lookup_bound',
};

const netbsdReceiveRules = ruleBook('netbsd', {
  'R1-connected': {
    prose: 'The socket that is connected to the sender receives.',
    source: LOOKUP,
    known: 'source-run',
  },
  'R2-inet-first': {
    prose:
      'For IPv4 the AF_INET sockets are looked through first: on the destination’s address, then on the wildcard. Only then those of AF_INET6: on the v4-mapped address, on ::ffff:0.0.0.0, and on a dual-stack ::. If several have one name, the last bound receives everything; over AF_INET a sendto() counts as a bind.',
    source: LOOKUP,
    known: 'source-run',
  },
  'R3-bound-silent': {
    prose:
      'A TCP socket that is bound and does not listen is found like a listener. The kernel drops the SYN for a socket without a state, so the client hears nothing until it gives up.',
    source: { name: 'NetBSD 10, sys/netinet/tcp_input.c', where: 'tcp_input' },
    known: 'source',
  },
  'R4-multicast': {
    prose:
      'A multicast is given to the AF_INET sockets on the wildcard or on that address whose peer fits, the newest first, and to no more after the first that has neither SO_REUSEADDR nor SO_REUSEPORT, and in the same way to those of AF_INET6, but not to one on ::ffff:0.0.0.0. A broadcast goes to the AF_INET ones.',
    source: { name: 'NetBSD 10, sys/netinet/udp_usrreq.c', where: 'udp4_realinput, udp6_realinput' },
    known: 'source',
  },
  'R5-no-one': {
    prose: 'Where no socket is found, the sender gets an ICMP port unreachable, or a reset of TCP.',
    source: { name: 'NetBSD 10, sys/netinet/udp_usrreq.c', where: 'udp_input' },
    known: 'source',
  },
  'R6-broadcast-six': {
    prose: 'A broadcast that no AF_INET socket took is given to one AF_INET6 socket, as a unicast would be.',
    source: { name: 'NetBSD 10, sys/netinet/udp_usrreq.c', where: 'udp_input, udp6_realinput' },
    known: 'source',
  },
  'R7-ipv4-moves': {
    prose:
      'If there are a dual-stack :: and an IPv6-only one, the last bound receives IPv6, until an IPv4 packet has found the dual-stack one: that puts it first.',
    source: { ...LOOKUP, where: 'in6pcb_lookup_bound' },
    known: 'source',
  },
});
const { id: rule } = netbsdReceiveRules;

/** How NetBSD chooses who receives. */
export const netbsdDelivery: Delivery<PortChain> = {
  rules: netbsdReceiveRules.rules,
  start: NO_CHAIN,
  after: (state, operation, _setting, now) =>
    operation.op === 'send' && now?.family === 'inet' && operation.as === undefined
      ? { ...state, chain: toHead(state.chain, now.id) }
      : chainAfter(state, operation, now),
  receivers(state, packet, setting) {
    if (packet.protocol === 'tcp' || !isForMany(packet, setting)) return one4or6(state, packet);
    const inet = copies(state, packet, true);
    if (stackOf(packet) === 'v6') return copies(state, packet, false);
    if (isMulticast(packet.to.address)) return together(inet, copies(state, packet, false));
    if (typeof inet.outcomes[0] === 'object') return inet;
    const six = search(state, packet, false);
    return six === undefined ? inet : { outcomes: [[six.id]], rule: rule['R6-broadcast-six'] };
  },
};

/** The one socket that gets a unicast: of IPv4 the AF_INET ones are looked through before any of AF_INET6. */
function one4or6(state: PortChain, packet: Packet): Receivers {
  const found = (stackOf(packet) === 'v4' ? search(state, packet, true) : undefined) ?? search(state, packet, false);
  if (found === undefined) return { outcomes: ['refused'], rule: rule['R5-no-one'] };
  if (found.connected) return one(found, rule['R1-connected']);
  const isDeaf = found.protocol === 'tcp' && !found.listening;
  return moved(state, packet, found) ?? one(found, rule[isDeaf ? 'R3-bound-silent' : 'R2-inet-first'], 'no answer');
}

/** The socket that a search among those of one family finds. */
function search(state: PortChain, packet: Packet, inet: boolean): Receiver | undefined {
  const ofFamily = (socket: Receiver) => isInet(socket) === inet;
  const peer = partners(state, packet).find(ofFamily);
  if (peer !== undefined) return peer;
  const own = unconnected(state, packet, destinationOf(packet)).find(ofFamily);
  const wild = unconnected(state, packet, ANY).filter(ofFamily);
  return own ?? wild.find((socket) => !isDual(socket)) ?? wild[0];
}

/**
 * A packet for a dual-stack :: that comes after one with IPV6_V6ONLY=1 puts it at the head of their list, so that it gets the
 * IPv6 packets from then on.
 */
function moved(state: PortChain, packet: Packet, found: Receiver): Receivers | undefined {
  if (stackOf(packet) === 'v4' || found.v6 !== ANY || isDual(found)) return undefined;
  const duals = unconnected(state, packet, ANY).filter((socket) => isDual(socket));
  return duals.length === 0
    ? undefined
    : {
        outcomes: [found, ...duals].flatMap((socket) => one(socket, rule['R7-ipv4-moves'], 'no answer').outcomes),
        rule: rule['R7-ipv4-moves'],
      };
}

function isDual({ v4, v6 }: Receiver): boolean {
  return v4 === ANY && v6 === ANY;
}

/** The sockets of one family that get a copy of a multicast or broadcast. ::ffff:0.0.0.0 is an address like others here. */
function copies(state: PortChain, packet: Packet, inet: boolean): Receivers {
  const heard = listed(state, state.byBind).filter(
    (socket) => isInet(socket) === inet && mayHear(socket, packet) && (inet || socket.v4 !== ANY || socket.v6 === ANY),
  );
  return { outcomes: [copiesTo(heard)], rule: rule['R4-multicast'] };
}

function together(inet: Receivers, six: Receivers): Receivers {
  const [taken] = inet.outcomes;
  const [more] = six.outcomes;
  if (typeof taken !== 'object') return six;
  if (typeof more !== 'object') return inet;
  return { outcomes: [[...taken, ...more].toSorted((first, second) => first - second)], rule: inet.rule };
}
