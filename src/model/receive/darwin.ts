import { isMulticast } from '../address.ts';
import { ANY } from '../overlap.ts';
import { ruleBook } from '../rules.ts';
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
import type { Packet, Receivers } from './types.ts';

const LOOKUP = { name: 'XNU 11417.101.15, bsd/netinet/in_pcb.c', where: 'in_pcblookup_hash_locked' };

const darwinReceiveRules = ruleBook('darwin', {
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
      'A multicast or broadcast is given to the newest socket first, and to no more after the first that has neither SO_REUSEADDR nor SO_REUSEPORT. For IPv4 the socket must have joined the group; for IPv6 one without any membership takes it too, whatever address it is bound to.',
    source: {
      name: 'XNU 11417.101.15, bsd/netinet/udp_usrreq.c, bsd/netinet6/udp6_usrreq.c',
      where: 'udp_input, udp6_input',
    },
    known: 'source',
  },
  'R6-no-one': {
    prose: 'Where no socket is found, the sender gets an ICMP port unreachable, or a reset of TCP.',
    source: { name: 'XNU 11417.101.15, bsd/netinet/udp_usrreq.c', where: 'udp_input' },
    known: 'source',
  },
});
const { id: rule } = darwinReceiveRules;

/** How macOS chooses who receives. */
export const darwinDelivery = chainDelivery({
  rules: darwinReceiveRules.rules,
  connectedRule: rule['R1-connected'],
  many,
  choose(state, packet) {
    const [newest] = unconnected(state, packet, destination(packet));
    if (newest !== undefined) return found(newest, 'R2-newest-on-address');
    const wildcards = unconnected(state, packet, ANY).toReversed();
    const oldest = wildcards.find((socket) => isInet(socket)) ?? wildcards[0];
    if (oldest !== undefined) return found(oldest, 'R3-oldest-wildcard');
    return { outcomes: ['refused'], rule: rule['R6-no-one'] };
  },
});

function found(socket: Receiver, by: 'R2-newest-on-address' | 'R3-oldest-wildcard'): Receivers {
  const silent = socket.protocol === 'tcp' && !socket.listening;
  return one(socket, rule[silent ? 'R4-bound-takes-the-syn' : by], 'no answer');
}

function many(state: PortChain, packet: Packet): Receivers {
  const { address } = packet.to;
  const asksMembership = isMulticast(address) && address !== '224.0.0.1';
  const heard = listed(state, state.byBind).filter((socket) => {
    const isMember = socket.memberships.some(({ group }) => group === address);
    if (stackOf(packet) === 'v4') return mayHear(socket, packet) && (!asksMembership || isMember);
    const anyName = { ...socket, v6: socket.v6 === undefined ? undefined : ANY };
    return mayHear(anyName, packet) && (isMember || socket.memberships.length === 0);
  });
  return untilUnshared(heard, rule['R5-multicast']);
}
