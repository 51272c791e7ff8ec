import {
  type AddressKind,
  type Came,
  experiment,
  FAMILIES,
  type Family,
  PROTOCOLS,
  serveAll,
} from '../../src/experiment/index.ts';

const KINDS = {
  inet: ['wildcard', 'loopback', 'second-loopback', 'external', 'second-external'],
  inet6: ['wildcard', 'loopback', 'external', 'second-external'],
} as const satisfies Record<Family, readonly AddressKind[]>;

/** Every first name with every second one. */
function pairs(family: Family): { first: AddressKind; second: AddressKind }[] {
  return KINDS[family].flatMap((first) => KINDS[family].map((second) => ({ first, second })));
}

/** For each first name, the second ones that collide with it. */
function collisionsOf(
  family: Family,
  collides: (first: AddressKind, second: AddressKind, place: number) => boolean,
): Record<string, string> {
  const found: Record<string, string[]> = Object.fromEntries(KINDS[family].map((kind) => [kind, []]));
  for (const [place, { first, second }] of pairs(family).entries()) {
    if (collides(first, second, place)) found[first]?.push(second);
  }
  return Object.fromEntries(Object.entries(found).map(([first, seconds]) => [first, seconds.join(', ')]));
}

/** The rule: two names collide when they are the same, or when one of them is the wildcard. */
function rule(family: Family): Record<string, string> {
  return collisionsOf(family, (first, second) => first === second || first === 'wildcard' || second === 'wildcard');
}

/** What became of the sockets of all pairs, two by two: of each pair the first outcome that is not `ok`. */
export function observed(came: readonly Came[], { family }: { family: Family }) {
  const outcomes = pairs(family).map((_, place) => {
    const [first, second] = came.slice(2 * place, 2 * place + 2);
    if (first === undefined || second === undefined) throw new RangeError(`pair ${place} has no outcome`);
    return first.outcome === 'ok' ? second.outcome : first.outcome;
  });
  return {
    collisions: collisionsOf(family, (_, __, place) => outcomes[place] !== 'ok'),
    errors: [...new Set(outcomes.filter((outcome) => outcome !== 'ok'))],
  };
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
  binds: {
    sockets: (net) =>
      pairs(net.family).flatMap(({ first, second }, port) => [
        { ...net, as: 'first', on: first, port },
        { ...net, as: 'second', on: second, port },
      ]),
    observed,
  },
  run: async (net, trial, sockets) => observed(await serveAll(trial, sockets), net),
  expect: ({ family }) => ({ collisions: rule(family), errors: ['EADDRINUSE'] }),
  known: 'observed',
  cite: [
    { source: 'posix-bind', where: 'ERRORS, EADDRINUSE' },
    { source: 'fpnp', where: 'pp. 30-31' },
  ],
});
