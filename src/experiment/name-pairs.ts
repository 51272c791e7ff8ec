import type { AddressKind } from '../lab/lab.ts';
import type { Family } from '../protocol/messages.ts';
import type { Outcome } from './outcome.ts';
import type { Came } from './planned.ts';

/** The kinds of addresses that a machine has socket names for. */
export const NAME_KINDS = {
  inet: ['wildcard', 'loopback', 'second-loopback', 'external', 'second-external'],
  inet6: ['wildcard', 'loopback', 'external', 'second-external'],
} as const satisfies Record<Family, readonly AddressKind[]>;

/** Every first name with every second one. */
export function namePairs(family: Family): { first: AddressKind; second: AddressKind }[] {
  return NAME_KINDS[family].flatMap((first) => NAME_KINDS[family].map((second) => ({ first, second })));
}

/** For each first name, the second ones that collide with it. */
function collisionsOf(
  family: Family,
  collides: (first: AddressKind, second: AddressKind, place: number) => boolean,
): Record<string, string> {
  const found: Record<string, string[]> = Object.fromEntries(NAME_KINDS[family].map((kind) => [kind, []]));
  for (const [place, { first, second }] of namePairs(family).entries()) {
    if (collides(first, second, place)) found[first]?.push(second);
  }
  return Object.fromEntries(Object.entries(found).map(([first, seconds]) => [first, seconds.join(', ')]));
}

/** The collisions by the rule: two names collide when they are the same, or when one of them is the wildcard. */
export function collisionsByRule(family: Family): Record<string, string> {
  return collisionsOf(family, (first, second) => first === second || first === 'wildcard' || second === 'wildcard');
}

/**
 * The collisions among the sockets of all pairs. The sockets come two by two; in each pair, the first outcome that is not
 * `ok` counts.
 */
export function collisionsIn(
  came: readonly Came[],
  { family }: { family: Family },
): { collisions: Record<string, string>; errors: Outcome[] } {
  const outcomes = namePairs(family).map((_, place) => {
    const [first, second] = came.slice(2 * place, 2 * place + 2);
    if (first === undefined || second === undefined) throw new RangeError(`pair ${place} has no outcome`);
    return first.outcome === 'ok' ? second.outcome : first.outcome;
  });
  return {
    collisions: collisionsOf(family, (_, __, place) => outcomes[place] !== 'ok'),
    errors: [...new Set(outcomes.filter((outcome) => outcome !== 'ok'))],
  };
}
