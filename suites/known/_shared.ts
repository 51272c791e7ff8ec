import { differs, holds, type Fact, type Family, type Ground } from '../../src/experiment/index.ts';
import bindAgain from '../argument/bind-again.ts';
import formOfName from '../argument/form-of-name.ts';
import listen from '../argument/listen.ts';
import v6onlyWhen from '../argument/v6only-when.ts';
import sameFourTuple from '../connect/same-four-tuple.ts';
import toPortZero from '../connect/to-port-zero.ts';
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
 * The facts that hold where a system looks up the receiver by address and port: it takes a socket that holds just that
 * name; if there is none, a socket that holds the wildcard; and no other socket.
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
    // How often the client asks depends on how soon the answer arrives.
    holds(retries, { ...ground, places: ['server', 'outcome', 'by'] }),
  ];
}

/**
 * The facts that hold where a closed port of the machine's own is refused at once. A TCP connection gets a reset. A
 * connected UDP socket gets the error of the unreachable port; a UDP socket that is not connected never gets that error.
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

/** The facts that hold where a connected UDP socket takes datagrams only from its peer. */
export function connectedFilters(ground: Ground): Fact[] {
  return [holds(impostor, { ...ground, where: ({ connected }) => connected === 'yes' })];
}

/**
 * The facts that hold where a packet to 127.0.0.0/8 is dropped when it arrives over an interface other than the loopback
 * one.
 */
export function dropsForeignLoopback(ground: Ground): Fact[] {
  return [
    holds(loopbackFromNeighbour, {
      ...ground,
      where: ({ family }) => family === 'inet',
      places: ['server', 'answer', 'received'],
    }),
  ];
}

/** The facts that hold where bind() refuses a socket that has a port, and only a stream socket can listen. */
export function checksTheState(ground: Ground): Fact[] {
  return [
    holds(bindAgain, { ...ground, where: ({ state }) => state !== 'disconnected', places: ['again'] }),
    holds(listen, { ...ground, where: ({ protocol }) => protocol === 'udp', places: ['listened'] }),
  ];
}

/** The facts that hold where IPV6_V6ONLY can't be set on a socket that has a port. */
export function keepsV6only(ground: Ground): Fact[] {
  return [holds(v6onlyWhen, ground)];
}

/**
 * The facts that hold where connect() takes only names of the very length of its family, no port 0, and no two names that
 * another socket has connected already. This is one function for each family, so that the families are named.
 */
export function checksTheDestination(families: readonly Family[], ground: Ground): Fact[] {
  const isRead = ({ family }: { family: Family }) => families.includes(family);
  return [
    differs(toPortZero, {
      ...ground,
      where: (cell) => isRead(cell) && cell.call === 'connect',
      expect: { called: 'EADDRNOTAVAIL' },
      because: 'connect() refuses port 0 as a port that no one can have.',
    }),
    differs(formOfName, {
      ...ground,
      where: (cell) =>
        isRead(cell) && cell.call === 'connect' && (cell.form === 'twelve-bytes-more' || cell.form === 'without-scope'),
      expect: { called: 'EINVAL' },
      because: 'connect() takes a name only with the very length of its family.',
    }),
    holds(formOfName, {
      ...ground,
      where: (cell) => isRead(cell) && cell.call === 'connect' && cell.form === 'one-byte-short',
    }),
    differs(sameFourTuple, {
      ...ground,
      where: (cell) => isRead(cell) && cell.option === 'SO_REUSEPORT',
      expect: { same: 'EADDRINUSE' },
      because: 'connect() looks for a socket with the same two names, for UDP as well as for TCP.',
    }),
  ];
}
