import { bindAs, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'An IPv4 socket beside an IPv6 socket that takes IPv4 too',
  asks: 'A socket on 0.0.0.0 shares a port with a dual-stack :: or with ::ffff:0.0.0.0; which of them receives over IPv4, and which over IPv6?',
  tags: ['receive', 'wildcard', 'dual-stack'],
  axes: {
    other: ['dual', 'mapped'],
    inet: ['first', 'last'],
    option: ['SO_REUSEADDR', 'SO_REUSEPORT'],
    protocol: ['udp', 'tcp'],
  },
  only: ({ option, protocol }) => option === 'SO_REUSEPORT' || protocol === 'udp',
  scene: ({ other, inet, option, protocol }) => {
    const four = bindAs('AF_INET', 'inet-wildcard', [option]);
    const six = bindAs('AF_INET6', `${other}-wildcard`, [option]);
    return {
      protocol,
      senders: { four: { family: 'inet', at: 'loopback' }, six: { family: 'inet6', at: 'loopback' } },
      steps: inet === 'first' ? [four, six] : [six, four],
      packets: { overIPv4: { from: 'four', to: 'loopback' }, overIPv6: { from: 'six', to: 'loopback' } },
    };
  },
  expect: ({ other }) => ({
    receives: { overIPv4: 'AF_INET', overIPv6: other === 'dual' ? 'AF_INET6' : 'refused' },
  }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'compute_score' }],
});
