import process from 'node:process';

/** Has the tests try all the random cases that they name. CI sets it; without it they try a fifth of them. */
const ALL_VARIABLE = 'BINDSPEC_ALL_CASES';

/** How many random cases a property is tried with: `all` of them, or a fifth where nothing asks for all. */
export function caseCount(all: number): number {
  return process.env[ALL_VARIABLE] === undefined ? Math.ceil(all / 5) : all;
}
