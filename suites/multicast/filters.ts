import { bindAs, FAMILIES, receiving, type SceneStep } from '../../src/experiment/index.ts';

const GROUP = { inet: '239.192.5.4', inet6: 'ff15::5:4' } as const;
const SOCKETS = ['peer', 'stranger', 'here', 'elsewhere'] as const;

export default receiving({
  title: 'Peers and devices of sockets that receive a multicast',
  asks: 'Several UDP sockets have joined a group: one is connected to the sender, one to another sender, one is tied to the device by which the datagram comes in, and one to another device; which of them receive?',
  tags: ['receive', 'multicast', 'connected', 'device'],
  axes: { from: ['machine', 'neighbour'], family: FAMILIES },
  scene: ({ from, family }) => {
    const group = GROUP[family];
    const at = from === 'machine' ? 'external' : 'neighbour';
    const name = `${family}-wildcard` as const;
    const bound = { ...bindAs('peer', name, ['SO_REUSEADDR']), on: { address: group } };
    return {
      protocol: 'udp',
      senders: { sender: { family, at }, other: { family, at } },
      steps: [
        bound,
        { ...bound, as: 'stranger' },
        bindAs('here', name, ['SO_REUSEADDR'], { device: 'external' }),
        bindAs('elsewhere', name, ['SO_REUSEADDR'], { device: 'second-external' }),
        ...SOCKETS.map((as): SceneStep => ({ op: 'join', as, group, device: 'external' })),
        { op: 'connect', as: 'peer', to: 'sender' },
        { op: 'connect', as: 'stranger', to: 'other' },
      ],
      packets: { multicast: { from: 'sender', to: { address: group } } },
    };
  },
  expect: () => ({ receives: { multicast: 'peer, here' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__udp_is_mcast_sock, __udp_v6_is_mcast_sock' }],
});
