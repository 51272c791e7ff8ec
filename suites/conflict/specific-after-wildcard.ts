import { experiment, FAMILIES, pairOf, PROTOCOLS, serveAll } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A specific address on a port that the wildcard holds',
  asks: 'One process has bound the wildcard; a second binds one address on the same port: what does it get?',
  tags: ['conflict', 'wildcard'],
  claims: {
    'wildcard-conflicts': { says: { second: 'EADDRINUSE' }, when: 'the wildcard server was there first' },
  },
  axes: { second: ['loopback', 'external', 'second-external'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ second, family }) => [`${family} ${second}`],
  binds: {
    sockets: ({ second, ...net }) => [
      { ...net, as: 'first', on: 'wildcard' },
      { ...net, as: 'second', on: second },
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
