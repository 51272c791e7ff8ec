import { experiment } from '../../src/experiment/experiment.ts';
import { FAMILIES, PROTOCOLS, serveAndAsk } from '../../src/experiment/scenes.ts';
import { DELIVERED_BY_NAME, UNDER_WINE } from '../grounds.ts';

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
  holds: [
    {
      grounds: DELIVERED_BY_NAME,
      expect: { server: 'ok', answer: { outcome: 'answered', by: 'server' }, received: { count: 1 } },
    },
    { grounds: UNDER_WINE },
  ],
});
