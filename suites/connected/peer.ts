import { bindAs, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A connected UDP socket beside one that is not',
  asks: 'Two UDP sockets share a name, and the second connects to a sender; who receives from that sender, and who from others?',
  tags: ['receive', 'connected'],
  claims: {
    'demultiplexed-by-port': {
      says: { receives: { fromPeer: 'first' } },
      when: 'a second UDP socket shares the name and is connected to the sender',
    },
  },
  axes: {
    name: ['inet-wildcard', 'inet-loopback', 'inet-external', 'inet6-wildcard', 'inet6-loopback', 'dual-wildcard'],
    option: ['SO_REUSEADDR', 'SO_REUSEPORT'],
    from: ['machine', 'neighbour'],
  },
  only: ({ name, from }) => from === 'machine' || !name.endsWith('loopback'),
  scene: ({ name, option, from }) => {
    const family = name.startsWith('inet6') ? 'inet6' : 'inet';
    const to = name === 'inet-external' || from === 'neighbour' ? 'external' : 'loopback';
    const at = from === 'neighbour' ? 'neighbour' : to;
    return {
      protocol: 'udp',
      senders: { peer: { family, at }, others: { family, at, sources: 8 } },
      steps: [
        bindAs('first', name, [option]),
        bindAs('second', name, [option]),
        { op: 'connect', as: 'second', to: 'peer' },
      ],
      packets: { fromPeer: { from: 'peer', to }, fromOthers: { from: 'others', to } },
    };
  },
  expect: () => ({ receives: { fromPeer: 'second', fromOthers: 'first' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp4_lib_lookup4, compute_score, reuseport_select_sock' }],
});
