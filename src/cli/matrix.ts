import os from 'node:os';
import { ALL_STATES, NO_DEVICES, PROTOCOLS, UIDS } from '../matrix/axes.ts';
import { BadSelection, chosen, cornersOf, socketsOf, type Asked } from '../matrix/selection.ts';
import { settingOf } from '../matrix/setting.ts';
import { spellSpec } from '../matrix/sockets.ts';
import type { LabKind } from '../lab/lab.ts';
import { models } from '../model/index.ts';
import type { SystemName } from '../model/types.ts';
import type { MatrixRecord } from '../record/matrix.ts';
import { onlyPairAsPlan } from '../report/matrix/pair.ts';
import { singleLines, singleMismatches, singlesSentence } from '../report/matrix/singles.ts';
import { TABLE_KEY, tablesOf, type TableOptions } from '../report/matrix/tables.ts';
import { countsSentence, pairLines, tableLines } from '../report/matrix/text.ts';
import { runMatrix } from '../runner/matrix/run.ts';
import { EXIT, UserError } from './exit.ts';
import { matrixForGithub, tellGithub } from './github.ts';
import { inLab, placeOptions, type RunPlace } from './in-lab.ts';
import { interruptible } from './interruption.ts';
import { lastMatrix, matrixAt } from './matrix-files.ts';
import { PairProgress } from './matrix-progress.ts';
import { tellPlaced, type PlacedRecord } from './place-record.ts';
import { REPORTS } from './reports-default.ts';
import { prepareFolder } from './reports-folder.ts';
import { wantRoom } from './room.ts';
import { columns, paint, say, sayJson } from './terminal.ts';
import { checkReceivers, receiversCommand } from './receivers.ts';
import { checkTriples, triplesCommand } from './triples.ts';
import { wrap } from '../text/wrap.ts';
import { version } from './version.ts';
import { writeMatrix } from './write-reports.ts';

export interface MatrixOptions extends Asked, RunPlace {
  model?: SystemName;
  /** Sets of three sockets instead of pairs, and which third ones. */
  triples: boolean;
  /** Sockets alone instead of pairs. */
  singles: boolean;
  third?: string;
  /** Whether to send probes to the pairs, and find who receives. */
  receivers: boolean;
  table: boolean;
  against?: SystemName;
  last: boolean;
  record?: string;
  jobs?: number;
  /** The folder, or false for none. */
  reports: string | false;
  /** Whether to annotate mismatches in GitHub Actions. */
  annotations: boolean;
  format: 'pretty' | 'json';
}

/** How many mismatches are printed; the page and the record have more. */
const MOST_PRINTED = 10;
/** How many pairs tell a rate. */
const ENOUGH = 10_000;

/** Looks at the pairs that a command line selects, as far as that needs no lab. @throws UserError for a wrong selection. */
export async function checkMatrix(options: MatrixOptions): Promise<void> {
  const kinds = (['triples', 'receivers', 'singles'] as const).filter((kind) => options[kind]);
  if (kinds.length > 1) {
    throw new UserError(`${kinds.map((kind) => `--${kind}`).join(' and ')} exclude each other: leave out one of them`);
  }
  if (options.triples) return checkTriples(options);
  const [axis] = options.singles ? Object.keys(askedOf(options)) : [];
  if (axis !== undefined) throw new UserError(`--${axis} is about pairs: leave it out, or leave out --singles`);
  if (options.third !== undefined) throw new UserError('--third is about sets of three sockets: add --triples');
  if (options.receivers) return telling(async () => checkReceivers(options));
  await telling(async () => cornersOf({ ...askedOf(options), devices: NO_DEVICES }, [NO_DEVICES]));
}

/** `bindspec matrix`. Returns the exit code. @throws UserError for what the user can mend. */
export async function matrixCommand(options: MatrixOptions): Promise<number> {
  await checkMatrix(options);
  if (options.triples) return triplesCommand(options);
  if (options.receivers) return telling(async () => receiversCommand(options));
  return telling(async () => (options.last || options.record !== undefined ? showAgain(options) : runHere(options)));
}

/** Does something that a selection which can't be may keep from being done. @throws UserError then */
async function telling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BadSelection) throw new UserError(error.message);
    throw error;
  }
}

/** Shows a record that is there already. */
function showAgain(options: MatrixOptions): number {
  const { file, record } =
    options.record === undefined
      ? lastMatrix(options.reports === false ? REPORTS : options.reports)
      : matrixAt(options.record);
  if (options.format === 'json') sayJson(record);
  else showRecord(record, file, askedOf(options), options.against);
  return EXIT.expected;
}

async function runHere(options: MatrixOptions): Promise<number> {
  const asked = askedOf(options);
  const { against, model } = options;
  const jobs = options.jobs ?? Math.min(4, os.availableParallelism());
  wantRoom(jobs, 'labs');
  if (options.reports !== false) prepareFolder(options.reports);
  const interrupted = interruptible();
  const pretty = options.format === 'pretty';
  const progress = new PairProgress(version(), pretty, options.singles ? 'single binds' : 'pairs');
  const more = [...placeOptions(options), ...(model ? ['--model', model] : [])];
  const work = (kind: LabKind) =>
    runMatrix(
      kind,
      {
        version: version(),
        asked,
        ...(options.singles ? { singles: 'only' as const } : {}),
        jobs,
        ...(model === undefined ? {} : { model }),
        more,
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
  let record: MatrixRecord;
  let placed: PlacedRecord;
  try {
    record = await inLab(options, work, interrupted.signal).finally(() => progress.end());
    // An interruption is minded until then, so that it leaves no file half written.
    placed = options.reports === false ? { files: [] } : await writeMatrix(options.reports, record);
  } finally {
    interrupted.end();
  }
  if (pretty) {
    if (options.table || against) showTables(record, asked, against);
    conclude(record, placed.files);
  } else sayJson(record);
  tellPlaced(placed, pretty);
  if (options.annotations) tellGithub(() => matrixForGithub(record));
  if (placed.failure !== undefined) return EXIT.harness;
  if (interrupted.signal.aborted) return EXIT.interrupted;
  if (record.errors.length > 0) return EXIT.harness;
  const mismatches = record.counts.mismatches + (record.singles?.counts.mismatches ?? 0);
  return mismatches > 0 ? EXIT.failed : EXIT.expected;
}

/** What the options say of the axes, without those that say nothing. */
function askedOf({ protocol, state, uid, devices, first, second }: MatrixOptions): Asked {
  const asked = { protocol, state, uid, devices, first, second };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

function showRecord(record: MatrixRecord, file: string, asked: Asked, against: SystemName | undefined): void {
  say(`${paint('bold', file)}, of ${record.started}`);
  showTables(record, asked, against);
  summary(record);
}

function showTables(record: MatrixRecord, asked: Asked, against: SystemName | undefined): void {
  const options: TableOptions = {
    ...selectionOf(record, asked),
    ...(against === undefined
      ? {}
      : { against: { model: models[against], setting: settingOf(record.lab, record.platform, against) } }),
  };
  const tables = tablesOf(record, options);
  if (tables.length === 0) throw new UserError(`the record has no such pairs: run 'bindspec matrix' for them`);
  for (const table of tables) {
    const [title = '', ...lines] = tableLines(table, columns());
    say(`\n${paint('bold', title)}`);
    for (const line of lines) say(line);
  }
  say();
  const key = against === undefined ? TABLE_KEY : TABLE_KEY.replace('the other system', models[against].title);
  for (const line of wrap(key, Math.min(columns(), 120))) say(paint('gray', line));
}

/** Which of a record's pairs the axes choose. @throws BadSelection for what the record does not have. */
function selectionOf(record: MatrixRecord, asked: Asked): TableOptions {
  const values = (axis: 'protocol' | 'state' | 'uid' | 'devices') => [
    ...new Set(record.blocks.map((block) => block[axis])),
  ];
  const within = {
    protocol: chosen('protocol', asked.protocol, PROTOCOLS),
    state: chosen('state', asked.state, ALL_STATES),
    uid: chosen('uid', asked.uid, UIDS),
    devices: chosen('devices', asked.devices, values('devices')),
  };
  const blocks: TableOptions['blocks'] = (corner) =>
    within.protocol.includes(corner.protocol) &&
    within.state.includes(corner.state) &&
    within.uid.includes(corner.uid) &&
    within.devices.includes(corner.devices);
  if (asked.first === undefined && asked.second === undefined) return { blocks };
  const names = [...new Map(record.sockets.map((name) => [name.text, name])).values()];
  const choice = { names, absent: [], system: record.platform.system, lab: record.lab.lab };
  const some = (place: 'first' | 'second') => {
    const spelled = new Set(socketsOf(asked[place], place, choice).map(spellSpec));
    return (text: string) => spelled.has(text);
  };
  return { blocks, only: { first: some('first'), second: some('second') } };
}

/** What is said when a run is over. */
function conclude(record: MatrixRecord, written: readonly string[]): void {
  for (const mismatch of record.mismatches.slice(0, MOST_PRINTED)) {
    const [head = '', ...lines] = pairLines(record, mismatch);
    say(`\n${paint('red', '✗')} ${paint('bold', head)}`);
    for (const line of lines) say(line);
  }
  const untold = record.counts.mismatches - MOST_PRINTED;
  if (untold > 0) say(`\n${untold} more mismatches are in ${written.join(' and ')}`);
  for (const single of record.singles === undefined ? [] : singleMismatches(record.singles).slice(0, MOST_PRINTED)) {
    const [head = '', ...lines] = singleLines(record, single);
    say(`\n${paint('red', '✗')} ${paint('bold', head)}`);
    for (const line of lines) say(line);
  }
  for (const { what, error } of record.errors) say(`\n${paint('magenta', '✗ error')} ${what}: ${error}`);
  const plan = onlyPairAsPlan(record);
  // A mismatch tells its plan itself.
  if (plan !== undefined && record.mismatches.length === 0) say(`\n${paint('bold', 'As a plan')}  ${plan}`);
  if (record.skipped.length > 0) say(`\n${paint('bold', 'Skipped')}`);
  for (const [reason, { pairs, enable }] of skips(record)) {
    say(`  ${String(pairs).padStart(6)} pairs: ${reason}`);
    say(`                ${paint('cyan', enable)}`);
  }
  summary(record);
  if (written.length > 0) say(paint('gray', `written: ${written.join(', ')}`));
}

function summary(record: MatrixRecord): void {
  const { settings, counts, duration } = record;
  const model = Object.hasOwn(models, settings.model) ? models[settings.model as SystemName] : null;
  if (model) {
    say();
    for (const line of wrap(`${model.title}: ${model.summary}`, Math.min(columns(), 120))) say(line);
  }
  const seconds = duration / 1000;
  const done = counts.pairs - counts.notRun;
  // With few pairs it would only show how long processes take to start.
  const rate = done < ENOUGH ? '' : ` (${Math.round(done / seconds).toLocaleString('en-US')} pairs/s)`;
  if (record.singles !== undefined) say(`\n${paint('bold', singlesSentence(record.singles))}`);
  if (record.singles !== undefined && counts.pairs + counts.skipped === 0) return;
  say(`\n${paint('bold', countsSentence(record))} in ${seconds.toFixed(1)} s${rate}`);
}

function skips({ skipped }: MatrixRecord): Map<string, { pairs: number; enable: string }> {
  const all = new Map<string, { pairs: number; enable: string }>();
  for (const { reason, enable, pairs } of skipped) {
    all.set(reason, { enable, pairs: pairs + (all.get(reason)?.pairs ?? 0) });
  }
  return all;
}
