import { experiment } from '../../src/experiment/experiment.ts';
import { serversOf } from '../../src/experiment/planned.ts';
import { askAt, FAMILIES, PROTOCOLS, serveAll, type Asking } from '../../src/experiment/scenes.ts';
import { requestsAt } from '../../src/experiment/talk.ts';
import { GVISOR_STRONG_HOST, IN_GVISOR, UNDER_WINE, WINE_INTERFACES } from '../grounds.ts';

const KINDS = ['loopback', 'external', 'second-external'] as const;
const ASKED: readonly Asking[] = [
  { to: 'loopback' },
  { to: 'external' },
  { to: 'second-external' },
  { host: 'neighbour', to: 'external' },
  { host: 'neighbour', to: 'second-external' },
];
const BY = ['on loopback', 'on external', 'on second-external', 'on external', 'on second-external'];

export default experiment({
  title: 'One server on every address, all on one port',
  asks: "A process of its own serves on each of the machine's addresses, all on one port; when each address is asked, from the machine and from a neighbour, which process gets the request, and does any other get it too?",
  tags: ['conflict', 'external', 'neighbour'],
  claims: {
    'one-per-interface': { says: { servers: ['ok', 'ok', 'ok'] } },
    'exactly-one-receiver': { says: { by: BY, counts: [1, 2, 2] } },
  },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} external`, `${family} second-external`, 'neighbour'],
  binds: {
    sockets: (net) => KINDS.map((kind) => ({ ...net, as: `on ${kind}`, on: kind })),
    observed: serversOf,
  },
  async run(net, trial, sockets) {
    const servers = await serveAll(trial, sockets);
    const by: (string | null)[] = [];
    for (const asking of ASKED) by.push((await askAt(trial, net, asking)).by);
    const counts = await Promise.all(servers.map(async (server) => (await requestsAt(trial, server)).count));
    return { ...serversOf(servers), by, counts };
  },
  // Whether the second address answers a neighbour on the first one's network is up to the system: some take a packet
  // only on the interface that has its address. So where nobody has looked no more is known than who may bind.
  expect: { servers: ['ok', 'ok', 'ok'], by: BY, counts: [1, 2, 2] },
  known: 'observed',
  cite: [
    { source: 'rfc1122', where: '4.1.3' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
  holds: [{ grounds: UNDER_WINE }, { grounds: IN_GVISOR }],
  differs: [
    { ...GVISOR_STRONG_HOST, expect: { by: [...BY.slice(0, 4), null], counts: [1, 2, 1] } },
    {
      ...WINE_INTERFACES,
      where: ({ protocol, family }) => protocol === 'udp' && family === 'inet',
      expect: {
        servers: ['ok', 'WSAEADDRINUSE', 'WSAEADDRINUSE'],
        by: ['on loopback', null, null, null, null],
        counts: [1, 0, 0],
      },
      because:
        'Under Wine a UDP socket on an IPv4 address other than 127.0.0.1 cannot be bound beside one on 127.0.0.1.',
    },
  ],
});
