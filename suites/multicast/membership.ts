import { bindAs, receiving, type SceneStep } from '../../src/experiment/index.ts';

const GROUP = { inet: '239.192.5.2', inet6: 'ff15::5:2' } as const;
const DEVICES = { here: 'external', elsewhere: 'second-external' } as const;

export default receiving({
  title: 'A multicast and a socket that joined it, or did not',
  asks: 'A wildcard UDP socket has joined a group on the device by which a datagram comes in, on another, or not at all, and IP_MULTICAST_ALL is as it was or is set; does it receive what the machine takes?',
  tags: ['receive', 'multicast', 'options'],
  axes: {
    socket: ['inet', 'dual', 'inet6'],
    joined: ['here', 'elsewhere', 'not'],
    all: ['as-it-was', '0', '1'],
    from: ['machine', 'neighbour'],
  },
  scene: ({ socket, joined, all, from }) => {
    const family = socket === 'inet6' ? 'inet6' : 'inet';
    const group = GROUP[family];
    const option = family === 'inet6' ? 'IPV6_MULTICAST_ALL' : 'IP_MULTICAST_ALL';
    const join: SceneStep[] = joined === 'not' ? [] : [{ op: 'join', as: 'socket', group, device: DEVICES[joined] }];
    return {
      protocol: 'udp',
      senders: { sender: { family, at: from === 'machine' ? 'external' : 'neighbour' } },
      steps: [
        bindAs('socket', `${socket}-wildcard`),
        ...join,
        ...(all === 'as-it-was' ? [] : [{ op: 'set', as: 'socket', option, value: all === '1' ? 1 : 0 } as const]),
      ],
      packets: { multicast: { from: 'sender', to: { address: group } } },
      subscribed: [{ group, device: 'external' }],
    };
  },
  // IPv6 does not look at the device of the membership. The option is on from the start; only for IPv4 on an AF_INET6 socket it is off.
  expect: ({ socket, joined, all }) => {
    const isMember = joined === 'here' || (joined === 'elsewhere' && socket === 'inet6');
    const takesAll = all === '1' || (all === 'as-it-was' && socket !== 'dual');
    return { receives: { multicast: isMember || takesAll ? 'socket' : 'silence' } };
  },
  known: 'observed',
  cite: [
    { source: 'man-ip', where: 'IP_MULTICAST_ALL' },
    { source: 'linux-net', where: 'ip_mc_sf_allow, inet6_mc_check' },
  ],
});
