import { bindAs, receiving } from '../../src/experiment/index.ts';

export default receiving({
  title: 'A wildcard that is tied to a device beside one that is not',
  asks: 'One of two wildcard UDP sockets is tied to the external device; who receives what comes in by that device, and who the rest?',
  tags: ['receive', 'device', 'wildcard'],
  axes: {
    tied: ['inet', 'dual', 'inet6'],
    bound: ['tied-first', 'tied-last'],
    from: ['machine', 'neighbour'],
  },
  scene: ({ tied, bound, from }) => {
    const family = tied === 'inet6' ? 'inet6' : 'inet';
    const one = bindAs('tied', `${tied}-wildcard`, ['SO_REUSEADDR'], { device: 'external' });
    const other = bindAs('untied', `${family}-wildcard`, ['SO_REUSEADDR']);
    return {
      protocol: 'udp',
      senders: {
        near: { family, at: 'loopback' },
        far: { family, at: from === 'machine' ? 'external' : 'neighbour' },
      },
      steps: bound === 'tied-first' ? [one, other] : [other, one],
      packets: { byItsDevice: { from: 'far', to: 'external' }, byAnother: { from: 'near', to: 'loopback' } },
    };
  },
  expect: () => ({ receives: { byItsDevice: 'tied', byAnother: 'untied' } }),
  known: 'observed',
  cite: [{ source: 'linux-net', where: 'compute_score' }],
});
