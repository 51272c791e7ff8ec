import { experiment } from '../../src/experiment/experiment.ts';
import type { Outcome } from '../../src/experiment/outcome.ts';
import { FAMILIES, pairUp, PROTOCOLS } from '../../src/experiment/scenes.ts';
import type { AddressKind, Family } from '../../src/experiment/trial.ts';

const KINDS = {
  inet: ['wildcard', 'loopback', 'second-loopback', 'external', 'second-external'],
  inet6: ['wildcard', 'loopback', 'external', 'second-external'],
} as const satisfies Record<Family, readonly AddressKind[]>;

/** The rule: two names collide when they are the same, or when one of them is the wildcard. */
function rule(family: Family): Record<string, string[]> {
  const collisions = KINDS[family].map((first) => [
    first,
    KINDS[family].filter((second) => first === second || first === 'wildcard' || second === 'wildcard'),
  ]);
  return Object.fromEntries(collisions) as Record<string, string[]>;
}

export default experiment({
  title: 'Every pair of socket names on one port',
  asks: "For every pair of the machine's addresses, bound by two processes on one port without options: which second sockets collide with each first one?",
  tags: ['conflict', 'socket-name', 'wildcard'],
  claims: {
    'names-not-ports': ({ family }) => ({ says: { collisions: rule(family) } }),
  },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => KINDS[family].map((kind) => `${family} ${kind}` as const),
  async run(net, trial) {
    const collisions: Record<string, string[]> = {};
    const errors = new Set<Outcome>();
    for (const first of KINDS[net.family]) {
      collisions[first] = [];
      for (const second of KINDS[net.family]) {
        const port = await trial.anotherPort();
        const pair = await pairUp(trial, net, { on: first, port }, { on: second, port });
        const outcome = pair.first === 'ok' ? pair.second : pair.first;
        if (outcome === 'ok') continue;
        collisions[first].push(second);
        errors.add(outcome);
      }
    }
    return { collisions, errors: [...errors] };
  },
  expect: ({ family }) => ({ collisions: rule(family), errors: ['EADDRINUSE'] }),
  known: 'observed',
  cite: [
    { source: 'posix-bind', where: 'ERRORS, EADDRINUSE' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
  differs: [
    {
      on: ['windows'],
      expect: ({ family }) => ({
        collisions: Object.fromEntries(KINDS[family].map((kind) => [kind, [kind]])),
        errors: ['WSAEADDRINUSE'],
      }),
      because: 'Windows lets the wildcard and a specific address share a port unless one asks for exclusive use.',
      known: 'vendor',
      cite: [{ source: 'ms-exclusive', where: 'table of bind behavior, same user account' }],
    },
  ],
});
