import { isMulticast, isWildcard } from '../address.ts';
import { ANY } from '../overlap.ts';
import { parseRelease } from '../release.ts';
import { ruleBook } from '../rules.ts';
import type { Setting } from '../types.ts';
import {
  chainDelivery,
  destination,
  isInet,
  listed,
  mayHear,
  one,
  stackOf,
  unconnected,
  untilUnshared,
  type PortChain,
} from './chain.ts';
import type { Receiver } from './receiver.ts';
import type { Packet, Receivers, Reception } from './types.ts';

const LOOKUP = { name: 'FreeBSD 14.3, sys/netinet/in_pcb.c', where: 'in_pcblookup_hash_smr' };

const freebsdReceiveRules = ruleBook('freebsd', {
  'R1-connected': {
    prose: 'The socket that is connected to the sender receives.',
    source: LOOKUP,
    known: 'source',
  },
  'R2-lb-group': {
    prose:
      'A group of SO_REUSEPORT_LB, on the destination’s address or else on the wildcard, comes before every other socket; a hash of the sender’s address and both ports chooses a member. A dual-stack :: is in no group.',
    source: { ...LOOKUP, where: 'in_pcblookup_lbgroup, in_pcbinslbgrouphash' },
    spreads: true,
    known: 'source',
  },
  'R3-newest': {
    prose:
      'The newest socket on the destination’s address receives everything; where there is none, the newest on a wildcard does, and one on ::ffff:0.0.0.0 comes last. While the found socket is locked, the oldest of the wildcards may be taken instead, AF_INET before AF_INET6.',
    source: { ...LOOKUP, where: 'in_pcblookup_hash_wild_smr, in_pcblookup_hash_wild_locked' },
    known: 'source',
  },
  'R4-bound-resets': {
    prose: 'A TCP socket that is bound and does not listen is found like a listener, and the client gets a reset.',
    source: { name: 'FreeBSD 14.3, sys/netinet/tcp_input.c', where: 'tcp_input_with_port' },
    known: 'source',
  },
  'R5-multicast': {
    prose:
      'A multicast or broadcast is given to the newest socket first, and to no more after the first that has none of SO_REUSEADDR, SO_REUSEPORT and SO_REUSEPORT_LB; for a multicast the socket must have joined the group on that interface.',
    source: { name: 'FreeBSD 14.3, sys/netinet/udp_usrreq.c', where: 'udp_multi_input' },
    known: 'source',
  },
  'R6-no-one': {
    prose: 'Where no socket is found, the sender gets an ICMP port unreachable, or a reset of TCP.',
    source: { name: 'FreeBSD 14.3, sys/netinet/udp_usrreq.c', where: 'udp_input' },
    known: 'source',
  },
});
const { id: rule } = freebsdReceiveRules;

/** How FreeBSD chooses who receives. */
export const freebsdDelivery = chainDelivery({
  rules: freebsdReceiveRules.rules,
  connectedRule: rule['R1-connected'],
  many,
  choose(state, packet, setting) {
    for (const name of [destination(packet), ANY]) {
      const members = membersAt(state, packet, name, setting);
      if (members.length > 0) return { outcomes: shares(members), rule: rule['R2-lb-group'] };
    }
    const [newest] = unconnected(state, packet, destination(packet));
    if (newest !== undefined) return found([newest]);
    const wildcards = unconnected(state, packet, ANY);
    if (wildcards.length > 0) return found(ofWildcards(wildcards, setting));
    return { outcomes: ['refused'], rule: rule['R6-no-one'] };
  },
});

function major({ release }: Setting): number {
  return parseRelease(release, 'FreeBSD')[0];
}

/** The members of the group on a name. In 14 they include sockets that have connected and sockets that do not listen. */
function membersAt(state: PortChain, packet: Packet, name: string, setting: Setting): readonly Receiver[] {
  const stack = stackOf(packet);
  const isNewer = major(setting) >= 15;
  const oldestFirst = listed(state, state.byBind).toReversed();
  return oldestFirst.filter((socket) => {
    const { options, family, v6only, bound, connected, protocol, listening } = socket;
    if (options.reuseportLb !== true || (family === 'inet6' && !v6only && isWildcard(bound))) return false;
    if (isNewer && (connected || (protocol === 'tcp' && !listening))) return false;
    const own = connected ? (isWildcard(bound) ? ANY : socket[stack]) : socket[stack];
    return own === name;
  });
}

function shares(members: readonly Receiver[]): readonly Reception[] {
  const outcomes = members.map((socket): Reception =>
    socket.protocol === 'udp' || socket.listening ? [socket.id] : 'refused',
  );
  return outcomes.filter((outcome, place) => outcomes.indexOf(outcome) === place);
}

/** The choice of the lookup without a lock, and then that of the lookup with one. 13 had only the second. */
function ofWildcards(newestFirst: readonly Receiver[], setting: Setting): readonly Receiver[] {
  const isLast = ({ bound }: Receiver) => bound === '::ffff:0.0.0.0';
  const lockless = newestFirst.find((socket) => !isLast(socket)) ?? newestFirst[0];
  const oldestFirst = newestFirst.toReversed();
  const inet = newestFirst.filter((socket) => isInet(socket));
  if (major(setting) < 14) return [inet[0] ?? newestFirst[0]].filter((socket) => socket !== undefined);
  const locked = inet.at(-1) ?? oldestFirst[0];
  return [...new Set([lockless, locked])].filter((socket) => socket !== undefined);
}

function found(sockets: readonly Receiver[]): Receivers {
  const outcomes = sockets.flatMap((socket) => one(socket, rule['R3-newest']).outcomes);
  const isRefused = outcomes[0] === 'refused';
  return { outcomes: [...new Set(outcomes)], rule: rule[isRefused ? 'R4-bound-resets' : 'R3-newest'] };
}

function many(state: PortChain, packet: Packet): Receivers {
  const { address } = packet.to;
  const asksMembership = isMulticast(address);
  const heard = listed(state, state.byBind).filter((socket) => {
    const joined = socket.memberships.some(
      ({ group, device }) =>
        group === address && (device === undefined || packet.device === undefined || device === packet.device),
    );
    return mayHear(socket, packet) && (!asksMembership || joined);
  });
  return untilUnshared(heard, rule['R5-multicast']);
}
