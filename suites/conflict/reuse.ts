import { experiment, FAMILIES, pairOf, PROTOCOLS, serveAll } from '../../src/experiment/index.ts';

export default experiment({
  title: 'The same address and port with SO_REUSEADDR or SO_REUSEPORT',
  asks: 'Two processes of one user bind and serve on the same address and port, and the first, the second or both set an option that speaks of reuse: what does the second get, and from which call?',
  tags: ['conflict', 'options'],
  claims: {
    'port-reserved': ({ option, set }) =>
      set === 'both'
        ? { says: { second: { not: 'ok' } }, when: `both set ${option}` }
        : { says: { second: { not: 'ok' } } },
  },
  axes: {
    option: ['SO_REUSEADDR', 'SO_REUSEPORT'],
    set: ['first', 'second', 'both'],
    protocol: PROTOCOLS,
    family: FAMILIES,
  },
  needs: ({ family }) => [`${family} loopback`],
  binds: {
    sockets: ({ option, set, ...net }) =>
      (['first', 'second'] as const).map((as) => ({
        ...net,
        as,
        on: 'loopback',
        options: set === as || set === 'both' ? [option] : [],
      })),
    observed: pairOf,
  },
  run: async (_, trial, sockets) => pairOf(await serveAll(trial, sockets)),
  expect: ({ option, set, protocol }) => {
    if (set !== 'both') return { first: 'ok', second: 'EADDRINUSE', call: 'bind' };
    if (option === 'SO_REUSEPORT') return { first: 'ok', second: 'ok', call: protocol === 'udp' ? 'bind' : 'listen' };
    // Linux lets UDP sockets share in that way, but no TCP socket can share with a socket that listens.
    return protocol === 'udp'
      ? { first: 'ok', second: 'ok', call: 'bind' }
      : { first: 'ok', second: 'EADDRINUSE', call: 'bind' };
  },
  known: 'observed',
  cite: [
    { source: 'man-socket', where: 'SO_REUSEADDR, SO_REUSEPORT' },
    { source: 'linux-tcp-bind', where: 'inet_bind_conflict' },
    { source: 'linux-udp', where: 'udp_lib_lport_inuse' },
  ],
});
