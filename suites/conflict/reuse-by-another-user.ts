import { experiment, FAMILIES, pairOf, PROTOCOLS, serveAll } from '../../src/experiment/index.ts';

export default experiment({
  title: 'SO_REUSEPORT and SO_REUSEADDR between two users',
  asks: 'Two processes that belong to different users bind the same address and port, both with an option that speaks of reuse: what does the second get?',
  tags: ['conflict', 'options', 'uid'],
  claims: {
    'port-reserved': ({ option }) => ({
      says: { second: { not: 'ok' } },
      when: `both set ${option} and belong to different users`,
    }),
  },
  axes: { option: ['SO_REUSEADDR', 'SO_REUSEPORT'], protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => ['second user', `${family} loopback`],
  binds: {
    sockets: ({ option, ...net }) => [
      { ...net, as: 'first', on: 'loopback', options: [option] },
      { ...net, as: 'second', on: 'loopback', options: [option], otherUser: true },
    ],
    observed: pairOf,
  },
  run: async (_, trial, sockets) => pairOf(await serveAll(trial, sockets)),
  expect: ({ option, protocol }) =>
    option === 'SO_REUSEADDR' && protocol === 'udp'
      ? { first: 'ok', second: 'ok', call: 'bind' }
      : { first: 'ok', second: 'EADDRINUSE', call: 'bind' },
  known: 'observed',
  cite: [
    { source: 'man-socket', where: 'SO_REUSEPORT' },
    { source: 'linux-tcp-bind', where: 'inet_bind_conflict' },
  ],
});
