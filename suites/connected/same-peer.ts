import { bindAs, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'Two UDP sockets that are connected to one sender',
  asks: 'Two UDP sockets on one address connect to the same sender, the second first; who receives, if that sender is on the machine, and if it is a neighbour?',
  tags: ['receive', 'connected', 'neighbour'],
  claims: {
    'demultiplexed-by-port': {
      says: { receives: { fromPeer: 'first' } },
      when: 'two sockets are connected to one sender on another machine: early demultiplexing takes the newest of the address',
    },
  },
  axes: { from: ['machine', 'neighbour'], connects: ['second-last', 'second-first'], family: FAMILIES },
  scene: ({ from, connects, family }) => ({
    protocol: 'udp',
    senders: { peer: { family, at: from === 'machine' ? 'external' : 'neighbour' } },
    steps: [
      bindAs('first', `${family}-external`, ['SO_REUSEADDR']),
      bindAs('second', `${family}-external`, ['SO_REUSEADDR']),
      ...(connects === 'second-last' ? ['first', 'second'] : ['second', 'first']).map(
        (as) => ({ op: 'connect', as, to: 'peer' }) as const,
      ),
    ],
    packets: { fromPeer: { from: 'peer', to: 'external' } },
  }),
  expect: ({ from, connects }) => ({
    receives: { fromPeer: from === 'machine' && connects === 'second-first' ? 'first' : 'second' },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp4_lib_lookup4, udp_v4_early_demux, udp_v6_early_demux' }],
});
