import { bindAs, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'What a disconnect leaves of an IPv6 peer',
  asks: 'A UDP socket connects to a sender and disconnects; from whom does it receive over IPv6 and over IPv4?',
  tags: ['receive', 'connected', 'dual-stack'],
  axes: {
    name: ['inet-wildcard', 'inet6-wildcard', 'inet6-loopback', 'dual-wildcard', 'mapped-wildcard'],
    peer: ['inet', 'inet6'],
  },
  only: ({ name, peer }) => name === 'dual-wildcard' || (peer === 'inet6') === name.startsWith('inet6'),
  scene: ({ name, peer }) => ({
    protocol: 'udp',
    senders: {
      peer: { family: peer, at: 'loopback' },
      samePlace: { family: 'inet6', at: 'loopback' },
      elsewhere: { family: 'inet6', at: 'external' },
      four: { family: 'inet', at: 'external' },
    },
    steps: [bindAs('socket', name), { op: 'connect', as: 'socket', to: 'peer' }, { op: 'disconnect', as: 'socket' }],
    packets: {
      fromPeersAddress: { from: 'samePlace', to: 'loopback' },
      fromElsewhere: { from: 'elsewhere', to: 'loopback' },
      overIPv4: { from: 'four', to: 'loopback' },
    },
  }),
  // An IPv4 peer is remembered as a v4-mapped address, from which no IPv6 datagram comes.
  expect: ({ name, peer }) => ({
    receives: {
      fromPeersAddress: name !== 'inet-wildcard' && peer === 'inet6' ? 'socket' : 'refused',
      fromElsewhere: 'refused',
      overIPv4: name.startsWith('inet6') ? 'refused' : 'socket',
    },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__udp_disconnect' }],
});
