import { bindAs, receiving, type SceneBind } from '../../src/experiment/index.ts';

const THERE = {
  loopback: [bindAs('server', 'inet-loopback'), 'inet', 'external'],
  external: [bindAs('server', 'inet-external'), 'inet', 'loopback'],
  'inet-wildcard': [bindAs('server', 'inet-wildcard'), 'inet6', 'loopback'],
  'v6only-wildcard': [bindAs('server', 'inet6-wildcard'), 'inet', 'loopback'],
  'mapped-wildcard': [bindAs('server', 'mapped-wildcard'), 'inet6', 'loopback'],
  'mapped-loopback': [bindAs('server', 'mapped-loopback'), 'inet', 'external'],
  'bound-only': [bindAs('server', 'inet-wildcard', [], { staysBound: true }), 'inet', 'loopback'],
} as const satisfies Record<string, readonly [SceneBind, 'inet' | 'inet6', 'loopback' | 'external']>;

export default receiving({
  title: 'A port on which no socket may receive',
  asks: 'One socket has the port, but on another address, for the other family, or without listening; what does the sender learn?',
  tags: ['receive', 'refusal'],
  claims: { 'demultiplexed-by-port': { says: { receives: { packet: { not: 'server' } } } } },
  axes: {
    there: [
      'loopback',
      'external',
      'inet-wildcard',
      'v6only-wildcard',
      'mapped-wildcard',
      'mapped-loopback',
      'bound-only',
    ],
    protocol: ['udp', 'tcp'],
  },
  only: ({ there, protocol }) => there !== 'bound-only' || protocol === 'tcp',
  scene: ({ there, protocol }) => {
    const [server, family, to] = THERE[there];
    return {
      protocol,
      senders: { client: { family, at: to } },
      steps: [server],
      packets: { packet: { from: 'client', to } },
    };
  },
  expect: () => ({ receives: { packet: 'refused' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__udp4_lib_rcv, __udp6_lib_rcv, tcp_v4_rcv, tcp_v6_rcv' }],
});
