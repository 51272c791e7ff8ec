import { anyOf, bindAs, CROWDS, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A member of a group that is tied to a device afterwards',
  asks: 'The second of two sockets with SO_REUSEPORT is tied to a device by which no packet comes in; who receives from many senders?',
  tags: ['receive', 'group', 'device'],
  axes: { protocol: ['udp', 'tcp'], family: FAMILIES },
  scene: ({ protocol, family }) => ({
    protocol,
    senders: { crowd: { family, at: 'loopback', sources: CROWDS[2] } },
    steps: [
      bindAs('first', `${family}-loopback`, ['SO_REUSEPORT']),
      bindAs('second', `${family}-loopback`, ['SO_REUSEPORT']),
      { op: 'tie', as: 'second', device: 'external' },
    ],
    packets: { crowd: { from: 'crowd', to: 'loopback' } },
  }),
  // A UDP socket leaves the group. A TCP socket stays in it, and is chosen for clients that it can't answer.
  expect: ({ protocol }) => ({
    receives: { crowd: protocol === 'udp' ? 'first' : anyOf(['first', 'no answer', 'reset']) },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp_lib_rehash, inet_lookup_reuseport' }],
});
