import { bindAs, receiving } from '../../src/experiment/index.ts';

const MEMBERS = ['first', 'second', 'third'] as const;

export default receiving({
  title: 'One sender and a group of SO_REUSEPORT',
  asks: 'Three UDP sockets on one name set SO_REUSEPORT; does a sender get the same one each time, also if it asks other addresses of the machine?',
  tags: ['receive', 'options', 'group'],
  axes: {
    name: ['inet-wildcard', 'inet-external', 'inet6-wildcard', 'inet6-external', 'dual-wildcard'],
    asks: ['one-address', 'every-address'],
  },
  only: ({ name, asks }) => asks === 'one-address' || name.endsWith('wildcard'),
  scene: ({ name, asks }) => ({
    protocol: 'udp',
    senders: { client: { family: name.startsWith('inet6') ? 'inet6' : 'inet', at: 'external' } },
    steps: MEMBERS.map((as) => bindAs(as, name, ['SO_REUSEPORT'])),
    packets: {
      datagrams:
        asks === 'one-address'
          ? { from: 'client', to: 'external', times: 16 }
          : { from: 'client', to: ['external', 'second-external', 'loopback'], times: 4 },
    },
  }),
  // The hash takes the sender's address and port, and the address of the list: the wildcard.
  expect: () => ({ receives: { datagrams: { oneOf: MEMBERS } } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'inet_lookup_reuseport, inet_ehashfn' }],
});
