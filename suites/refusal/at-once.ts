import { addressOf, askPersistently, experiment, FAMILIES, packetCounters } from '../../src/experiment/index.ts';

export default experiment({
  title: 'How soon a refusal on loopback comes',
  asks: 'A connected UDP client asks a loopback port where no one listens, and waits 0.1 s before it would ask again: has it been refused by then, and did any packet go out on the external interface?',
  tags: ['refusal', 'loopback', 'udp'],
  claims: {
    'refusal-is-immediate': { says: { outcome: 'ECONNREFUSED', tries: 1, external: 'still' } },
  },
  axes: { family: FAMILIES },
  needs: ({ family }) => [`${family} loopback`, 'quiet interface'],
  async run({ family }, trial) {
    const client = await trial.part('client');
    const device = trial.facts.externalInterface ?? '';
    const before = await packetCounters(client, device);
    const refused = await askPersistently(trial, client, family, addressOf(trial.facts, family, 'loopback'));
    const after = await packetCounters(client, device);
    return { ...refused, external: after.sent === before.sent ? ('still' as const) : ('moved' as const) };
  },
  expect: { outcome: 'ECONNREFUSED', by: null, tries: 1, external: 'still' },
  known: 'observed',
  cite: [
    { source: 'man-udp', where: 'Error handling' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
