import { bindAs, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'The last of two that connect to one sender, by way of another peer',
  asks: 'Two UDP sockets on one address connect to one sender, and the last had another peer before; who receives?',
  tags: ['receive', 'connected'],
  axes: { last: ['first', 'second'], before: ['nothing', 'another-peer'], family: FAMILIES },
  scene: ({ last, before, family }) => {
    const earlier = last === 'first' ? 'second' : 'first';
    return {
      protocol: 'udp',
      senders: { peer: { family, at: 'loopback' }, another: { family, at: 'loopback' } },
      steps: [
        bindAs('first', `${family}-loopback`, ['SO_REUSEADDR']),
        bindAs('second', `${family}-loopback`, ['SO_REUSEADDR']),
        { op: 'connect', as: earlier, to: 'peer' },
        ...(before === 'nothing' ? [] : [{ op: 'connect', as: last, to: 'another' } as const]),
        { op: 'connect', as: last, to: 'peer' },
      ],
      packets: { fromPeer: { from: 'peer', to: 'loopback' } },
    };
  },
  expect: ({ last, before }) => ({
    receives: { fromPeer: before === 'nothing' ? last : last === 'first' ? 'second' : 'first' },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp_lib_hash4, udp4_lib_lookup4' }],
});
