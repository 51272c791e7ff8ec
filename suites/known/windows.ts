import { differs, holds, knownOf } from '../../src/experiment/index.ts';
import bindAgain from '../argument/bind-again.ts';
import formOfName from '../argument/form-of-name.ts';
import listen from '../argument/listen.ts';
import namesBack from '../argument/names-back.ts';
import noName from '../argument/no-name.ts';
import noSocket from '../argument/no-socket.ts';
import sendToNoOne from '../argument/send-to-no-one.ts';
import exclusive from '../option/exclusive.ts';
import toPortZero from '../connect/to-port-zero.ts';
import toWildcard from '../connect/to-wildcard.ts';
import byPort from '../reach/by-port.ts';
import externalRefusesLoopback from '../reach/external-refuses-loopback.ts';
import atOnce from '../refusal/at-once.ts';
import unconnected from '../refusal/unconnected.ts';
import { onlyInet6 } from './_arguments.ts';
import { connectedFilters } from './_shared.ts';

/** Windows reports an unreachable port to a UDP program as a reset, and not as a refusal. */
const RESET = {
  known: 'vendor',
  cite: [{ source: 'ms-recv', where: 'Return value, WSAECONNRESET' }],
  because: 'Windows tells of an unreachable UDP port by a reset on the next receive.',
} as const;

/** Winsock takes a name that it can't read, or that is too short, for a bad pointer. */
const BAD_NAME = {
  known: 'vendor',
  cite: [
    { source: 'ms-bind', where: 'Return value, WSAEFAULT' },
    { source: 'ms-connect', where: 'Return value, WSAEFAULT' },
  ],
  because: 'Winsock takes a name that can not be read, or is too short, for a bad pointer.',
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
  holds(noSocket, {
    where: ({ on }) => on === 'nothing',
    known: 'vendor',
    cite: [{ source: 'ms-errors', where: 'WSAENOTSOCK' }],
  }),
  differs(noSocket, {
    where: ({ on }) => on === 'file',
    expect: { made: 'not available here', called: null },
    because: 'A socket is not a file there, and no call takes one for the other.',
    known: 'vendor',
    cite: [{ source: 'ms-errors', where: 'WSAENOTSOCK' }],
  }),
  holds(noName, { ...BAD_NAME, where: ({ length }) => length !== '0' }),
  differs(noName, { ...BAD_NAME, where: ({ length }) => length === '0', expect: { called: 'WSAEFAULT' } }),
  differs(formOfName, {
    ...BAD_NAME,
    where: ({ form }) => form === 'one-byte-short' || form === 'empty',
    expect: { called: 'WSAEFAULT' },
  }),
  differs(exclusive, {
    where: ({ protocol }) => protocol === 'tcp',
    expect: ({ cleared }) => ({ first: 'ok', second: cleared === 'yes' ? 'ok' : 'WSAEINVAL' }),
    because: 'A socket can not have SO_REUSEADDR and SO_EXCLUSIVEADDRUSE at one time.',
    known: 'test-suite',
    cite: [{ source: 'wine-tests', where: 'test_reuseaddr; run on Windows by its authors' }],
  }),
  differs(namesBack, {
    where: ({ state }) => state === 'new',
    expect: { own: 'WSAEINVAL' },
    because: 'A socket has no name before bind() or connect().',
    known: 'vendor',
    cite: [{ source: 'ms-getsockname', where: 'Return value, WSAEINVAL' }],
  }),
  differs(sendToNoOne, {
    where: ({ state, protocol }) => protocol === 'udp' && (state === 'new' || state === 'bound'),
    expect: { sent: 'WSAENOTCONN' },
    because: 'A datagram without a destination on a socket without a peer is refused as not connected.',
    known: 'vendor',
    cite: [{ source: 'ms-errors', where: 'WSAENOTCONN' }],
  }),
  differs(listen, {
    where: ({ state, protocol }) => protocol === 'tcp' && state === 'new',
    expect: { listened: 'WSAEINVAL' },
    because: 'A socket has to be bound before it listens.',
    known: 'vendor',
    cite: [{ source: 'ms-listen', where: 'Return value, WSAEINVAL' }],
  }),
  holds(listen, {
    where: ({ protocol }) => protocol === 'udp',
    places: ['listened'],
    known: 'vendor',
    cite: [{ source: 'ms-listen', where: 'Return value, WSAEOPNOTSUPP' }],
  }),
  differs(listen, {
    where: ({ state, protocol }) =>
      protocol === 'tcp' && ['connected', 'unbound-connected', 'accepted'].includes(state),
    expect: { listened: 'WSAEISCONN' },
    because: 'listen() refuses a connected socket as one that is connected.',
    known: 'vendor',
    cite: [{ source: 'ms-listen', where: 'Return value, WSAEISCONN' }],
  }),
  differs(toPortZero, {
    where: ({ call }) => call === 'connect',
    expect: { called: 'WSAEADDRNOTAVAIL' },
    because: 'Windows takes port 0 for no port that can be connected to.',
    known: 'vendor',
    cite: [{ source: 'ms-errors', where: 'WSAEADDRNOTAVAIL' }],
  }),
  onlyInet6({ known: 'vendor', cite: [{ source: 'ms-dual', where: 'Creating a Dual-Stack Socket' }] }),
]);
