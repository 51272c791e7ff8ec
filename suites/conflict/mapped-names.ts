import { experiment, pairOf, type PlannedSocket, PROTOCOLS, serveAll } from '../../src/experiment/index.ts';

const NAMES = ['inet-wildcard', 'inet-loopback', 'mapped-wildcard', 'mapped-loopback', 'dual-wildcard'] as const;
type Name = (typeof NAMES)[number];

const SOCKETS: Readonly<Record<Name, Pick<PlannedSocket, 'family' | 'on' | 'v6only'>>> = {
  'inet-wildcard': { family: 'inet', on: 'wildcard' },
  'inet-loopback': { family: 'inet', on: 'loopback' },
  'mapped-wildcard': { family: 'inet6', on: { address: '::ffff:0.0.0.0' }, v6only: 0 },
  'mapped-loopback': { family: 'inet6', on: { address: '::ffff:127.0.0.1' }, v6only: 0 },
  'dual-wildcard': { family: 'inet6', on: 'wildcard', v6only: 0 },
};

export default experiment({
  title: 'IPv4 names and the IPv6 sockets that take IPv4 too',
  asks: 'An IPv6 socket whose IPV6_V6ONLY is 0 has bound ::, ::ffff:0.0.0.0 or ::ffff:127.0.0.1, and another socket a name that takes some of the same IPv4 traffic, in either order: what does the second get?',
  tags: ['conflict', 'wildcard', 'dual-stack'],
  claims: {},
  axes: { first: NAMES, second: NAMES, protocol: PROTOCOLS },
  // Other experiments ask about two IPv4 sockets.
  only: ({ first, second }) => SOCKETS[first].family === 'inet6' || SOCKETS[second].family === 'inet6',
  needs: () => ['inet loopback', 'inet6 wildcard'],
  binds: {
    sockets: ({ first, second, protocol }) => [
      { as: 'first', protocol, ...SOCKETS[first] },
      { as: 'second', protocol, ...SOCKETS[second] },
    ],
    observed: pairOf,
  },
  run: async (_, trial, sockets) => pairOf(await serveAll(trial, sockets)),
  expect: { first: 'ok', second: 'EADDRINUSE', call: 'bind' },
  known: 'observed',
  cite: [
    { source: 'linux-tcp-bind', where: 'inet_rcv_saddr_equal' },
    { source: 'rfc3493', where: '3.7 and 5.3' },
  ],
});
