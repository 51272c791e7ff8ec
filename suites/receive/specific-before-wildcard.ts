import { bindAs, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A specific address beside the wildcard',
  asks: 'A socket on one address and a socket on the wildcard share a port; who receives what is sent to that address, and who what is sent to another?',
  tags: ['receive', 'wildcard'],
  claims: {
    'exactly-one-receiver': { says: { receives: { itsOwn: 'specific', another: 'wildcard' } } },
  },
  axes: {
    bound: ['specific-first', 'wildcard-first'],
    on: ['loopback', 'external'],
    option: ['SO_REUSEADDR', 'SO_REUSEPORT'],
    protocol: ['udp', 'tcp'],
    family: FAMILIES,
  },
  // Two TCP listeners whose addresses overlap need SO_REUSEPORT.
  only: ({ option, protocol }) => option === 'SO_REUSEPORT' || protocol === 'udp',
  scene: ({ bound, on, option, protocol, family }) => {
    const specific = bindAs('specific', `${family}-${on}`, [option]);
    const wildcard = bindAs('wildcard', `${family}-wildcard`, [option]);
    return {
      protocol,
      senders: { client: { family, at: on } },
      steps: bound === 'specific-first' ? [specific, wildcard] : [wildcard, specific],
      packets: { itsOwn: { from: 'client', to: on }, another: { from: 'client', to: 'second-external' } },
    };
  },
  expect: () => ({ receives: { itsOwn: 'specific', another: 'wildcard' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__udp4_lib_lookup, __inet_lookup_listener' }],
});
