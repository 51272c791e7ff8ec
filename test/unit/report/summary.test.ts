import { describe, expect, it } from 'vitest';
import { VERDICTS } from '../../../src/record/record.ts';
import {
  claimCountsInWords,
  countsInWords,
  countVerdicts,
  experimentsOf,
  isUnexpected,
  skipsOf,
  suitesOf,
  worstVerdict,
  WORST_FIRST,
} from '../../../src/report/summary.ts';
import { fixture } from './fixture.ts';

describe('a summary', () => {
  it('ranks every verdict', () => {
    expect([...WORST_FIRST].toSorted()).toEqual([...VERDICTS].toSorted());
  });

  it('counts the verdicts', () => {
    expect(countsInWords(countVerdicts(fixture.cells))).toBe(
      '1 pass, 1 differs, 2 fail, 1 known, 1 stale, 1 unjudged, 2 skipped, 1 error',
    );
    expect(countsInWords(countVerdicts([]))).toBe('');
    expect(claimCountsInWords(fixture.claims)).toBe('1 qualified, 1 untested');
  });

  it('takes the worst verdict for an experiment, and a skip only when nothing ran', () => {
    expect(worstVerdict([{ verdict: 'pass' }, { verdict: 'skipped' }])).toBe('pass');
    expect(worstVerdict([{ verdict: 'differs' }, { verdict: 'known' }, { verdict: 'pass' }])).toBe('known');
    expect(worstVerdict([{ verdict: 'fail' }, { verdict: 'error' }])).toBe('error');
    expect(worstVerdict([{ verdict: 'unjudged' }, { verdict: 'differs' }, { verdict: 'pass' }])).toBe('unjudged');
    expect(worstVerdict([])).toBe('skipped');
    expect(experimentsOf(fixture.cells).map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'refusal/loopback fail',
      'refusal/second-try error',
      'conflict/wildcard stale',
      'conflict/evil fail',
      'conflict/neighbour skipped',
      'source/reply unjudged',
    ]);
  });

  it('groups by suite in the order of the record', () => {
    expect(suitesOf(fixture.cells).map(({ name, cells }) => [name, cells.length])).toEqual([
      ['refusal', 3],
      ['conflict', 6],
      ['source', 1],
    ]);
  });

  it('groups what was skipped by its reason and by what would enable it', () => {
    const [one, , , , , , skipped] = fixture.cells;
    const again = { ...skipped!, id: 'again' };
    expect(skipsOf([one!, skipped!, again, { ...again, enable: 'sudo' }]).map(({ cells }) => cells.length)).toEqual([
      2, 1,
    ]);
  });

  it('calls unexpected what fails a run', () => {
    expect(VERDICTS.filter((verdict) => isUnexpected({ verdict }))).toEqual(['fail', 'stale', 'error']);
  });
});
