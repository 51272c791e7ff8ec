import { bindAs, FAMILIES, PROTOCOLS, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'The device of what the machine sends to itself',
  asks: 'One wildcard is tied to lo and one to the external device; which of them receives what the machine sends to its own external address?',
  tags: ['receive', 'device'],
  axes: { bound: ['lo-first', 'lo-last'], protocol: PROTOCOLS, family: FAMILIES },
  scene: ({ bound, protocol, family }) => {
    const ties = [
      bindAs('on lo', `${family}-wildcard`, [], { device: 'lo' }),
      bindAs('on external', `${family}-wildcard`, [], { device: 'external' }),
    ];
    return {
      protocol,
      senders: { near: { family, at: 'loopback' }, own: { family, at: 'external' } },
      steps: bound === 'lo-first' ? ties : ties.toReversed(),
      packets: { atLoopback: { from: 'near', to: 'loopback' }, atExternal: { from: 'own', to: 'external' } },
    };
  },
  // The bytes pass lo, and the device that counts is that of the destination.
  expect: () => ({ receives: { atLoopback: 'on lo', atExternal: 'on external' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'ip_route_output_key_hash_rcu, inet_iif, inet6_iif' }],
});
