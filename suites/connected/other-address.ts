import { bindAs, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'The peer of a connected wildcard asks at another address',
  asks: 'A wildcard UDP socket is connected to a sender of the machine; does that sender reach it at an address other than that of the connection?',
  tags: ['receive', 'connected', 'wildcard'],
  axes: { beside: ['nothing', 'a-specific-socket'], family: FAMILIES },
  scene: ({ beside, family }) => ({
    protocol: 'udp',
    senders: { peer: { family, at: 'external' } },
    steps: [
      bindAs('connected', `${family}-wildcard`, ['SO_REUSEADDR']),
      { op: 'connect', as: 'connected', to: 'peer' },
      ...(beside === 'nothing' ? [] : [bindAs('specific', `${family}-second-external`, ['SO_REUSEADDR'])]),
    ],
    packets: { elsewhere: { from: 'peer', to: 'second-external' } },
  }),
  expect: ({ beside }) => ({ receives: { elsewhere: beside === 'nothing' ? 'refused' : 'specific' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'ip4_datagram_connect, ip6_datagram_connect' }],
});
