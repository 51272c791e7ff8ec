import type { CellRecord } from '../../record/record.ts';
import { outcomesBy, type ToldOutcome } from '../outcomes.ts';

/** What is expected of a cell on the platforms that are compared; none where none of them is judged. */
export function shapesOf(cells: readonly Pick<CellRecord, 'expectation'>[]): unknown[] {
  return cells.flatMap(({ expectation }) => (expectation ? [expectation.expect] : []));
}

/**
 * What was observed wherever any of the platforms is judged, so that all are seen in the same places. Where none is, all
 * that was observed, except times, which are never the same.
 */
export function outcomesIn(
  { observation }: Pick<CellRecord, 'observation'>,
  shapes: readonly unknown[],
): ToldOutcome[] {
  if (observation === undefined) return [];
  if (shapes.length === 0) return outcomesBy(observation, observation).filter(({ observed }) => !isTime(observed));
  const found = new Map<string, ToldOutcome>();
  for (const shape of shapes) {
    for (const outcome of outcomesBy(shape, observation)) {
      if (!found.has(outcome.place)) found.set(outcome.place, outcome);
    }
  }
  return [...found.values()];
}

/** Milliseconds have a fraction; counts and lengths have none. */
function isTime(observed: string): boolean {
  return /^\d+\.\d+$/.test(observed);
}
