import { holds, type Fact, type Ground } from '../../src/experiment/index.ts';
import loopbackBesideExternal from '../conflict/loopback-beside-external.ts';
import udpBesideTcp from '../conflict/udp-beside-tcp.ts';
import impostor from '../filter/impostor.ts';
import boundTo, { misled } from '../reach/bound-to.ts';
import byPort from '../reach/by-port.ts';
import externalFromNeighbour from '../reach/external-from-neighbour.ts';
import externalFromSameMachine from '../reach/external-from-same-machine.ts';
import externalRefusesLoopback from '../reach/external-refuses-loopback.ts';
import loopbackFromNeighbour from '../reach/loopback-from-neighbour.ts';
import atOnce from '../refusal/at-once.ts';
import retries from '../refusal/retries.ts';
import unconnected from '../refusal/unconnected.ts';

/**
 * What follows where a system looks up who gets what is sent to an address and port: a socket that holds just that name,
 * or else one that holds the wildcard, and no other.
 */
export function deliversByName(ground: Ground): Fact[] {
  const answered = ['server', 'answer.outcome', 'answer.by', 'received.count'] as const;
  return [
    holds(loopbackBesideExternal, ground),
    holds(udpBesideTcp, ground),
    holds(impostor, { ...ground, where: ({ connected }) => connected === 'no' }),
    holds(byPort, ground),
    holds(externalFromNeighbour, { ...ground, places: answered }),
    holds(externalFromSameMachine, { ...ground, places: answered }),
    // How often it asks depends on how soon the answer comes.
    holds(retries, { ...ground, places: ['server', 'outcome', 'by'] }),
  ];
}

/**
 * What follows where a closed port of the machine's own is refused at once: a TCP connection by a reset, a UDP socket that
 * is connected by the error of the unreachable port, which one that is not connected never hears of.
 */
export function refusesClosedPorts(ground: Ground): Fact[] {
  return [
    // The neighbour's outcomes depend on the neighbour's own system.
    holds(boundTo, {
      ...ground,
      where: ({ bound, protocol }) => !misled(bound, protocol),
      places: ['server', 'machine'],
    }),
    holds(externalRefusesLoopback, ground),
    holds(atOnce, { ...ground, places: ['outcome', 'by', 'tries'] }),
    holds(unconnected, ground),
  ];
}

/** What follows where a UDP socket that is connected takes datagrams from its peer alone. */
export function connectedFilters(ground: Ground): Fact[] {
  return [holds(impostor, { ...ground, where: ({ connected }) => connected === 'yes' })];
}

/** What follows where a packet to 127.0.0.0/8 that comes in over another interface than the loopback one is dropped. */
export function dropsForeignLoopback(ground: Ground): Fact[] {
  return [
    holds(loopbackFromNeighbour, {
      ...ground,
      where: ({ family }) => family === 'inet',
      places: ['server', 'answer', 'received'],
    }),
  ];
}
