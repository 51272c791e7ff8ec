import { bindAs, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'The device of a UDP socket after a disconnect',
  asks: 'A wildcard UDP socket is tied to lo, connects and disconnects; does it now receive what comes in by another device?',
  tags: ['receive', 'connected', 'device'],
  axes: { connects: ['no', 'and-disconnects'], family: FAMILIES },
  scene: ({ connects, family }) => ({
    protocol: 'udp',
    senders: { peer: { family, at: 'loopback' }, sender: { family, at: 'external' } },
    steps: [
      bindAs('tied', `${family}-wildcard`, ['SO_REUSEADDR'], { device: 'lo' }),
      bindAs('untied', `${family}-wildcard`, ['SO_REUSEADDR']),
      ...(connects === 'no'
        ? []
        : [{ op: 'connect', as: 'tied', to: 'peer' } as const, { op: 'disconnect', as: 'tied' } as const]),
    ],
    packets: { atExternal: { from: 'sender', to: 'external' } },
  }),
  // The tie goes with the peer. Over IPv6 the peer's address stays, and it is not that of this sender.
  expect: ({ connects, family }) => ({
    receives: { atExternal: connects === 'no' || family === 'inet6' ? 'untied' : 'tied' },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__udp_disconnect' }],
});
