import {
  askAt,
  type Asking,
  experiment,
  FAMILIES,
  PROTOCOLS,
  requestsAt,
  serveAll,
  serversOf,
} from '../../src/experiment/index.ts';

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
  // The system decides whether the second address answers a neighbour on the first one's network: some systems take a
  // packet only on the interface that has its address. So where no one has looked, only the outcomes of bind() are
  // known.
  expect: { servers: ['ok', 'ok', 'ok'], by: BY, counts: [1, 2, 2] },
  known: 'observed',
  cite: [
    { source: 'rfc1122', where: '4.1.3' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
