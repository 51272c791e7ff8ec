import { sameOutcome } from '../../protocol/outcome-class.ts';
import type { ToldOutcome } from '../outcomes.ts';

/** Whether two platforms did the same: the same in the same places. */
export function sameOutcomes(one: readonly ToldOutcome[], other: readonly ToldOutcome[]): boolean {
  return one.length === other.length && one.every((outcome) => sameAt(outcome, other));
}

/**
 * Whether an outcome of one platform is also what the other has in that place. Systems have different names for one
 * error, so errors are compared by their class; of several outcomes in one place, each with its counterpart.
 */
export function sameAt({ place, observed }: ToldOutcome, other: readonly ToldOutcome[]): boolean {
  const there = other.find((outcome) => outcome.place === place)?.observed.split(', ');
  const here = observed.split(', ');
  return there?.length === here.length && here.every((word, index) => sameOutcome(word, there[index] ?? ''));
}
