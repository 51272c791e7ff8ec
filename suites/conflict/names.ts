import {
  collisionsByRule,
  collisionsIn,
  experiment,
  FAMILIES,
  NAME_KINDS,
  namePairs,
  PROTOCOLS,
  serveAll,
} from '../../src/experiment/index.ts';

export default experiment({
  title: 'Every pair of socket names on one port',
  asks: "For every pair of the machine's addresses, bound by two processes on one port without options: which second sockets collide with each first one?",
  tags: ['conflict', 'socket-name', 'wildcard'],
  claims: {
    'names-not-ports': ({ family }) => ({ says: { collisions: collisionsByRule(family) } }),
  },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => NAME_KINDS[family].map((kind) => `${family} ${kind}` as const),
  binds: {
    sockets: (net) =>
      namePairs(net.family).flatMap(({ first, second }, port) => [
        { ...net, as: 'first', on: first, port },
        { ...net, as: 'second', on: second, port },
      ]),
    observed: collisionsIn,
  },
  run: async (net, trial, sockets) => collisionsIn(await serveAll(trial, sockets), net),
  expect: ({ family }) => ({ collisions: collisionsByRule(family), errors: ['EADDRINUSE'] }),
  known: 'observed',
  cite: [
    { source: 'posix-bind', where: 'ERRORS, EADDRINUSE' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
