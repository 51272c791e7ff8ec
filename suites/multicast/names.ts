import { bindAs, FAMILIES, receiving, type SceneStep } from '../../src/experiment/index.ts';

const GROUP = { inet: '239.192.5.1', inet6: 'ff15::5:1' } as const;

export default receiving({
  title: 'The names under which sockets receive a multicast',
  asks: 'UDP sockets on the wildcard, on the group and on an address of the machine have all joined a group; which of them receive what is sent to it?',
  tags: ['receive', 'multicast'],
  claims: {
    'exactly-one-receiver': {
      says: { receives: { multicast: { not: 'wildcard, group' } } },
      when: 'the destination is a multicast group that several sockets joined',
    },
  },
  axes: { option: ['SO_REUSEADDR', 'SO_REUSEPORT'], from: ['machine', 'neighbour'], family: FAMILIES },
  scene: ({ option, from, family }) => {
    const group = GROUP[family];
    const join = (as: string): SceneStep => ({ op: 'join', as, group, device: 'external' });
    return {
      protocol: 'udp',
      senders: { sender: { family, at: from === 'machine' ? 'external' : 'neighbour' } },
      steps: [
        bindAs('wildcard', `${family}-wildcard`, [option]),
        { ...bindAs('group', `${family}-wildcard`, [option]), on: { address: group } },
        bindAs('unicast', `${family}-external`, [option]),
        ...['wildcard', 'group', 'unicast'].map(join),
      ],
      packets: { multicast: { from: 'sender', to: { address: group } } },
    };
  },
  expect: () => ({ receives: { multicast: 'wildcard, group' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__udp_is_mcast_sock, __udp_v6_is_mcast_sock' }],
});
