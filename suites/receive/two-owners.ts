import { bindAs, CROWDS, receiving } from '../../src/experiment/index.ts';

const SET = { addr: ['SO_REUSEADDR'], both: ['SO_REUSEADDR', 'SO_REUSEPORT'] } as const;

export default receiving({
  title: 'Two users on one name',
  asks: 'A second user binds the name that a first user has, both with SO_REUSEADDR or both with SO_REUSEPORT too; who receives from many senders?',
  tags: ['receive', 'options', 'uid', 'security'],
  claims: {
    'demultiplexed-by-port': {
      says: { receives: { crowd: 'first' } },
      when: 'another user shares the name by SO_REUSEADDR',
    },
  },
  axes: {
    name: ['inet-wildcard', 'inet-loopback', 'inet6-loopback', 'dual-wildcard'],
    set: ['addr', 'both'],
    protocol: ['udp', 'tcp'],
  },
  scene: ({ name, set, protocol }) => ({
    protocol,
    senders: { crowd: { family: name.startsWith('inet6') ? 'inet6' : 'inet', at: 'loopback', sources: CROWDS[2] } },
    steps: [bindAs('first', name, SET[set]), bindAs('second', name, SET[set], { otherUser: true })],
    packets: { crowd: { from: 'crowd', to: 'loopback' } },
  }),
  expect: ({ name, set, protocol }) => {
    if (protocol === 'tcp') return { sockets: { second: 'EADDRINUSE' }, receives: { crowd: 'first' } };
    // Sockets of two users are in two groups; the first group of the list gets everything.
    const isAtEnd = set === 'both' && !name.startsWith('inet-');
    return { receives: { crowd: isAtEnd ? 'first' : 'second' } };
  },
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp_reuseport_add_sock, inet_reuseport_add_sock' }],
});
