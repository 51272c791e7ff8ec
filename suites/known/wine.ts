import { differs, knownOf, unsettled } from '../../src/experiment/index.ts';
import expiry from '../closing/expiry.ts';
import loopbackBesideExternal from '../conflict/loopback-beside-external.ts';
import oneOnEveryAddress from '../conflict/one-on-every-address.ts';
import impostor from '../filter/impostor.ts';
import boundTo from '../reach/bound-to.ts';
import externalRefusesLoopback from '../reach/external-refuses-loopback.ts';
import atOnce from '../refusal/at-once.ts';
import anyLocal from '../source/any-local.ts';
import roundTrips from '../wire/round-trips.ts';

/**
 * Wine makes a UDP socket on an IPv4 address of an interface, other than 127.0.0.1, a wildcard on the host that is tied
 * to that interface.
 */
const TIED_TO_INTERFACE = {
  known: 'observed',
  cite: [{ source: 'wine-server-8', where: 'bind_to_interface' }],
} as const;

const NOT_BESIDE_LOOPBACK = {
  ...TIED_TO_INTERFACE,
  because: 'Under Wine a UDP socket on an IPv4 address other than 127.0.0.1 cannot be bound beside one on 127.0.0.1.',
} as const;

/** Wine's server learns first that a UDP port was unreachable, and so the program's recv() does not get that error. */
const TAKES_ERRORS = {
  known: 'observed',
  cite: [{ source: 'wine-server-8', where: 'sock_poll_event, sock_error' }],
  because: 'Wine’s server reads the error of an unreachable UDP port before the program does.',
} as const;

/** The program's outcome after such an error: silence, unless the program is very quick. */
const TAKEN = { oneOf: ['silence', 'WSAECONNREFUSED'] } as const;

const isInterfaceUdp = ({ protocol, family }: { protocol: string; family: string }) =>
  protocol === 'udp' && family === 'inet';

export default knownOf('wine', [
  differs(loopbackBesideExternal, {
    ...NOT_BESIDE_LOOPBACK,
    where: isInterfaceUdp,
    expect: ({ first }) => ({
      servers: ['ok', 'WSAEADDRINUSE'],
      atLoopback: first === 'loopback' ? 'inner' : null,
      atExternal: first === 'loopback' ? null : 'outer',
      counts: [1, 0],
    }),
  }),
  differs(oneOnEveryAddress, {
    ...NOT_BESIDE_LOOPBACK,
    where: isInterfaceUdp,
    expect: {
      servers: ['ok', 'WSAEADDRINUSE', 'WSAEADDRINUSE'],
      by: ['on loopback', null, null, null, null],
      counts: [1, 0, 0],
    },
  }),
  differs(impostor, {
    ...TIED_TO_INTERFACE,
    where: ({ connected, impostor: who, family }) => connected === 'no' && who === 'other-address' && family === 'inet',
    expect: { received: ['server'] },
    because:
      'Under Wine a UDP socket on an IPv4 address is tied to the interface of that address, so that what it sends does not get to an address of another interface of the same machine.',
  }),
  differs(boundTo, {
    ...TIED_TO_INTERFACE,
    where: (cell) => cell.bound === 'external' && isInterfaceUdp(cell),
    // The socket also takes what arrives over that interface for the second address, and answers it from the first
    // address.
    expect: { neighbour: { second: 'silence' }, requests: 3 },
    because:
      'Under Wine a UDP socket on an IPv4 address takes everything that comes over the interface of that address.',
  }),
  differs(boundTo, {
    ...TAKES_ERRORS,
    where: ({ bound, protocol }) => bound !== 'wildcard' && protocol === 'udp',
    expect: ({ bound }) => ({
      machine: bound === 'loopback' ? { external: TAKEN, second: TAKEN } : { loopback: TAKEN, second: TAKEN },
    }),
  }),
  differs(externalRefusesLoopback, {
    ...TAKES_ERRORS,
    where: ({ protocol }) => protocol === 'udp',
    expect: { answer: { outcome: TAKEN } },
  }),
  differs(atOnce, {
    ...TAKES_ERRORS,
    expect: { outcome: 'WSAECONNREFUSED', tries: { oneOf: [1, 2] } },
    because:
      'Wine’s server reads the error of an unreachable UDP port before the program does, so that the program mostly hears of the second.',
  }),
  differs(anyLocal, {
    ...TIED_TO_INTERFACE,
    where: isInterfaceUdp,
    expect: ({ from }) => ({
      loopback: { outcome: from === 'loopback' ? 'answered' : 'silence', source: from },
      external: { outcome: 'silence', source: from },
      'second-external': { outcome: 'silence', source: from },
    }),
    because:
      'Under Wine a UDP socket on an IPv4 address other than 127.0.0.1 stands for the interface of that address: it cannot be bound beside one on 127.0.0.1, and hears nothing over loopback.',
  }),
  differs(roundTrips, {
    ...NOT_BESIDE_LOOPBACK,
    where: ({ family }) => family === 'inet',
    expect: { answered: [100, 0, 100] },
  }),
  unsettled(roundTrips, {
    places: ['againstNeighbour'],
    because: 'How long Wine takes for a call is more than the way takes.',
  }),
  unsettled(expiry, {
    where: ({ linger2 }) => linger2 === '3',
    places: ['set', 'atOnce', 'later'],
    because: 'How long a state lasts there is not told by one run.',
  }),
]);
