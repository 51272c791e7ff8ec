import { bindAs, FAMILIES, receiving, type SceneStep } from '../../src/experiment/index.ts';

const GROUP = { inet: '239.192.5.8', inet6: 'ff15::5:8' } as const;

export default receiving({
  title: 'A multicast and a socket that left the group',
  asks: 'Two UDP sockets have joined a group, with IP_MULTICAST_ALL as it is or off, and the second leaves it or is closed; who receives?',
  tags: ['receive', 'multicast'],
  axes: { second: ['leaves', 'is-closed'], all: ['as-it-was', '0'], family: FAMILIES },
  scene: ({ second, all, family }) => {
    const group = GROUP[family];
    const option = family === 'inet6' ? 'IPV6_MULTICAST_ALL' : 'IP_MULTICAST_ALL';
    const ready = (as: string): SceneStep[] => [
      bindAs(as, `${family}-wildcard`, ['SO_REUSEADDR']),
      ...(all === '0' ? [{ op: 'set', as, option, value: 0 } as const] : []),
      { op: 'join', as, group, device: 'external' },
    ];
    return {
      protocol: 'udp',
      senders: { sender: { family, at: 'neighbour' } },
      steps: [
        ...ready('first'),
        ...ready('second'),
        second === 'leaves' ? { op: 'leave', as: 'second', group, device: 'external' } : { op: 'close', as: 'second' },
      ],
      packets: { multicast: { from: 'sender', to: { address: group } } },
    };
  },
  // A socket that never joined, or has left, takes what any other socket of the machine has joined.
  expect: ({ second, all }) => ({
    receives: { multicast: second === 'leaves' && all === 'as-it-was' ? 'first, second' : 'first' },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'ip_mc_sf_allow, inet6_mc_check' }],
});
