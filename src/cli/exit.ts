import type { Verdict } from '../record/record.ts';

/** What the process ends with. Never a count. */
export const EXIT = { expected: 0, failed: 1, usage: 2, harness: 3, interrupted: 130 } as const;

/** What a run ends with, from the verdicts of its cells. What nobody could judge fails no run. */
export function exitCodeOf(verdicts: Iterable<Verdict>): number {
  const found = new Set(verdicts);
  if (found.has('error')) return EXIT.harness;
  return found.has('fail') || found.has('stale') ? EXIT.failed : EXIT.expected;
}

/** An error that the user can mend; its message says what was wrong, where, and what to do, on one line. */
export class UserError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
  }
}
