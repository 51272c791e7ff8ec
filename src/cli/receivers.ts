import os from 'node:os';
import type { LabKind } from '../lab/lab.ts';
import { NO_DEVICES } from '../matrix/axes.ts';
import type { Asked } from '../matrix/selection.ts';
import { receiverCorners } from '../matrix/receivers/axes.ts';
import type { ReceiversRecord } from '../record/receivers.ts';
import { RECEIVERS_KEY, receiversTables } from '../report/matrix/receivers/tables.ts';
import { receiverMismatchLines, receiversSentence } from '../report/matrix/receivers/text.ts';
import { runReceivers } from '../runner/matrix/receivers/run.ts';
import { inColumns } from '../text/columns.ts';
import { wrap } from '../text/wrap.ts';
import { EXIT, UserError } from './exit.ts';
import { receiversForGithub, tellGithub } from './github.ts';
import { inLab, placeOptions } from './in-lab.ts';
import { interruptible } from './interruption.ts';
import type { MatrixOptions } from './matrix.ts';
import { lastReceivers, receiversAt } from './matrix-files.ts';
import { PairProgress } from './matrix-progress.ts';
import { tellPlaced, type PlacedRecord } from './place-record.ts';
import { REPORTS } from './reports-default.ts';
import { prepareFolder } from './reports-folder.ts';
import { wantRoom } from './room.ts';
import { columns, paint, say, sayJson } from './terminal.ts';
import { version } from './version.ts';
import { writeReceivers } from './write-reports.ts';

/** How many mismatches are printed; the report and the record have more. */
const MOST_PRINTED = 10;

/** Looks at the selection of a command line, as far as that needs no lab. @throws BadSelection for a wrong one */
export function checkReceivers(options: MatrixOptions): void {
  if (options.against !== undefined) {
    throw new UserError('--against compares who may bind: leave it out, or leave out --receivers');
  }
  const [axis] = Object.keys(askedOf(options));
  if (axis !== undefined && (options.last || options.record !== undefined)) {
    throw new UserError(`--${axis} chooses which pairs are run: leave it out to see a record`);
  }
  receiverCorners({ ...askedOf(options), devices: NO_DEVICES }, [NO_DEVICES]);
}

/** `bindspec matrix --receivers`. Returns the exit code. @throws UserError for what the user can mend; BadSelection. */
export async function receiversCommand(options: MatrixOptions): Promise<number> {
  if (options.last || options.record !== undefined) return showAgain(options);
  // One more than there are processors: the agents of a lab wait for one another, and for the model.
  const jobs = options.jobs ?? Math.min(4, os.availableParallelism() + 1);
  wantRoom(jobs, 'labs');
  if (options.reports !== false) prepareFolder(options.reports);
  const interrupted = interruptible();
  const pretty = options.format === 'pretty';
  const progress = new PairProgress(version(), pretty, 'pairs');
  const work = (kind: LabKind) =>
    runReceivers(
      kind,
      {
        version: version(),
        asked: askedOf(options),
        jobs,
        ...(options.model === undefined ? {} : { model: options.model }),
        more: [...placeOptions(options), ...(options.model ? ['--model', options.model] : [])],
        signal: interrupted.signal,
      },
      {
        started: (platform, lab, { blocks }) =>
          progress.began(
            platform,
            lab,
            blocks.reduce((sum, { first, second }) => sum + first.length * second.length, 0),
          ),
        did: (pairs) => progress.did(pairs),
      },
    );
  let record: ReceiversRecord;
  let placed: PlacedRecord;
  try {
    record = await inLab(options, work, interrupted.signal).finally(() => progress.end());
    placed = options.reports === false ? { files: [] } : await writeReceivers(options.reports, record);
  } finally {
    interrupted.end();
  }
  if (pretty) {
    if (options.table) showTables(record);
    conclude(record, placed.files);
  } else sayJson(record);
  tellPlaced(placed, pretty);
  if (options.annotations) tellGithub(() => receiversForGithub(record));
  if (placed.failure !== undefined) return EXIT.harness;
  if (interrupted.signal.aborted) return EXIT.interrupted;
  if (record.errors.length > 0) return EXIT.harness;
  return record.counts.mismatches > 0 ? EXIT.failed : EXIT.expected;
}

/** What the options say of the axes, without those that say nothing. */
function askedOf({ protocol, state, uid, devices, first, second }: MatrixOptions): Asked {
  const asked = { protocol, state, uid, devices, first, second };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

/** Shows a record that is there already. */
function showAgain(options: MatrixOptions): number {
  const { file, record } =
    options.record === undefined
      ? lastReceivers(options.reports === false ? REPORTS : options.reports)
      : receiversAt(options.record);
  if (options.format === 'json') {
    sayJson(record);
    return EXIT.expected;
  }
  say(`${paint('bold', file)}, of ${record.started}`);
  showTables(record);
  conclude(record, []);
  return EXIT.expected;
}

function showTables(record: ReceiversRecord): void {
  for (const { title, of, rows, columns: across, cells } of receiversTables(record)) {
    say(`\n${paint('bold', title)}`);
    for (const what of of) say(`  ${what}`);
    const body = rows.map((row, place) => [row, ...(cells[place] ?? [])]);
    for (const line of inColumns([['first \\ second', ...across], ...body])) say(`    ${line}`);
  }
  say();
  for (const line of wrap(RECEIVERS_KEY, Math.min(columns(), 120))) say(paint('gray', line));
}

function conclude(record: ReceiversRecord, written: readonly string[]): void {
  for (const mismatch of record.mismatches.slice(0, MOST_PRINTED)) {
    const [head = '', ...lines] = receiverMismatchLines(record, mismatch);
    say(`\n${paint('red', '✗')} ${paint('bold', head)}`);
    for (const line of lines) say(line);
  }
  const untold = record.mismatches.length - MOST_PRINTED;
  if (untold > 0) say(`\nmore mismatches are in ${written.length > 0 ? written.join(' and ') : 'the record'}`);
  for (const { what, error } of record.errors) say(`\n${paint('magenta', '✗ error')} ${what}: ${error}`);
  if (record.skipped.length > 0) say(`\n${paint('bold', 'Skipped')}`);
  for (const [reason, { pairs, enable }] of skips(record)) {
    say(`  ${String(pairs).padStart(6)} pairs: ${reason}`);
    say(`                ${paint('cyan', enable)}`);
  }
  const seconds = record.duration / 1000;
  say(`\n${paint('bold', receiversSentence(record))} in ${seconds.toFixed(1)} s`);
  if (written.length > 0) say(paint('gray', `written: ${written.join(', ')}`));
}

function skips({ skipped }: ReceiversRecord): Map<string, { pairs: number; enable: string }> {
  const all = new Map<string, { pairs: number; enable: string }>();
  for (const { reason, enable, pairs } of skipped) {
    all.set(reason, { enable, pairs: pairs + (all.get(reason)?.pairs ?? 0) });
  }
  return all;
}
