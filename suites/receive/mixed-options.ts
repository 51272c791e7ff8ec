import { bindAs, CROWDS, receiving } from '../../src/experiment/index.ts';

const SET = { addr: ['SO_REUSEADDR'], both: ['SO_REUSEADDR', 'SO_REUSEPORT'] } as const;

export default receiving({
  title: 'SO_REUSEPORT on one of two UDP sockets',
  asks: 'Two UDP sockets on one name have SO_REUSEADDR, and none, one or both of them SO_REUSEPORT; who receives from many senders?',
  tags: ['receive', 'options', 'group'],
  axes: {
    name: ['inet-wildcard', 'inet-loopback', 'inet6-wildcard', 'inet6-loopback', 'dual-wildcard', 'mapped-wildcard'],
    first: ['addr', 'both'],
    second: ['addr', 'both'],
  },
  scene: ({ name, first, second }) => {
    const family = name.startsWith('inet6') ? 'inet6' : 'inet';
    return {
      protocol: 'udp',
      senders: { crowd: { family, at: 'loopback', sources: CROWDS[2] } },
      steps: [bindAs('first', name, SET[first]), bindAs('second', name, SET[second])],
      packets: { crowd: { from: 'crowd', to: 'loopback' } },
    };
  },
  expect: ({ name, first, second }) => {
    if (first === 'both' && second === 'both') return { receives: { crowd: 'first or second' } };
    // The newest is the first in the list, but an AF_INET6 socket that has SO_REUSEPORT is put at the end.
    const isAtEnd = second === 'both' && !name.startsWith('inet-');
    return { receives: { crowd: isAtEnd ? 'first' : 'second' } };
  },
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp_lib_get_port, udp_reuseport_add_sock' }],
});
