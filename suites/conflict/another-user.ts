import { experiment, FAMILIES, pairOf, PROTOCOLS, serveAll } from '../../src/experiment/index.ts';

export default experiment({
  title: 'The same address and port for another user',
  asks: 'A second process that belongs to another user binds an address and port that the first holds, both without options: what does it get?',
  tags: ['conflict', 'uid'],
  claims: { 'port-reserved': { says: { second: { not: 'ok' } } } },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => ['second user', `${family} loopback`],
  binds: {
    sockets: (net) => [
      { ...net, as: 'first', on: 'loopback' },
      { ...net, as: 'second', on: 'loopback', otherUser: true },
    ],
    observed: pairOf,
  },
  run: async (_, trial, sockets) => pairOf(await serveAll(trial, sockets)),
  expect: { first: 'ok', second: 'EADDRINUSE', call: 'bind' },
  known: 'observed',
  cite: [{ source: 'posix-bind', where: 'ERRORS, EADDRINUSE' }],
});
