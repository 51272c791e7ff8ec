import { bindAll, experiment, type PlannedSocket, PROTOCOLS, serversOf } from '../../src/experiment/index.ts';

const NAMES = {
  'inet-wildcard': { family: 'inet', on: 'wildcard' },
  'inet-loopback': { family: 'inet', on: 'loopback' },
  'inet6-wildcard': { family: 'inet6', on: 'wildcard' },
  'inet6-loopback': { family: 'inet6', on: 'loopback' },
  'dual-wildcard': { family: 'inet6', on: 'wildcard', v6only: 0 },
  'mapped-wildcard': { family: 'inet6', on: { address: '::ffff:0.0.0.0' }, v6only: 0 },
  'mapped-loopback': { family: 'inet6', on: { address: '::ffff:127.0.0.1' }, v6only: 0 },
} as const satisfies Record<string, Pick<PlannedSocket, 'family' | 'on' | 'v6only'>>;
type Name = keyof typeof NAMES;

/** Two names, one of each family, that share a port. */
const HOLDERS = {
  'wildcard, v6only': ['inet-wildcard', 'inet6-wildcard'],
  'v6only, wildcard': ['inet6-wildcard', 'inet-wildcard'],
  'wildcard, ::1': ['inet-wildcard', 'inet6-loopback'],
  'v6only, 127.0.0.1': ['inet6-wildcard', 'inet-loopback'],
} as const satisfies Record<string, readonly [Name, Name]>;

export default experiment({
  title: 'A third socket beside one of each family',
  asks: 'An IPv4 socket and one that takes IPv6 only share a port, and a third is bound to a name that takes some of the same traffic: what does it get?',
  tags: ['conflict', 'wildcard', 'dual-stack'],
  claims: {},
  axes: {
    holders: Object.keys(HOLDERS) as (keyof typeof HOLDERS)[],
    third: ['inet-loopback', 'inet6-loopback', 'mapped-wildcard', 'mapped-loopback', 'dual-wildcard'],
    protocol: PROTOCOLS,
  },
  needs: () => ['inet loopback', 'inet6 loopback'],
  binds: {
    sockets: ({ holders, third, protocol }) => [
      ...HOLDERS[holders].map((name, place) => ({ as: `holder ${place + 1}`, protocol, ...NAMES[name] })),
      { as: 'third', protocol, ...NAMES[third] },
    ],
    observed: serversOf,
  },
  run: async (_, trial, sockets) => serversOf(await bindAll(trial, sockets)),
  expect: { servers: ['ok', 'ok', 'EADDRINUSE'] },
  known: 'observed',
  cite: [{ source: 'linux-tcp-bind', where: 'inet_rcv_saddr_equal' }],
});
