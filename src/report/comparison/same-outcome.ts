import type { Outcome } from '../outcomes.ts';

/** Whether two platforms did the same: the same in the same places, as their names are. Every comparison asks here. */
export function sameOutcome(one: readonly Outcome[], other: readonly Outcome[]): boolean {
  return one.length === other.length && one.every((outcome) => sameAt(outcome, other));
}

/** Whether an outcome of one platform is also what the other has in that place. */
export function sameAt({ place, observed }: Outcome, other: readonly Outcome[]): boolean {
  return other.find((outcome) => outcome.place === place)?.observed === observed;
}
