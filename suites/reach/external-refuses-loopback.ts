import { askAt, experiment, FAMILIES, PROTOCOLS, serveAndAsk } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A server on the external address, asked at loopback',
  asks: 'A server binds the external address alone; a client on the same machine asks the loopback address: is it refused, and does the server get nothing? How long does that take beside an answer?',
  tags: ['reach', 'external', 'loopback', 'refusal'],
  claims: {
    'external-refuses-loopback': { says: { answer: { outcome: 'ECONNREFUSED' }, received: { count: 0 } } },
  },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => [`${family} external`, `${family} loopback`],
  async run(net, trial) {
    const refused = await serveAndAsk(trial, net, { on: 'external' }, { to: 'loopback' });
    const reply = await askAt(trial, net, { to: 'external' });
    return { ...refused, beside: { outcome: reply.outcome, milliseconds: reply.milliseconds } };
  },
  expect: {
    server: 'ok',
    answer: { outcome: 'ECONNREFUSED', by: null },
    received: { count: 0, from: [] },
    beside: { outcome: 'answered' },
  },
  known: 'observed',
  cite: [
    { source: 'man-connect', where: 'ERRORS, ECONNREFUSED' },
    { source: 'man-udp', where: 'Error handling' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
