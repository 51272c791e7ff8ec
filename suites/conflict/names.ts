import { experiment } from '../../src/experiment/experiment.ts';
import type { Outcome } from '../../src/experiment/outcome.ts';
import { FAMILIES, pairUp, PROTOCOLS } from '../../src/experiment/scenes.ts';
import type { AddressKind } from '../../src/lab/lab.ts';
import type { Family } from '../../src/protocol/messages.ts';

const KINDS = {
  inet: ['wildcard', 'loopback', 'second-loopback', 'external', 'second-external'],
  inet6: ['wildcard', 'loopback', 'external', 'second-external'],
} as const satisfies Record<Family, readonly AddressKind[]>;

/** The rule: two names collide when they are the same, or when one of them is the wildcard. */
function rule(family: Family): Record<string, Outcome> {
  const table: Record<string, Outcome> = {};
  for (const first of KINDS[family]) {
    for (const second of KINDS[family]) {
      const collide = first === second || first === 'wildcard' || second === 'wildcard';
      table[`${first}, then ${second}`] = collide ? 'EADDRINUSE' : 'ok';
    }
  }
  return table;
}

export default experiment({
  title: 'Every pair of socket names on one port',
  asks: "For every pair of the machine's addresses, bound by two processes on one port without options: which pairs collide?",
  tags: ['conflict', 'socket-name', 'wildcard'],
  claims: {
    'names-not-ports': ({ family }) => ({ says: rule(family) }),
  },
  axes: { protocol: PROTOCOLS, family: FAMILIES },
  needs: ({ family }) => KINDS[family].map((kind) => `${family} ${kind}` as const),
  async run(net, trial) {
    const observed: Record<string, Outcome> = {};
    for (const first of KINDS[net.family]) {
      for (const second of KINDS[net.family]) {
        const port = await trial.anotherPort();
        const pair = await pairUp(trial, net, { on: first, port }, { on: second, port });
        observed[`${first}, then ${second}`] = pair.first === 'ok' ? pair.second : pair.first;
      }
    }
    return observed;
  },
  expect: ({ family }) => rule(family),
  known: 'observed',
  cite: [
    { source: 'posix-bind', where: 'ERRORS, EADDRINUSE' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
