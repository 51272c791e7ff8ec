import { bindAs, CROWDS, receiving, type SceneStep } from '../../src/experiment/index.ts';

const GROUP = '239.192.5.5';
const MANY = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];

export default receiving({
  title: 'A multicast and a member of a group that does not want it',
  asks: 'One of two UDP sockets with SO_REUSEPORT wants a multicast and the other has IP_MULTICAST_ALL off; does the other get it, sent by the machine or by a neighbour, alone on the port or with nine more that do not want it?',
  tags: ['receive', 'multicast', 'group', 'neighbour'],
  axes: { from: ['machine', 'neighbour'], beside: ['nothing', 'nine-more'] },
  scene: ({ from, beside }) => {
    const more = beside === 'nothing' ? [] : MANY;
    const unwilling = (as: string): SceneStep => ({ op: 'set', as, option: 'IP_MULTICAST_ALL', value: 0 });
    return {
      protocol: 'udp',
      senders: {
        crowd: { family: 'inet', at: from === 'machine' ? 'external' : 'neighbour', sources: CROWDS[2] },
      },
      steps: [
        bindAs('willing', 'inet-wildcard', ['SO_REUSEPORT']),
        bindAs('unwilling', 'inet-wildcard', ['SO_REUSEPORT']),
        ...more.map((as) => ({ ...bindAs(as, 'inet-loopback', ['SO_REUSEPORT']), by: 'more' })),
        unwilling('unwilling'),
      ],
      packets: { multicast: { from: 'crowd', to: { address: GROUP } } },
      subscribed: [{ group: GROUP, device: 'external' }],
    };
  },
  // With at most ten sockets on the port, early demultiplexing hands what comes from outside to the group of the only socket that
  // wants it, and the group's hash chooses.
  expect: ({ from, beside }) => ({
    receives: { multicast: from === 'neighbour' && beside === 'nothing' ? 'unwilling or willing' : 'willing' },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__udp4_lib_mcast_demux_lookup, inet_steal_sock' }],
});
