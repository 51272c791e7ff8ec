import { bindAs, FAMILIES, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A connected UDP socket on an address, and the wildcard',
  asks: 'A UDP socket on the wildcard shares a port with one on an address that is connected; who receives what another sender sends to that address?',
  tags: ['receive', 'connected', 'wildcard'],
  axes: { on: ['loopback', 'external'], connected: ['first', 'last'], family: FAMILIES },
  scene: ({ on, connected, family }) => {
    const wildcard = bindAs('wildcard', `${family}-wildcard`, ['SO_REUSEADDR']);
    const specific = bindAs('connected', `${family}-${on}`, ['SO_REUSEADDR']);
    return {
      protocol: 'udp',
      senders: { peer: { family, at: on }, other: { family, at: on } },
      steps: [
        ...(connected === 'first' ? [specific, wildcard] : [wildcard, specific]),
        { op: 'connect', as: 'connected', to: 'peer' },
      ],
      packets: { fromPeer: { from: 'peer', to: on }, fromOther: { from: 'other', to: on } },
    };
  },
  expect: () => ({ receives: { fromPeer: 'connected', fromOther: 'wildcard' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: '__udp4_lib_lookup, compute_score' }],
});
