import { ANY } from '../overlap.ts';
import { ruleBook } from '../rules.ts';
import {
  type PortChain,
  chainAfter,
  isForMany,
  listed,
  mayHear,
  NO_CHAIN,
  one,
  only,
  partner,
  unconnected,
  untilUnshared,
  type Ways,
} from './chain.ts';
import type { Delivery } from './delivery.ts';

const LOOKUP = { name: 'OpenBSD, sys/netinet/in_pcb.c 1.322', where: 'in_pcblookup, in_pcblookup_listen' };

const openbsdReceiveRules = ruleBook('openbsd', {
  'R1-connected': {
    prose: 'The socket that is connected to the sender receives.',
    source: LOOKUP,
    known: 'source',
  },
  'R2-head-of-chain': {
    prose:
      'Then one without a peer on the destination’s address, then one on the wildcard. Of several on one name that which was last bound or disconnected receives everything; SO_REUSEPORT shares nothing.',
    source: LOOKUP,
    known: 'source',
  },
  'R3-bound-resets': {
    prose: 'A TCP socket that is bound and does not listen is found like a listener, and the client gets a reset.',
    source: { name: 'OpenBSD, sys/netinet/tcp_input.c', where: 'tcp_input' },
    known: 'source',
  },
  'R4-multicast': {
    prose:
      'A multicast or broadcast is given to every socket on the wildcard or on that address whose peer fits, the newest first, and to no more after the first that has neither SO_REUSEADDR nor SO_REUSEPORT.',
    source: { name: 'OpenBSD, sys/netinet/udp_usrreq.c', where: 'udp_input' },
    known: 'source',
  },
  'R5-nobody': {
    prose: 'Where no socket is found, the sender gets an ICMP port unreachable, or a reset of TCP.',
    source: { name: 'OpenBSD, sys/netinet/udp_usrreq.c', where: 'udp_input' },
    known: 'source',
  },
});
const { id: rule } = openbsdReceiveRules;

const WAYS: Ways = {
  // connect() on a connected socket disconnects it first, so the system chooses a bound address again too.
  connected: (socket, local) =>
    socket.connected || socket.v4 === ANY || socket.v6 === ANY ? { ...socket, ...only(local) } : socket,
  disconnected: (socket) => ({
    ...socket,
    ...only(socket.family === 'inet' ? '0.0.0.0' : '::'),
    connected: false,
    peer: {},
  }),
};

/** Who receives on OpenBSD, where an AF_INET6 socket takes IPv6 only. */
export const openbsdDelivery: Delivery<PortChain> = {
  rules: openbsdReceiveRules.rules,
  start: NO_CHAIN,
  after: (state, operation, setting) =>
    chainAfter(
      state,
      operation.op === 'bind' && operation.family === 'inet6' ? { ...operation, v6only: true } : operation,
      setting,
      WAYS,
    ),
  receivers(state, packet, setting) {
    if (packet.protocol === 'udp' && isForMany(packet, setting)) {
      const heard = listed(state, state.byBind).filter((socket) => mayHear(socket, packet));
      return untilUnshared(heard, rule['R4-multicast']);
    }
    const connected = partner(state, packet);
    if (connected !== undefined) return one(connected, rule['R1-connected']);
    const [first] = [...unconnected(state, packet, packet.to.address), ...unconnected(state, packet, ANY)];
    if (first === undefined) return { outcomes: ['refused'], rule: rule['R5-nobody'] };
    const isDeaf = first.protocol === 'tcp' && !first.listening;
    return one(first, rule[isDeaf ? 'R3-bound-resets' : 'R2-head-of-chain']);
  },
};
