import { bindAs, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A UDP socket that connects a second time',
  asks: 'A UDP socket connects to one sender and then to another, beside a socket with SO_REUSEPORT on its name; does it receive from its second peer as if it had connected to it at once?',
  tags: ['receive', 'connected', 'group'],
  axes: { connects: ['at-once', 'by-way-of-another'], family: FAMILIES },
  scene: ({ connects, family }) => ({
    protocol: 'udp',
    senders: { before: { family, at: 'loopback' }, peer: { family, at: 'loopback' } },
    steps: [
      bindAs('connected', `${family}-loopback`, ['SO_REUSEPORT']),
      ...(connects === 'at-once' ? [] : [{ op: 'connect', as: 'connected', to: 'before' } as const]),
      { op: 'connect', as: 'connected', to: 'peer' },
      bindAs('other', `${family}-loopback`, ['SO_REUSEPORT']),
    ],
    packets: { fromPeer: { from: 'peer', to: 'loopback' } },
  }),
  // It stays listed under its first peer, and is found by its score alone, after a group that is met before it.
  expect: ({ connects, family }) => ({
    receives: { fromPeer: connects === 'at-once' || family === 'inet6' ? 'connected' : 'other' },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp_lib_hash4, udp4_lib_lookup4' }],
});
