import { bindAs, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'Several UDP sockets on one address by SO_REUSEADDR',
  asks: 'Three UDP sockets with SO_REUSEADDR are bound to one address; which of them receives, and which once the last is closed?',
  tags: ['receive', 'options'],
  claims: {
    'demultiplexed-by-port': {
      says: { receives: { datagram: 'first' } },
      when: 'UDP sockets share an address by SO_REUSEADDR: one of them takes everything',
    },
  },
  axes: { last: ['kept', 'closed'], on: ['loopback', 'wildcard', 'external'], family: FAMILIES },
  scene: ({ last, on, family }) => ({
    protocol: 'udp',
    senders: { client: { family, at: on === 'wildcard' ? 'loopback' : on } },
    steps: [
      ...(['first', 'second', 'third'] as const).map((as) => bindAs(as, `${family}-${on}`, ['SO_REUSEADDR'])),
      ...(last === 'closed' ? [{ op: 'close', as: 'third' } as const] : []),
    ],
    packets: { datagram: { from: 'client', to: on === 'wildcard' ? 'loopback' : on } },
  }),
  expect: ({ last }) => ({ receives: { datagram: last === 'kept' ? 'third' : 'second' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp_lib_get_port, udp4_lib_lookup2, udp6_lib_lookup2' }],
});
