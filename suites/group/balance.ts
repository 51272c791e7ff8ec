import { bindAs, CROWDS, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'The balanced groups of FreeBSD',
  asks: 'Two sockets on one name set SO_REUSEPORT_LB; do they share the senders, where the system has that option?',
  tags: ['receive', 'options', 'group'],
  axes: {
    name: ['inet-wildcard', 'inet-loopback', 'inet6-wildcard', 'inet6-loopback', 'dual-wildcard'],
    protocol: ['udp', 'tcp'],
  },
  scene: ({ name, protocol }) => ({
    protocol,
    senders: { crowd: { family: name.startsWith('inet6') ? 'inet6' : 'inet', at: 'loopback', sources: CROWDS[2] } },
    steps: [bindAs('first', name, ['SO_REUSEPORT_LB']), bindAs('second', name, ['SO_REUSEPORT_LB'])],
    packets: { crowd: { from: 'crowd', to: 'loopback' } },
  }),
  expect: () => ({
    sockets: { first: 'not available here', second: 'not available here' },
    receives: { crowd: 'refused' },
  }),
  known: 'observed',
  cite: [{ source: 'man-socket', where: 'Socket options' }],
});
