import type { CellRecord } from '../record/record.ts';
import { disagreements as disagreementsOf, isRange } from '../experiment/expectation.ts';
import { expectedInWords, observedInWords } from './words.ts';

/** One outcome that is shown: its place in the observation, and the value there. */
export interface ToldOutcome {
  place: string;
  observed: string;
}

/**
 * What was observed wherever something was expected, in the order of the expectation; all of it where no one has said
 * what to expect. The rest of an observation, such as times, is in the record. A number that had to lie within bounds
 * is shown as the bounds that it kept, so that cells which agree read alike.
 */
export function toldOutcomes({ verdict, expectation, observation, disagreements }: CellRecord): ToldOutcome[] {
  if (observation === undefined) return [];
  // What was observed names its own places.
  if (verdict === 'unjudged') return leaves(observation, observation, '', new Set());
  if (!expectation) return [];
  const wrong = new Set(disagreements.map(({ path }) => path));
  return leaves(expectation.expect, observation, '', wrong);
}

/**
 * What was observed wherever something is expected elsewhere, likewise: to see two platforms in the same places if only
 * one of them is judged there.
 */
export function outcomesBy(expected: unknown, observation: unknown): ToldOutcome[] {
  const wrong = new Set(disagreementsOf(expected, observation).map(({ path }) => path));
  return leaves(expected, observation, '', wrong);
}

function leaves(expected: unknown, observed: unknown, path: string, wrong: ReadonlySet<string>): ToldOutcome[] {
  const keys = typeof expected === 'object' && expected !== null ? Object.keys(expected) : [];
  if (isRange(expected) && typeof observed === 'number' && !wrong.has(path)) {
    return [{ place: path, observed: expectedInWords(expected) }];
  }
  if (Array.isArray(observed) && Array.isArray(expected) && observed.every(isPlain) && expected.every(isPlain)) {
    return [{ place: path, observed: observed.map(observedInWords).join(', ') || 'none' }];
  }
  const inside = typeof observed === 'object' && observed !== null && keys.some((key) => Object.hasOwn(observed, key));
  if (!inside) return [{ place: path, observed: observedInWords(observed) }];
  return keys.flatMap((key) => {
    const place = Array.isArray(expected) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const value = Object.hasOwn(observed, key) ? (observed as Record<string, unknown>)[key] : undefined;
    return leaves((expected as Record<string, unknown>)[key], value, place, wrong);
  });
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
