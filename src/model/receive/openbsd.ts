import { ANY } from '../overlap.ts';
import { ruleBook } from '../rules.ts';
import { chainDelivery, listed, mayHear, one, unconnected } from './chain.ts';
import { copiesTo } from './lists.ts';
import { destinationOf, domainOf } from './packet.ts';

const LOOKUP = { name: 'OpenBSD, sys/netinet/in_pcb.c 1.322', where: 'in_pcblookup, in_pcblookup_listen' };

const openbsdReceiveRules = ruleBook('openbsd', {
  'R1-connected': {
    prose: 'The socket that is connected to the sender receives.',
    source: LOOKUP,
    known: 'source-run',
  },
  'R2-head-of-chain': {
    prose:
      'Then one without a peer on the destination’s address, then one on the wildcard. If several have one name, the one that was last bound or disconnected receives everything; SO_REUSEPORT shares nothing.',
    source: LOOKUP,
    known: 'source-run',
  },
  'R3-bound-silent': {
    prose:
      'A TCP socket that is bound and does not listen is found like a listener. The kernel drops the SYN for a socket without a state, so the client hears nothing until it gives up.',
    source: { name: 'OpenBSD, sys/netinet/tcp_input.c', where: 'tcp_input' },
    known: 'source',
  },
  'R4-multicast': {
    prose:
      'A multicast or broadcast is given to every socket on the wildcard or on that address whose peer fits, the newest first, and to no more after the first that has neither SO_REUSEADDR nor SO_REUSEPORT. A socket that was shut down is passed over.',
    source: { name: 'OpenBSD, sys/netinet/udp_usrreq.c', where: 'udp_input' },
    known: 'source',
  },
  'R5-no-one': {
    prose: 'Where no socket is found, the sender gets an ICMP port unreachable, or a reset of TCP.',
    source: { name: 'OpenBSD, sys/netinet/udp_usrreq.c', where: 'udp_input' },
    known: 'source',
  },
  'R6-rdomain': {
    prose:
      'Only the sockets of the routing domain in which a packet arrives (SO_RTABLE) are looked at, connected ones too: of two servers on one wildcard each gets what comes in its own domain.',
    source: {
      name: 'OpenBSD, sys/netinet/in_pcb.c, sys/netinet/udp_usrreq.c',
      where: 'in_pcblookup, in_pcblookup_listen, udp_input',
    },
    known: 'source',
  },
});
const { id: rule } = openbsdReceiveRules;

/** How OpenBSD chooses among the sockets of one routing domain; an AF_INET6 socket takes IPv6 only. */
const inOneDomain = chainDelivery({
  rules: openbsdReceiveRules.rules,
  connectedRule: rule['R1-connected'],
  many(state, packet) {
    const heard = listed(state, state.byBind).filter((socket) => socket.deaf !== true && mayHear(socket, packet));
    return { outcomes: [copiesTo(heard)], rule: rule['R4-multicast'] };
  },
  choose(state, packet) {
    const [first] = [...unconnected(state, packet, destinationOf(packet)), ...unconnected(state, packet, ANY)];
    if (first === undefined) return { outcomes: ['refused'], rule: rule['R5-no-one'] };
    const isDeaf = first.protocol === 'tcp' && !first.listening;
    return one(first, rule[isDeaf ? 'R3-bound-silent' : 'R2-head-of-chain'], 'no answer');
  },
});

/** How OpenBSD chooses who receives. */
export const openbsdDelivery: typeof inOneDomain = {
  ...inOneDomain,
  receivers(state, packet, setting) {
    const domain = domainOf(packet, setting);
    const isHere = (id: number) => state.sockets.get(id)?.domain === domain;
    const everywhere = inOneDomain.receivers(state, packet, setting);
    if (state.byBind.every(isHere)) return everywhere;
    const own = { ...state, chain: state.chain.filter(isHere), byBind: state.byBind.filter(isHere) };
    const found = inOneDomain.receivers(own, packet, setting);
    const isSame = JSON.stringify(found?.outcomes) === JSON.stringify(everywhere?.outcomes);
    return found === undefined || isSame ? found : { ...found, rule: rule['R6-rdomain'] };
  },
};
