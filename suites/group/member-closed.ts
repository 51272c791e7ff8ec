import { bindAs, CROWDS, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A member of a group that is closed',
  asks: 'One of three sockets with SO_REUSEPORT is closed; do the two others share what is sent afterwards?',
  tags: ['receive', 'group'],
  axes: {
    name: ['inet-wildcard', 'inet-loopback', 'inet6-wildcard', 'inet6-loopback', 'dual-wildcard'],
    closed: ['first', 'second', 'third'],
    protocol: ['udp', 'tcp'],
  },
  scene: ({ name, closed, protocol }) => ({
    protocol,
    senders: { crowd: { family: name.startsWith('inet6') ? 'inet6' : 'inet', at: 'loopback', sources: CROWDS[2] } },
    steps: [
      ...(['first', 'second', 'third'] as const).map((as) => bindAs(as, name, ['SO_REUSEPORT'])),
      { op: 'close', as: closed },
    ],
    packets: { crowd: { from: 'crowd', to: 'loopback' } },
  }),
  expect: ({ closed }) => ({
    receives: { crowd: ['first', 'second', 'third'].filter((as) => as !== closed).join(' or ') },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'reuseport_detach_sock, reuseport_stop_listen_sock' }],
});
