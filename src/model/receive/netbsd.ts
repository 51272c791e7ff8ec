import { isMulticast } from '../address.ts';
import { ANY } from '../overlap.ts';
import { ruleBook } from '../rules.ts';
import {
  chainDelivery,
  isInet,
  listed,
  mayHear,
  one,
  only,
  stackOf,
  unconnected,
  untilUnshared,
  type PortChain,
} from './chain.ts';
import type { Receiver } from './receiver.ts';
import type { Packet, Receivers } from './types.ts';

const LOOKUP = {
  name: 'NetBSD 10, sys/netinet/in_pcb.c 1.202, sys/netinet6/in6_pcb.c 1.177',
  where: 'inpcb_lookup, inpcb_lookup_bound, in6pcb_lookup, in6pcb_lookup_bound',
};

const netbsdReceiveRules = ruleBook('netbsd', {
  'R1-connected': {
    prose: 'The socket that is connected to the sender receives.',
    source: LOOKUP,
    known: 'source',
  },
  'R2-inet-first': {
    prose:
      'For IPv4 the AF_INET sockets are looked through first: on the destination’s address, then on the wildcard. Only then those of AF_INET6: on the v4-mapped address, on ::ffff:0.0.0.0, and on a dual-stack ::. Of several on one name the last bound receives everything; over AF_INET a sendto() counts as a bind.',
    source: LOOKUP,
    known: 'source',
  },
  'R3-bound-resets': {
    prose: 'A TCP socket that is bound and does not listen is found like a listener, and the client gets a reset.',
    source: { name: 'NetBSD 10, sys/netinet/tcp_input.c', where: 'tcp_input' },
    known: 'source',
  },
  'R4-multicast': {
    prose:
      'A multicast or broadcast is given to the AF_INET sockets on the wildcard or on that address whose peer fits, the newest first, and to no more after the first that has neither SO_REUSEADDR nor SO_REUSEPORT. A multicast goes to those of AF_INET6 as well, a broadcast only if none of AF_INET took it.',
    source: { name: 'NetBSD 10, sys/netinet/udp_usrreq.c', where: 'udp4_realinput, udp6_realinput' },
    known: 'source',
  },
  'R5-no-one': {
    prose: 'Where no socket is found, the sender gets an ICMP port unreachable, or a reset of TCP.',
    source: { name: 'NetBSD 10, sys/netinet/udp_usrreq.c', where: 'udp_input' },
    known: 'source',
  },
});
const { id: rule } = netbsdReceiveRules;

/** How NetBSD chooses who receives. */
export const netbsdDelivery = chainDelivery({
  rules: netbsdReceiveRules.rules,
  connectedRule: rule['R1-connected'],
  // The wildcard, whatever it was bound to; that of AF_INET6 claims both stacks unless it is V6ONLY.
  disconnected: (socket) => ({
    ...socket,
    ...(isInet(socket) ? only('0.0.0.0') : bothStacks(socket)),
    connected: false,
    peer: {},
  }),
  many,
  choose(state, packet) {
    const own = unconnected(state, packet, packet.to.address);
    const wild = unconnected(state, packet, ANY);
    const six = wild.filter((socket) => !isInet(socket));
    const [first] =
      stackOf(packet) === 'v6'
        ? [...own, ...wild]
        : [
            ...own.filter((socket) => isInet(socket)),
            ...wild.filter((socket) => isInet(socket)),
            ...own,
            ...six.filter((socket) => socket.v6 === undefined),
            ...six,
          ];
    if (first === undefined) return { outcomes: ['refused'], rule: rule['R5-no-one'] };
    const isDeaf = first.protocol === 'tcp' && !first.listening;
    return one(first, rule[isDeaf ? 'R3-bound-resets' : 'R2-inet-first']);
  },
});

function bothStacks({ v6only, bound }: Receiver): Pick<Receiver, 'address' | 'v4' | 'v6'> {
  // A bind to an IPv6 address does not change IPV6_V6ONLY. Here only a socket bound to :: shows whether it was set.
  return { address: '::', v4: v6only && bound === '::' ? undefined : ANY, v6: ANY };
}

function many(state: PortChain, packet: Packet): Receivers {
  const heard = listed(state, state.byBind).filter((socket) => mayHear(socket, packet));
  if (stackOf(packet) === 'v6') return untilUnshared(heard, rule['R4-multicast']);
  const inet = untilUnshared(
    heard.filter((socket) => isInet(socket)),
    rule['R4-multicast'],
  );
  const six = untilUnshared(
    heard.filter((socket) => !isInet(socket)),
    rule['R4-multicast'],
  );
  const [taken, more] = [inet.outcomes[0], six.outcomes[0]];
  if (typeof taken !== 'object') return six;
  if (!isMulticast(packet.to.address) || typeof more !== 'object') return inet;
  return { outcomes: [[...taken, ...more].toSorted((first, second) => first - second)], rule: inet.rule };
}
