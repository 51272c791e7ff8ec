import { bindAs, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A socket that is tied to a device without its address',
  asks: 'A UDP socket is bound to an address and tied to another device than that of the address; does it receive, and does it hide a wildcard?',
  tags: ['receive', 'device'],
  axes: { on: ['loopback', 'external'], beside: ['nothing', 'wildcard'], family: FAMILIES },
  scene: ({ on, beside, family }) => ({
    protocol: 'udp',
    senders: { sender: { family, at: on } },
    steps: [
      bindAs('tied', `${family}-${on}`, ['SO_REUSEADDR'], { device: on === 'loopback' ? 'external' : 'lo' }),
      ...(beside === 'nothing' ? [] : [bindAs('wildcard', `${family}-wildcard`, ['SO_REUSEADDR'])]),
    ],
    packets: { datagram: { from: 'sender', to: on } },
  }),
  // An IPv6 address must be one of the device's.
  expect: ({ on, beside, family }) => ({
    ...(on === 'loopback' && family === 'inet6' ? { sockets: { tied: 'EADDRNOTAVAIL' } } : {}),
    receives: { datagram: beside === 'nothing' ? 'refused' : 'wildcard' },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'compute_score, __udp4_lib_lookup' }],
});
