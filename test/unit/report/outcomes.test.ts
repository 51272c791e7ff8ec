import { describe, expect, it } from 'vitest';
import type { CellRecord } from '../../../src/record/record.ts';
import { toldOutcomes } from '../../../src/report/outcomes.ts';
import { disagreements } from '../../../src/experiment/expectation.ts';
import { fixture } from './fixture.ts';

function outcomes(expected: unknown, observation: unknown): string[] {
  const cell: CellRecord = {
    ...fixture.cells[0]!,
    expectation: { expect: expected, known: 'observed', cite: [] },
    observation,
    disagreements: disagreements(expected, observation),
  };
  return toldOutcomes(cell).map(({ place, observed }) => `${place}=${observed}`);
}

describe('the outcomes that were judged', () => {
  it('are what was observed where something was expected', () => {
    expect(outcomes({ a: 'ok', b: { c: ['x', 'y'] } }, { a: 'ok', b: { c: ['x', 'z'], d: 1 }, e: 2 })).toEqual([
      'a=ok',
      'b.c=x, z',
    ]);
    expect(outcomes({ a: [{ b: 1 }, { not: 2 }] }, { a: [{ b: 3, c: 4 }, 5] })).toEqual(['a[0].b=3', 'a[1]=5']);
    expect(outcomes({ a: ['x'] }, { a: [] })).toEqual(['a=none']);
  });

  it('are the bounds that a number kept, and the number where it did not', () => {
    expect(outcomes({ a: { atMost: 5 }, b: { atLeast: 5 } }, { a: 1, b: 1 })).toEqual(['a=at most 5', 'b=1']);
  });

  it('are the whole where it has another shape', () => {
    expect(outcomes('ok', 'EINVAL')).toEqual(['=EINVAL']);
    expect(outcomes({ a: 'ok' }, 'EINVAL')).toEqual(['=EINVAL']);
    expect(outcomes({ a: 'ok', b: 'ok' }, { a: 'ok' })).toEqual(['a=ok', 'b=nothing']);
    expect(outcomes({ a: { oneOf: ['x', 'y'] } }, { a: 'y' })).toEqual(['a=y']);
  });

  it('are none where nothing was observed', () => {
    expect(outcomes({ a: 'ok' }, undefined)).toEqual([]);
  });
});
