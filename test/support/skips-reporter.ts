import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';
import type { Lack } from './needs.ts';
import { grouped, listed, UNDECLARED, type Skipped, type Skips } from './skips.ts';

/** Names the file that gets a `TestSummary` as JSON. */
const SUMMARY_VARIABLE = 'BINDSPEC_TEST_SUMMARY';

/** What a script of CI reads of a run of the tests. */
interface TestSummary {
  passed: number;
  failed: number;
  skipped: number;
  /** What was skipped, by reason; each has `need`, `reason`, `enable` (a line or null), `count` and `tests`. */
  skips: readonly Skips[];
}

/**
 * Says at the end what was skipped, why, and the line that enables it; and writes it as JSON to the file that
 * BINDSPEC_TEST_SUMMARY names, with the numbers of tests that passed, failed and were skipped.
 */
export default class SkipsReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const skips = grouped(tests.flatMap((test) => this.#skipped(test)));
    const summary: TestSummary = { passed: count('passed'), failed: count('failed'), skipped: count('skipped'), skips };
    const file = process.env[SUMMARY_VARIABLE];
    if (file !== undefined && file !== '') writeFileSync(file, `${JSON.stringify(summary, null, 2)}\n`);
    const lines = listed(skips, tests.length);
    if (lines.length > 0) this.#vitest?.logger.log(`\n${lines.join('\n')}\n`);
  }

  #skipped(test: TestCase): Skipped[] {
    if (test.result().state !== 'skipped') return [];
    const lack = lackOf(test);
    // What -t leaves out is skipped for no other reason.
    if (lack === undefined && this.#vitest?.getGlobalTestNamePattern() !== undefined) return [];
    const file = path.relative(this.#vitest?.config.root ?? '.', test.module.moduleId);
    return [{ test: `${file} > ${test.fullName}`, lack: lack ?? UNDECLARED }];
  }
}

/** What a test, or the nearest suite around it that says so, lacks. */
function lackOf(one: TestCase | TestSuite): Lack | undefined {
  const { lack } = one.meta();
  if (lack !== undefined) return lack;
  return one.parent.type === 'module' ? undefined : lackOf(one.parent);
}
