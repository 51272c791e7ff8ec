/** What the process ends with. Never a count. */
export const EXIT = { expected: 0, failed: 1, usage: 2, harness: 3, interrupted: 130 } as const;

/** An error that the user can mend; its message says what was wrong, where, and what to do, on one line. */
export class UserError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
  }
}
