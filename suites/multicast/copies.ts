import { bindAs, receiving, type SceneStep } from '../../src/experiment/index.ts';

const GROUP = { inet: '239.192.5.3', inet6: 'ff15::5:3' } as const;
const ALL = ['first', 'second', 'third'] as const;

export default receiving({
  title: 'Copies of a multicast or broadcast',
  asks: 'Three UDP sockets share a wildcard and want a group, or a broadcast is sent to them; does each get a copy, also by SO_REUSEPORT?',
  tags: ['receive', 'multicast', 'broadcast'],
  claims: {
    'exactly-one-receiver': ({ to }) => ({
      says: { receives: { datagram: { not: 'first, second, third' } } },
      when:
        to === 'group'
          ? 'the destination is a multicast group that several sockets joined'
          : 'the destination is a broadcast address',
    }),
  },
  axes: {
    to: ['group', 'broadcast', 'limited-broadcast'],
    socket: ['inet', 'dual', 'inet6'],
    option: ['SO_REUSEADDR', 'SO_REUSEPORT'],
    from: ['machine', 'neighbour'],
  },
  only: ({ to, socket }) => to === 'group' || socket !== 'inet6',
  scene: ({ to, socket, option, from }) => {
    const family = socket === 'inet6' ? 'inet6' : 'inet';
    const group = GROUP[family];
    const joins = to === 'group' ? ALL : [];
    return {
      protocol: 'udp',
      senders: { sender: { family, at: from === 'machine' ? 'external' : 'neighbour' } },
      steps: [
        ...ALL.map((as) => bindAs(as, `${socket}-wildcard`, [option])),
        ...joins.map((as): SceneStep => ({ op: 'join', as, group, device: 'external' })),
      ],
      packets: {
        datagram: {
          from: 'sender',
          to: {
            group: { address: group },
            broadcast: 'broadcast',
            'limited-broadcast': { address: '255.255.255.255' },
          }[to] as { address: string } | 'broadcast',
        },
      },
    };
  },
  expect: () => ({ receives: { datagram: 'first, second, third' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__udp4_lib_mcast_deliver, __udp6_lib_mcast_deliver' }],
});
