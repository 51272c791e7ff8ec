import { experiment, FAMILIES, pairOf, PROTOCOLS, serveAll } from '../../src/experiment/index.ts';

export default experiment({
  title: 'The same address and port twice',
  asks: 'Two processes bind the same address and port, neither with any option: what does the second get?',
  tags: ['conflict'],
  claims: {
    'same-address-conflicts': { says: { second: 'EADDRINUSE' } },
    'port-reserved': { says: { second: { not: 'ok' } } },
  },
  axes: { on: ['loopback', 'external', 'wildcard'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ on, family }) => [`${family} ${on}`],
  binds: {
    sockets: ({ on, ...net }) => [
      { ...net, as: 'first', on },
      { ...net, as: 'second', on },
    ],
    observed: pairOf,
  },
  run: async (_, trial, sockets) => pairOf(await serveAll(trial, sockets)),
  expect: { first: 'ok', second: 'EADDRINUSE', call: 'bind' },
  known: 'observed',
  cite: [
    { source: 'posix-bind', where: 'ERRORS, EADDRINUSE' },
    { source: 'man-bind', where: 'ERRORS, EADDRINUSE' },
  ],
});
