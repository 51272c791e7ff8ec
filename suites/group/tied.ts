import { bindAs, CROWDS, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'Two groups of SO_REUSEPORT, one of them tied to a device',
  asks: 'One of two wildcard sockets with SO_REUSEPORT is tied to the device by which the packets come in; who receives?',
  tags: ['receive', 'group', 'device'],
  axes: { tied: ['first', 'last'], from: ['machine', 'neighbour'], protocol: ['udp', 'tcp'], family: FAMILIES },
  scene: ({ tied, from, protocol, family }) => {
    const one = bindAs('tied', `${family}-wildcard`, ['SO_REUSEPORT'], { device: 'external' });
    const other = bindAs('untied', `${family}-wildcard`, ['SO_REUSEPORT']);
    return {
      protocol,
      senders: { crowd: { family, at: from === 'machine' ? 'external' : 'neighbour', sources: CROWDS[2] } },
      steps: tied === 'first' ? [one, other] : [other, one],
      packets: { crowd: { from: 'crowd', to: 'external' } },
    };
  },
  // The walk ends at the first group: that of the newest, or over IPv6 that of the oldest.
  expect: ({ tied, family }) => {
    const isTiedMetFirst = (tied === 'last') === (family === 'inet');
    return { receives: { crowd: isTiedMetFirst ? 'tied' : 'untied' } };
  },
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'udp4_lib_lookup2, inet_lhash2_lookup' }],
});
