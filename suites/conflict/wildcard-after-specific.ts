import { experiment, FAMILIES, pairOf, PROTOCOLS, serveAll } from '../../src/experiment/index.ts';

export default experiment({
  title: 'The wildcard on a port that a specific address holds',
  asks: 'One process has bound one address; a second binds the wildcard on the same port: what does it get?',
  tags: ['conflict', 'wildcard'],
  claims: {
    'wildcard-conflicts': ({ first }) => ({
      says: { second: 'EADDRINUSE' },
      ...(first === 'loopback' ? {} : { when: `the first server is on the ${first} address` }),
    }),
  },
  axes: { first: ['loopback', 'external', 'second-external'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ first, family }) => [`${family} ${first}`],
  binds: {
    sockets: ({ first, ...net }) => [
      { ...net, as: 'first', on: first },
      { ...net, as: 'second', on: 'wildcard' },
    ],
    observed: pairOf,
  },
  run: async (_, trial, sockets) => pairOf(await serveAll(trial, sockets)),
  expect: { first: 'ok', second: 'EADDRINUSE', call: 'bind' },
  known: 'observed',
  cite: [
    { source: 'man-socket', where: 'SO_REUSEADDR' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
