import { askAt, experiment, FAMILIES, type Outcome, PROTOCOLS, serveOn } from '../../src/experiment/index.ts';

const KINDS = ['loopback', 'external', 'second-external'] as const;
type Kind = (typeof KINDS)[number];

export default experiment({
  title: "Any of the machine's addresses as the source",
  asks: "A client binds one of the machine's addresses and asks a server on each of them: is it answered, and as whom does the server see it?",
  tags: ['source', 'socket-name'],
  claims: {
    'any-local-source': {
      says: {
        loopback: { outcome: 'answered' },
        external: { outcome: 'answered' },
        'second-external': { outcome: 'answered' },
      },
    },
  },
  axes: { from: KINDS, protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => KINDS.map((kind) => `${family} ${kind}` as const),
  async run({ from, ...net }, trial) {
    const observed = {} as Record<Kind, { outcome: Outcome; source: string | null }>;
    for (const to of KINDS) {
      await serveOn(trial, net, `on ${to}`, to);
      const { outcome, source } = await askAt(trial, net, { to, from });
      observed[to] = { outcome, source };
    }
    return observed;
  },
  expect: ({ from }) => {
    const answered = { outcome: 'answered', source: from } as const;
    return { loopback: answered, external: answered, 'second-external': answered };
  },
  known: 'observed',
  cite: [
    { source: 'rfc1122', where: '3.3.4.3' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
