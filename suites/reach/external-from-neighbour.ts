import { experiment, FAMILIES, PROTOCOLS, serveAndAsk } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A server on the external address, asked from another machine',
  asks: 'A server binds the external address alone; does a client on a neighbouring machine get an answer?',
  tags: ['reach', 'external', 'neighbour'],
  claims: {
    'external-from-neighbour': { says: { answer: { outcome: 'answered', by: 'server' } } },
    'only-wildcard-reaches-lan': ({ protocol }) =>
      protocol === 'tcp' ? { says: { answer: { outcome: { not: 'answered' } } } } : null,
  },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} external`, `${family} neighbour`, 'neighbour'],
  run: (net, trial) => serveAndAsk(trial, net, { on: 'external' }, { host: 'neighbour', to: 'external' }),
  expect: {
    server: 'ok',
    answer: { outcome: 'answered', by: 'server', source: 'neighbour' },
    received: { count: 1, from: ['neighbour'] },
  },
  known: 'observed',
  cite: [
    { source: 'man-ip', where: 'Address format' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
