import { askAt, experiment, FAMILIES, PROTOCOLS, requestsAt, serveAll, serversOf } from '../../src/experiment/index.ts';

export default experiment({
  title: 'Loopback and an external address side by side on one port',
  asks: 'One process serves on loopback, a second on an external address and the same port: do both bind, and is each question answered by the one that holds the address?',
  tags: ['conflict', 'loopback', 'external'],
  claims: {
    'loopback-and-external-coexist': { says: { servers: ['ok', 'ok'] } },
    'exactly-one-receiver': { says: { atLoopback: 'inner', atExternal: 'outer', counts: [1, 1] } },
  },
  axes: { first: ['loopback', 'external'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`, `${family} external`],
  binds: {
    sockets: ({ first, ...net }) => {
      const inner = { ...net, as: 'inner', on: 'loopback' } as const;
      const outer = { ...net, as: 'outer', on: 'external' } as const;
      return first === 'loopback' ? [inner, outer] : [outer, inner];
    },
    observed: serversOf,
  },
  async run({ protocol, family }, trial, sockets) {
    const net = { protocol, family };
    const servers = await serveAll(trial, sockets);
    const atLoopback = (await askAt(trial, net, { to: 'loopback' })).by;
    const atExternal = (await askAt(trial, net, { to: 'external' })).by;
    const counts = await Promise.all(servers.map(async (server) => (await requestsAt(trial, server)).count));
    return { ...serversOf(servers), atLoopback, atExternal, counts };
  },
  expect: { servers: ['ok', 'ok'], atLoopback: 'inner', atExternal: 'outer', counts: [1, 1] },
  known: 'observed',
  cite: [
    { source: 'posix-bind', where: 'DESCRIPTION' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
