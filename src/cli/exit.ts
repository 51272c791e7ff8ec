import type { Verdict } from '../record/record.ts';

/** What the process ends with. Never a count. */
export const EXIT = { expected: 0, failed: 1, usage: 2, harness: 3, interrupted: 130 } as const;

/** What each of these means, for people. */
export const EXIT_CODES: Readonly<Record<(typeof EXIT)[keyof typeof EXIT], string>> = {
  0: 'everything is as expected',
  1: 'something failed or differs, or a known deviation is gone',
  2: 'wrong usage, or something that bindspec needs is missing',
  3: 'bindspec itself failed, or its output could not be written',
  130: 'interrupted',
};

/** The exit code of a run, from the verdicts of its cells. Cells that no one can judge never fail a run. */
export function exitCodeOf(verdicts: Iterable<Verdict>): number {
  const found = new Set(verdicts);
  if (found.has('error')) return EXIT.harness;
  return found.has('fail') || found.has('stale') ? EXIT.failed : EXIT.expected;
}

/** An error that the user can fix; its message says what was wrong, where, and what to do, on one line. */
export class UserError extends Error {
  readonly exitCode: number;
  /** A line for each thing that is wrong. */
  readonly lines: readonly string[];

  /** @param lines one line, or one for each thing that is wrong */
  constructor(lines: string | readonly string[], exitCode: number = EXIT.usage) {
    const all = typeof lines === 'string' ? [lines] : lines;
    super(all.join('\n'));
    this.name = 'UserError';
    this.lines = all;
    this.exitCode = exitCode;
  }
}
