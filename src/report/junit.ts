// The library is slow to load (it carries all of lodash), so only this file imports it, and who needs it imports this
// file when a report is written.
import library, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder';
import type { BindRecord, CellRecord } from '../record/record.ts';
import { visible } from '../text/visible.ts';
import { deviationSentence, failureSentence, failureText } from './failure.ts';
import { toldOutcomes } from './outcomes.ts';
import { suitesOf, type SuiteSummary } from './summary.ts';
import { placeInWords, whyUnjudged } from './words.ts';

// It is declared as a module with a default export, but what `require` gives is the builder itself.
const builder = library as unknown as Builder;

const NAME = 'bindspec';

/**
 * A record as JUnit XML: a testsuite for each suite, a testcase for each cell. A failure is the platform's, an error is
 * the harness's own, and what is skipped says why. A cell that no one can judge counts as skipped too: shown as passed
 * it would claim what no one has checked, and its observation is in its `system-out`.
 *
 * It keeps to the strictest schema in use, that of Jenkins' xUnit plugin, which leaves out a whole file for one
 * attribute that it does not know; everybody else (GitLab, Jenkins' own `junit` step, the GitHub actions) reads that
 * form too. So a case has no properties and no `file`, which that schema forbids: its verdict and the experiment's
 * file head its `system-out`.
 * @param attachments files that a case which failed is to be shown with, as those who read the report find them
 */
export function junitReport(record: BindRecord, attachments: readonly string[] = []): string {
  const report = builder.newBuilder().name(NAME);
  for (const suite of suitesOf(record.cells)) fill(report.testSuite(), suite, record, attachments);
  return headed(report.build(), record);
}

function fill(element: TestSuite, suite: SuiteSummary, record: BindRecord, attachments: readonly string[]): void {
  const total = suite.cells.reduce((sum, { duration }) => sum + duration, 0);
  element.name(visible(suite.name)).timestamp(record.started).time(seconds(total));
  for (const [name, value] of Object.entries(propertiesOf(record))) element.property(name, visible(String(value)));
  const classname = ['bindspec', record.platform.id, suite.name].map(visible).join('.');
  for (const cell of suite.cells) {
    const name = cell.id.startsWith(`${suite.name}/`) ? cell.id.slice(suite.name.length + 1) : cell.id;
    const testCase = element.testCase().name(visible(name)).className(classname).time(seconds(cell.duration));
    const outcome = outcomeOf(cell, record);
    const attached = outcome === null || outcome.element === 'skipped' ? [] : attachments.map(attachment);
    tell(testCase, outcome, [unattached(systemOut(cell)), ...attached].join('\n'));
  }
}

/** How the output of a case names a file for Jenkins and GitLab. */
function attachment(file: string): string {
  return `[[ATTACHMENT|${visible(file)}]]`;
}

/** A text with nothing in it that would attach a file. */
function unattached(text: string): string {
  return text.replaceAll('[[ATTACHMENT|', '[[ATTACHMENT :');
}

function propertiesOf({ platform, lab, settings, bindspec, complete }: BindRecord) {
  return {
    platform: platform.id,
    system: platform.system,
    release: platform.release,
    version: platform.version,
    architecture: platform.architecture,
    runtime: platform.runtime,
    uid: platform.uid ?? 'none',
    lab: lab.lab,
    bindspec,
    patience: settings.patience,
    complete,
  };
}

interface Outcome {
  element: 'failure' | 'error' | 'skipped';
  message: string;
  type: string;
  text: string;
}

/** What a case says beyond that it passed. A known deviation passes: it is what the user expects. */
function outcomeOf(cell: CellRecord, record: BindRecord): Outcome | null {
  const { verdict } = cell;
  const message = failureSentence(cell);
  if (verdict === 'skipped') {
    const enable = cell.enable === undefined ? '' : `; enable it with: ${visible(cell.enable)}`;
    return { element: 'skipped', message: `${message}${enable}`, type: verdict, text: '' };
  }
  if (verdict === 'unjudged') {
    return { element: 'skipped', message: `recorded, not judged: ${whyUnjudged(cell)}`, type: verdict, text: '' };
  }
  if (verdict === 'error') return { element: 'error', message, type: verdict, text: failureText(cell, record) };
  if (verdict === 'fail' || verdict === 'stale') {
    return { element: 'failure', message, type: verdict, text: failureText(cell, record) };
  }
  return null;
}

function systemOut(cell: CellRecord): string {
  const lines = [`verdict: ${cell.verdict}`, `file: suites/${visible(cell.experiment)}.ts`];
  const because = cell.expectation?.because;
  if (cell.reason !== undefined) lines.push(`reason: ${visible(cell.reason)}`);
  if (cell.enable !== undefined) lines.push(`enable: ${visible(cell.enable)}`);
  if (because !== undefined) lines.push(`because: ${visible(because)}`);
  if (cell.verdict === 'unjudged') lines.push(...outcomes(cell).map((line) => `observed: ${line}`));
  if (cell.verdict === 'known') lines.push(`deviation: ${deviationSentence(cell) ?? 'none was recorded'}`);
  return lines.join('\n');
}

function outcomes(cell: CellRecord): string[] {
  return toldOutcomes(cell).map(({ place, observed }) => `${placeInWords(place)}: ${observed}`);
}

/**
 * Adds to a case what came of it. The library's own methods won't do: its `skipped` takes no message, and of several
 * `]]>` in a text it escapes only the first, which breaks the document. As plain text everything survives.
 */
function tell(testCase: TestCase, outcome: Outcome | null, output: string): void {
  const build = testCase.build.bind(testCase);
  testCase.build = (parent) => {
    const element = build(parent);
    if (outcome) {
      const { message, type, text } = outcome;
      if (text === '') element.ele(outcome.element, { message, type });
      else element.ele(outcome.element, { message, type }, text);
    }
    element.ele('system-out', output);
    return element;
  };
  if (outcome?.element === 'failure') testCase.getFailureCount = () => 1;
  if (outcome?.element === 'error') testCase.getErrorCount = () => 1;
  if (outcome?.element === 'skipped') testCase.getSkippedCount = () => 1;
}

/**
 * Gives the root the time of the whole run, for which the library has no method, and takes away its `skipped`, which
 * the schema allows on a testsuite only.
 */
function headed(xml: string, record: BindRecord): string {
  // Nothing in this tag comes from the record, so it can't look different.
  return xml.replace(
    /<testsuites name="bindspec" (tests="\d+" failures="\d+" errors="\d+") skipped="\d+"/,
    `<testsuites name="${NAME}" time="${seconds(record.duration)}" $1`,
  );
}

/** To a tenth of a millisecond, which never needs an exponent. */
function seconds(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10_000;
}
