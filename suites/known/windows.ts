import { differs, holds, knownOf } from '../../src/experiment/index.ts';
import bindAgain from '../argument/bind-again.ts';
import toWildcard from '../connect/to-wildcard.ts';
import byPort from '../reach/by-port.ts';
import externalRefusesLoopback from '../reach/external-refuses-loopback.ts';
import atOnce from '../refusal/at-once.ts';
import unconnected from '../refusal/unconnected.ts';
import { connectedFilters } from './_shared.ts';

/** Windows reports an unreachable port to a UDP program as a reset, and not as a refusal. */
const RESET = {
  known: 'vendor',
  cite: [{ source: 'ms-recv', where: 'Return value, WSAECONNRESET' }],
  because: 'Windows tells of an unreachable UDP port by a reset on the next receive.',
} as const;

export default knownOf('windows', [
  holds(byPort, {
    known: 'vendor',
    cite: [{ source: 'ms-bind', where: 'Remarks, on the three parts of a name' }],
  }),
  ...connectedFilters({
    known: 'vendor',
    cite: [{ source: 'ms-connect', where: 'Remarks, on connectionless sockets' }],
  }),
  // Windows tries a closed port again before it gives up, so that a refusal takes about two seconds.
  holds(externalRefusesLoopback, {
    where: ({ protocol }) => protocol === 'tcp',
    places: ['answer', 'received'],
    known: 'reported',
    cite: [{ source: 'libuv-2896', where: 'its description' }],
  }),
  differs(externalRefusesLoopback, {
    ...RESET,
    where: ({ protocol }) => protocol === 'udp',
    expect: { answer: { outcome: 'WSAECONNRESET', by: null }, received: { count: 0, from: [] } },
  }),
  differs(atOnce, { ...RESET, expect: { outcome: 'WSAECONNRESET', by: null } }),
  differs(unconnected, {
    expect: { sent: 'ok', outcome: 'WSAECONNRESET' },
    because:
      'Windows reports a port unreachable to every UDP socket, as a reset on the next receive, unless SIO_UDP_CONNRESET is off.',
    known: 'vendor',
    cite: [{ source: 'ms-recvfrom', where: 'Return value, WSAECONNRESET' }],
  }),
  holds(bindAgain, {
    where: ({ state }) => state === 'bound',
    places: ['again'],
    known: 'test-suite',
    cite: [{ source: 'reactos-bind', where: 'bind() of a socket that is bound' }],
  }),
  differs(toWildcard, {
    expect: { connected: 'WSAEADDRNOTAVAIL', by: null },
    because: 'Windows takes the wildcard for no address that can be connected to.',
    known: 'vendor',
    cite: [{ source: 'ms-connect', where: 'Return value, WSAEADDRNOTAVAIL' }],
  }),
]);
