import { describe, expect, it } from 'vitest';
import { isOtherTiming, timingOf } from '../../../../src/report/diff/timing.ts';

describe('a time', () => {
  it.each([
    [99.9, 'at once'],
    [100, 'after a wait'],
    [999.9, 'after a wait'],
    [1000, 'after seconds'],
  ])('of %s ms is %s', (milliseconds, timing) => {
    expect(timingOf(milliseconds)).toBe(timing);
  });

  it.each([
    ['is another from twice as long on', 60, 120, true],
    ['that is less than twice as long is the same across a border', 60, 119.9, false],
    ['is another in whichever order', 1800, 900, true],
    ['of one class is the same however much longer', 101, 990, false],
  ])('%s: %s and %s ms', (_, one, other, expected) => {
    expect(isOtherTiming(one, other)).toBe(expected);
  });
});
