import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../../src/record/record.ts';
import { mostTelling, standingsOf } from '../../../../src/report/page/standing.ts';

/** A platform's verdict and group, for example `pass 0`; `-` is a platform on which the cell was not chosen. */
const stands = (...given: string[]) =>
  standingsOf(
    given.map((one) => {
      const [verdict = '', group] = one.split(' ');
      return verdict === '-'
        ? null
        : { verdict: verdict as Verdict, group: group === undefined ? null : Number(group) };
    }),
  );

describe('how platforms stand to each other', () => {
  it('is the same for those that did what most did, whatever their verdict calls it', () => {
    expect(stands('pass 0', 'differs 0', 'unjudged 0', '-')).toEqual(['same', 'same', 'same', null]);
  });

  it('tells documented differences from those that no one has judged', () => {
    expect(stands('pass 0', 'pass 0', 'differs 1', 'pass 2', 'unjudged 3')).toEqual([
      'same',
      'same',
      'differs',
      'differs',
      'unjudged',
    ]);
  });

  it('is a deviation even where most deviate', () => {
    expect(stands('fail 0', 'known 0', 'stale 1', 'pass 1')).toEqual(['deviates', 'deviates', 'deviates', 'same']);
  });

  it('is unobserved where it was skipped or nothing is recorded, and an error stands as an error', () => {
    expect(stands('skipped', 'pass', 'error', 'pass 0')).toEqual(['unobserved', 'unobserved', 'error', 'same']);
  });

  it('calls no one different who passes, where as many did one thing as another', () => {
    expect(stands('pass 0', 'differs 1')).toEqual(['same', 'differs']);
    expect(stands('differs 0', 'pass 1')).toEqual(['differs', 'same']);
    expect(stands('unjudged 0', 'unjudged 1')).toEqual(['unjudged', 'unjudged']);
  });

  it('calls one of two groups different where both pass, so that the cell is among the differences', () => {
    expect(stands('pass 0', 'pass 1')).toEqual(['same', 'differs']);
    expect(stands('pass 1', 'differs 0', 'pass 2')).toEqual(['same', 'differs', 'differs']);
  });

  it('depends on who is compared', () => {
    expect(stands('pass 0', 'pass 0', 'differs 1')[2]).toBe('differs');
    expect(stands('differs 1')).toEqual(['same']);
  });

  it('is taken for several cells from the most telling one', () => {
    expect(mostTelling(['same', null, 'differs', 'unobserved'])).toBe('differs');
    expect(mostTelling(['unobserved', 'same'])).toBe('same');
    expect(mostTelling([null])).toBeNull();
  });
});
