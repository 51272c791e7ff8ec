import { bindAs, receiving } from '../../src/experiment/index.ts';

const LIMITED = { address: '255.255.255.255' } as const;

export default receiving({
  title: 'The names under which sockets receive a broadcast',
  asks: 'UDP sockets are bound to 0.0.0.0, a dual-stack ::, the broadcast addresses and an address of the machine; which of them receive a broadcast?',
  tags: ['receive', 'broadcast', 'wildcard'],
  axes: { to: ['broadcast', 'limited'], from: ['machine', 'neighbour'] },
  scene: ({ to, from }) => ({
    protocol: 'udp',
    senders: { sender: { family: 'inet', at: from === 'machine' ? 'external' : 'neighbour' } },
    steps: [
      bindAs('wildcard', 'inet-wildcard', ['SO_REUSEADDR']),
      bindAs('dual', 'dual-wildcard', ['SO_REUSEADDR']),
      bindAs('broadcast', 'inet-broadcast', ['SO_REUSEADDR']),
      { ...bindAs('limited', 'inet-wildcard', ['SO_REUSEADDR']), on: LIMITED },
      bindAs('unicast', 'inet-external', ['SO_REUSEADDR']),
    ],
    packets: { datagram: { from: 'sender', to: to === 'broadcast' ? 'broadcast' : LIMITED } },
  }),
  expect: ({ to }) => ({ receives: { datagram: `wildcard, dual, ${to}` } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__udp_is_mcast_sock' }],
});
