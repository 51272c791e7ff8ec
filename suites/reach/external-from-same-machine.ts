import { experiment, FAMILIES, PROTOCOLS, serveAndAsk } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A server on the external address, asked there from the same machine',
  asks: 'A server binds the external address alone; a client on the same machine asks that address: is it answered, and what is its own socket name?',
  tags: ['reach', 'external', 'socket-name'],
  claims: {
    'external-from-same-machine': { says: { answer: { outcome: 'answered', by: 'server' } } },
    'source-is-external': { says: { answer: { source: 'external' } } },
  },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} external`],
  run: (net, trial) => serveAndAsk(trial, net, { on: 'external' }, { to: 'external' }),
  expect: {
    server: 'ok',
    answer: { outcome: 'answered', by: 'server', source: 'external' },
    received: { count: 1, from: ['external'] },
  },
  known: 'observed',
  cite: [
    { source: 'rfc1122', where: '3.3.4.3' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
