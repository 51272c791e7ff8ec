import { addressOf, experiment, FAMILIES, open, outcomeOf, REQUEST } from '../../src/experiment/index.ts';

export default experiment({
  title: 'A client that does not connect its UDP socket, and a closed port',
  asks: 'A UDP client that has not connected its socket sends to a loopback port where no one listens: does it ever hear of the refusal?',
  tags: ['refusal', 'loopback', 'udp'],
  claims: {
    'external-refuses-loopback': {
      says: { outcome: 'ECONNREFUSED' },
      when: 'the client does not connect its UDP socket',
    },
  },
  axes: { family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`],
  waits: true,
  async run({ family }, trial) {
    const client = await trial.part('client');
    const socket = client.fresh('client');
    const to = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
    const results = await client.do(
      ...open(socket, 'udp', family, 1),
      { op: 'send', on: socket, data: REQUEST, to },
      { op: 'recv', on: socket, within: trial.patience },
    );
    return { sent: outcomeOf(results.at(-2)), outcome: outcomeOf(results.at(-1)) };
  },
  expect: { sent: 'ok', outcome: 'silence' },
  known: 'observed',
  cite: [{ source: 'man-udp', where: 'Error handling' }],
});
