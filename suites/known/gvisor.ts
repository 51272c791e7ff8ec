import { differs, holds, knownOf, unsettled } from '../../src/experiment/index.ts';
import expiry from '../closing/expiry.ts';
import oneOnEveryAddress from '../conflict/one-on-every-address.ts';
import boundTo from '../reach/bound-to.ts';
import externalRefusesLoopback from '../reach/external-refuses-loopback.ts';
import wildcardReplies from '../source/wildcard-replies.ts';
import roundTrips from '../wire/round-trips.ts';
import { deliversByName } from './_shared.ts';

/** gVisor keeps to the strong model of RFC 1122, 3.3.4.2; Linux takes a packet on any interface. */
const STRONG_HOST = {
  known: 'observed',
  cite: [
    { source: 'gvisor', where: 'pkg/tcpip/network/ipv4/ipv4.go, pkg/tcpip/network/ipv6/ipv6.go' },
    { source: 'rfc1122', where: '3.3.4.2' },
  ],
  because:
    'gVisor takes a packet only on the interface that has the address it is for, so that a neighbour on one network hears nothing from the address of another.',
} as const;

export default knownOf('gvisor', [
  ...deliversByName({ known: 'source', cite: [{ source: 'gvisor', where: 'pkg/tcpip/stack/transport_demuxer.go' }] }),
  holds(externalRefusesLoopback, {
    known: 'source',
    cite: [{ source: 'gvisor', where: 'pkg/tcpip/transport/tcp/protocol.go, HandleUnknownDestinationPacket' }],
    where: ({ protocol }) => protocol === 'tcp',
    places: ['answer', 'received'],
  }),
  // A UDP server on the wildcard is silent for another reason, but in this case too it receives nothing.
  differs(boundTo, {
    ...STRONG_HOST,
    expect: ({ bound }) => ({
      neighbour: { second: 'silence' },
      requests: { loopback: 1, wildcard: 4, external: 2 }[bound],
    }),
  }),
  differs(oneOnEveryAddress, {
    ...STRONG_HOST,
    expect: {
      by: ['on loopback', 'on external', 'on second-external', 'on external', null],
      counts: [1, 2, 1],
    },
  }),
  differs(wildcardReplies, {
    ...STRONG_HOST,
    expect: { server: 'ok', outcome: 'silence', by: null, answeredFrom: null },
  }),
  unsettled(roundTrips, {
    places: ['againstNeighbour'],
    because: 'How long gVisor takes for a call is more than the way takes.',
  }),
  unsettled(expiry, {
    where: ({ linger2 }) => linger2 === '3',
    places: ['set', 'atOnce', 'later'],
    because: 'How long a state lasts there is not told by one run.',
  }),
]);
