import os from 'node:os';
import { BadSelection } from '../matrix/selection.ts';
import { tripleCornersOf, type AskedTriples } from '../matrix/triples/blocks.ts';
import type { LabKind } from '../lab/lab.ts';
import type { TriplesRecord } from '../record/triples.ts';
import { counted } from '../text/counted.ts';
import { onlyTripleAsPlan, quirkLines, tripleLines, triplesSentence } from '../report/matrix/triples/text.ts';
import { runTriples } from '../runner/matrix/triples/run.ts';
import { EXIT, UserError } from './exit.ts';
import { tellGithub, triplesForGithub } from './github.ts';
import { inLab, placeOptions } from './in-lab.ts';
import { interruptible } from './interruption.ts';
import type { MatrixOptions } from './matrix.ts';
import { lastTriples, triplesAt } from './matrix-files.ts';
import { PairProgress } from './matrix-progress.ts';
import { tellPlaced, type PlacedRecord } from './place-record.ts';
import { REPORTS } from './reports-default.ts';
import { prepareFolder } from './reports-folder.ts';
import { wantRoom } from './room.ts';
import { paint, say, sayJson } from './terminal.ts';
import { version } from './version.ts';
import { writeTriples } from './write-reports.ts';

/** How many mismatches are printed; the record has more. */
const MOST_PRINTED = 10;

/** The options of the matrix that are about pairs, and mean nothing here. */
const OF_PAIRS = ['devices', 'against', 'table'] as const;

/** Looks at the triples that a command line selects, as far as that needs no lab. @throws UserError for a wrong selection. */
export function checkTriples(options: MatrixOptions): void {
  const wrong = OF_PAIRS.find((name) => options[name] !== undefined && options[name] !== false);
  if (wrong !== undefined) throw new UserError(`--${wrong} is about pairs: leave it out, or leave out --triples`);
  const [axis] = Object.keys(askedOf(options));
  if (axis !== undefined && (options.last || options.record !== undefined)) {
    throw new UserError(`--${axis} chooses which triples are run: leave it out to see a record`);
  }
  try {
    tripleCornersOf(askedOf(options));
  } catch (error) {
    if (error instanceof BadSelection) throw new UserError(error.message);
    throw error;
  }
}

/** `bindspec matrix --triples`. Returns the exit code. @throws UserError for what the user can mend. */
export async function triplesCommand(options: MatrixOptions): Promise<number> {
  checkTriples(options);
  if (options.last || options.record !== undefined) return showAgain(options);
  try {
    return await runHere(options);
  } catch (error) {
    if (error instanceof BadSelection) throw new UserError(error.message);
    throw error;
  }
}

function showAgain(options: MatrixOptions): number {
  const { file, record } =
    options.record === undefined
      ? lastTriples(options.reports === false ? REPORTS : options.reports)
      : triplesAt(options.record);
  if (options.format === 'json') sayJson(record);
  else {
    say(`${paint('bold', file)}, of ${record.started}`);
    conclude(record, []);
  }
  return EXIT.expected;
}

async function runHere(options: MatrixOptions): Promise<number> {
  const asked = askedOf(options);
  const { model } = options;
  const jobs = options.jobs ?? Math.min(4, os.availableParallelism());
  wantRoom(jobs, 'labs');
  if (options.reports !== false) prepareFolder(options.reports);
  const interrupted = interruptible();
  const pretty = options.format === 'pretty';
  const progress = new PairProgress(version(), pretty, 'triples');
  const more = [...placeOptions(options), ...(model ? ['--model', model] : [])];
  const settings = { version: version(), asked, jobs, ...(model ? { model } : {}), more, signal: interrupted.signal };
  const work = (kind: LabKind) =>
    runTriples(kind, settings, {
      started: (platform, lab, { blocks }) =>
        progress.began(
          platform,
          lab,
          blocks.reduce((sum, { first, second, third }) => sum + first.length * second.length * third.length, 0),
        ),
      did: (triples) => progress.did(triples),
    });
  let record: TriplesRecord;
  let placed: PlacedRecord;
  try {
    record = await inLab(options, work, interrupted.signal).finally(() => progress.end());
    // An interruption is minded until then, so that it leaves no file half written.
    placed = options.reports === false ? { files: [] } : await writeTriples(options.reports, record);
  } finally {
    interrupted.end();
  }
  if (pretty) conclude(record, placed.files);
  else sayJson(record);
  tellPlaced(placed, pretty);
  if (options.annotations) tellGithub(() => triplesForGithub(record));
  if (placed.failure !== undefined) return EXIT.harness;
  if (interrupted.signal.aborted) return EXIT.interrupted;
  if (record.errors.length > 0) return EXIT.harness;
  return record.counts.mismatches > 0 ? EXIT.failed : EXIT.expected;
}

/** What the options say of the axes, without those that say nothing. */
function askedOf({ protocol, state, uid, first, second, third }: MatrixOptions): AskedTriples {
  const asked = { protocol, state, uid, first, second, third };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

/** What is said when a run is over, and of a record. */
function conclude(record: TriplesRecord, written: readonly string[]): void {
  for (const mismatch of record.mismatches.slice(0, MOST_PRINTED)) {
    const [head = '', ...lines] = tripleLines(record, mismatch);
    say(`\n${paint('red', '✗')} ${paint('bold', head)}`);
    for (const line of lines) say(line);
  }
  const untold = record.counts.mismatches - MOST_PRINTED;
  const where = written.length === 0 ? 'in its record' : `in ${written.join(' and ')}`;
  if (untold > 0) say(`\n${counted(untold, 'more mismatch', 'more mismatches')}; the first hundred are ${where}`);
  for (const { what, error } of record.errors) say(`\n${paint('magenta', '✗ error')} ${what}: ${error}`);
  if (record.quirks.length > 0) say(`\n${paint('bold', 'Triples that their pairs do not explain')}`);
  for (const quirk of record.quirks) for (const line of quirkLines(record, quirk)) say(`  ${line}`);
  const plan = onlyTripleAsPlan(record);
  // A mismatch and a group tell the plan themselves.
  if (plan !== undefined && record.mismatches.length + record.quirks.length === 0)
    say(`\n${paint('bold', 'As a plan')}  ${plan}`);
  if (record.skipped.length > 0) say(`\n${paint('bold', 'Skipped')}`);
  for (const [reason, { triples, enable }] of skips(record)) {
    say(`  ${counted(triples, 'triple')}: ${reason}`);
    say(`                ${paint('cyan', enable)}`);
  }
  const seconds = record.duration / 1000;
  say(`\n${paint('bold', triplesSentence(record))} in ${seconds.toFixed(1)} s`);
  if (written.length > 0) say(paint('gray', `written: ${written.join(', ')}`));
}

function skips({ skipped }: TriplesRecord): Map<string, { triples: number; enable: string }> {
  const all = new Map<string, { triples: number; enable: string }>();
  for (const { reason, enable, triples } of skipped) {
    all.set(reason, { enable, triples: triples + (all.get(reason)?.triples ?? 0) });
  }
  return all;
}
