import { bindAs, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A dual-stack UDP socket that is connected over IPv6',
  asks: 'A dual-stack UDP socket is connected to a sender on ::1; does it receive over IPv4 at 127.0.0.6, from the same port number or from another?',
  tags: ['receive', 'connected', 'dual-stack'],
  axes: { port: ['of-the-peer', 'another'], to: ['127.0.0.6', '127.0.0.1'] },
  scene: ({ port, to }) => ({
    protocol: 'udp',
    senders: {
      peer: { family: 'inet6', at: 'loopback' },
      four: { family: 'inet', at: 'loopback', ...(port === 'of-the-peer' ? { portOf: 'peer' } : {}) },
    },
    steps: [bindAs('connected', 'dual-wildcard'), { op: 'connect', as: 'connected', to: 'peer' }],
    packets: { fromPeer: { from: 'peer', to: 'loopback' }, overIPv4: { from: 'four', to: { address: to } } },
  }),
  // connect() writes 127.0.0.6 as a placeholder where the IPv4 address would be.
  expect: ({ port, to }) => ({
    receives: {
      fromPeer: 'connected',
      overIPv4: port === 'of-the-peer' && to === '127.0.0.6' ? 'connected' : 'refused',
    },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__ip6_datagram_connect, udp4_lib_lookup1' }],
  needs: ['loopback network'],
});
