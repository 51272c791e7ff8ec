import type { Lack } from './needs.ts';

/** A test that was skipped, and what for. */
export interface Skipped {
  /** The file relative to the project, the suites and the test, joined by ` > `. */
  readonly test: string;
  readonly lack: Lack;
}

/** Tests that were skipped for one reason. */
export interface Skips extends Lack {
  readonly count: number;
  readonly tests: readonly string[];
}

/** What is said of a test that is skipped without a reason; CI allows it nowhere. */
export const UNDECLARED: Lack = { need: 'undeclared', reason: 'the test says no reason', enable: null };

/** What was skipped, by reason: those that most tests share first. */
export function grouped(skipped: readonly Skipped[]): Skips[] {
  const groups = new Map<string, { lack: Lack; tests: string[] }>();
  for (const { test, lack } of skipped) {
    const key = JSON.stringify([lack.need, lack.reason, lack.enable]);
    const group = groups.get(key) ?? { lack, tests: [] };
    group.tests.push(test);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ lack, tests }) => ({ ...lack, count: tests.length, tests }))
    .toSorted((one, other) => other.count - one.count || (one.need < other.need ? -1 : 1));
}

/** Columns of a terminal that every line keeps to. */
const WIDTH = 80;
/** Reasons that are listed; of what is beyond only the number is said. */
const MOST = 10;

/** The list for a person: no more than a dozen lines of 80 columns, or none where nothing was skipped. */
export function listed(skips: readonly Skips[], all: number): string[] {
  if (skips.length === 0) return [];
  const shown = skips.length > MOST ? skips.slice(0, MOST - 1) : skips;
  const rest = skips.slice(shown.length);
  const widths = {
    count: Math.max(...shown.map(({ count }) => String(count).length)),
    need: Math.max(...shown.map(({ need }) => need.length)),
  };
  const rows = shown.map(({ count, need, reason, enable }) =>
    shortened(`  ${String(count).padStart(widths.count)}  ${need.padEnd(widths.need)}  ${enable ?? reason}`),
  );
  const more = `  ${sum(rest)} more for ${rest.length} other reasons; BINDSPEC_TEST_SUMMARY=FILE has them all`;
  return [
    `Skipped ${sum(skips)} of ${all} tests, because these are missing:`,
    ...rows,
    ...(rest.length === 0 ? [] : [more]),
  ];
}

function sum(skips: readonly Skips[]): number {
  return skips.reduce((total, { count }) => total + count, 0);
}

function shortened(line: string): string {
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 3)}...`;
}
