import { bindAs, FAMILIES, receiving } from '../../src/experiment/index.ts';

const GROUP = { inet: '239.192.5.6', inet6: 'ff15::5:6' } as const;

export default receiving({
  title: 'A multicast and the machine that sends it',
  asks: 'A sender sets IP_MULTICAST_LOOP or clears it; does a member on its own machine receive, and one on another machine?',
  tags: ['receive', 'multicast', 'options'],
  axes: { loops: ['1', '0'], from: ['machine', 'neighbour'], family: FAMILIES },
  scene: ({ loops, from, family }) => {
    const group = GROUP[family];
    const at = from === 'machine' ? 'external' : 'neighbour';
    return {
      protocol: 'udp',
      senders: { sender: { family, at, loops: loops === '1' ? 1 : 0 } },
      steps: [bindAs('member', `${family}-wildcard`), { op: 'join', as: 'member', group, device: 'external' }],
      packets: { multicast: { from: 'sender', to: { address: group } } },
    };
  },
  expect: ({ loops, from }) => ({
    receives: { multicast: loops === '0' && from === 'machine' ? 'silence' : 'member' },
  }),
  known: 'observed',
  cite: [
    { source: 'man-ip', where: 'IP_MULTICAST_LOOP' },
    { source: 'rfc3493', where: '5.2, IPV6_MULTICAST_LOOP' },
  ],
});
