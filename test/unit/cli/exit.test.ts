import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../src/cli/exit.ts';
import type { Verdict } from '../../../src/record/record.ts';

test.each<[number, Verdict[]]>([
  [0, ['pass', 'differs', 'known', 'skipped', 'unjudged']],
  [0, ['unjudged']],
  [0, []],
  [1, ['pass', 'fail', 'unjudged']],
  [1, ['stale', 'known']],
  [3, ['fail', 'error', 'pass']],
])('a run ends with %i after %j', (code, verdicts) => expect(exitCodeOf(verdicts)).toBe(code));
