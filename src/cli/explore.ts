import { counted } from '../text/counted.ts';
import os from 'node:os';
import { describe, describeUnseen } from '../report/exploration/describe.ts';
import { explore, type Explored, type Limit } from '../runner/explore/run.ts';
import { Floor } from '../runner/explore/floor.ts';
import { formatPlan, formatStep } from '../plan/notation.ts';
import { BadPlan } from '../plan/bad-plan.ts';
import { parsePlan } from '../plan/parse.ts';
import type { Plan } from '../plan/plan.ts';
import type { LabKind } from '../lab/lab.ts';
import type { Protocol, SystemName } from '../model/types.ts';
import { EXPLORATION_VERSION, type Exploration } from '../record/explore.ts';
import { mismatchLines, stepLines, unseenLines } from '../report/exploration.ts';
import { transcriptLines } from '../report/failure.ts';
import { Interrupted } from '../process/interrupted.ts';
import { EXIT, UserError } from './exit.ts';
import { ExploreProgress } from './explore-progress.ts';
import { interruptible } from './interruption.ts';
import { inLab, type RunPlace } from './in-lab.ts';
import { tellPlaced, type PlacedRecord } from './place-record.ts';
import { prepareFolder } from './reports-folder.ts';
import { wantRoom } from './room.ts';
import { complain, paint, paintLine, say, sayJson } from './terminal.ts';
import { version } from './version.ts';
import { writeExploration } from './write-reports.ts';

export interface ExploreOptions extends RunPlace {
  protocol: Protocol | 'both';
  sequences?: number;
  operations?: number;
  seconds?: number;
  seed?: number;
  model?: SystemName;
  receivers?: boolean;
  replay?: string;
  mismatches: number;
  jobs?: number;
  /** The folder, or false for none. */
  reports: string | false;
  format: 'pretty' | 'json';
}

const SEQUENCES = 20_000;
/** Sets of receivers, which take longer than sequences. */
const SETS = 2000;
/** How many of the mismatches that were not seen again are printed; the report has more. */
const MOST_UNSEEN = 5;
const LARGEST_SEED = 0x7fff_ffff;

/** What a command line says is to be played. @throws UserError for what is wrong with it. */
export function plannedExploration(options: ExploreOptions): { plan: Plan } | { limit: Limit } {
  if (options.replay === undefined) return { limit: limitOf(options) };
  refuseWithReplay(options);
  return { plan: parsed(options.replay) };
}

/** `bindspec explore`. Returns the exit code. @throws UserError for what the user can mend. */
export async function exploreCommand(options: ExploreOptions): Promise<number> {
  const asked = plannedExploration(options);
  if ('plan' in asked) return inLab(options, (kind) => replay(asked.plan, kind, options));
  const { limit } = asked;
  wantRoom(jobsOf(options), 'labs');
  if (options.reports !== false) prepareFolder(options.reports);
  const interruption = interruptible();
  const work = (kind: LabKind) => exploreIn(kind, limit, interruption, options);
  return inLab(options, work, interruption.signal).finally(interruption.end);
}

async function exploreIn(
  kind: LabKind,
  limit: Limit,
  { signal, end }: ReturnType<typeof interruptible>,
  options: ExploreOptions,
): Promise<number> {
  const started = new Date();
  const seed = options.seed ?? Math.floor(Math.random() * LARGEST_SEED);
  const pretty = options.format === 'pretty';
  const progress = new ExploreProgress(seed, pretty ? say : tell);
  try {
    const explored = await explore(
      kind,
      {
        protocols: options.protocol === 'both' ? ['udp', 'tcp'] : [options.protocol],
        limit,
        seed,
        jobs: jobsOf(options),
        most: options.mismatches,
        ...(options.model === undefined ? {} : { model: options.model }),
        receivers: options.receivers ?? false,
        fresh: false,
        signal,
      },
      progress,
    ).finally(() => progress.end());
    const record = recordOf(explored, { seed, started, asks: options.receivers === true ? 'receivers' : 'names' });
    const placed = await write(options.reports, record);
    if (pretty) conclude(record, placed.files[0]);
    else sayJson(record);
    tellPlaced(placed, pretty);
    if (placed.failure !== undefined) return EXIT.harness;
    if (signal.aborted) return EXIT.interrupted;
    return explored.tallies.some(({ mismatches }) => mismatches > 0) ? EXIT.failed : EXIT.expected;
  } catch (error) {
    // An operation that the interruption broke off is not an error.
    throw signal.aborted ? new Interrupted() : error;
  } finally {
    end();
  }
}

/** Writes the report of an exploration. One that ended before its first sequences has nothing to write. */
async function write(reports: string | false, record: Exploration): Promise<PlacedRecord> {
  if (reports === false) return { files: [] };
  if (record.protocols.some(({ sequences }) => sequences > 0)) return writeExploration(reports, record);
  complain('bindspec: nothing is written, because the exploration ended before any of its sequences');
  return { files: [] };
}

/** For people, when the data goes to stdout. */
function tell(text = ''): void {
  complain(text);
}

function jobsOf({ jobs }: ExploreOptions): number {
  return jobs ?? os.availableParallelism();
}

function recordOf(
  explored: Explored,
  { seed, started, asks }: { seed: number; started: Date; asks: Exploration['asks'] },
): Exploration {
  const { platform, lab, model, uids, complete, tallies, findings, unseen } = explored;
  return {
    schema: EXPLORATION_VERSION,
    bindspec: version(),
    complete,
    started: started.toISOString(),
    duration: Date.now() - started.getTime(),
    platform,
    lab,
    asks,
    model,
    owners: [uids[1], uids[2]],
    seed,
    protocols: tallies.map((tally) => ({ ...tally })),
    mismatches: findings.map(({ found, shrunk }) => describe(shrunk, found, explored)),
    ...(unseen.length === 0 ? {} : { unseen: unseen.map((one) => describeUnseen(one, explored)) }),
  };
}

function conclude(record: Exploration, written: string | undefined): void {
  for (const mismatch of record.mismatches) {
    say();
    for (const { kind, text } of mismatchLines(mismatch, record)) say(paintLine(text, kind));
  }
  const { unseen = [] } = record;
  for (const one of unseen.slice(0, MOST_UNSEEN)) {
    say();
    for (const { kind, text } of unseenLines(one, record)) say(paintLine(text, kind));
  }
  if (unseen.length > MOST_UNSEEN) say(`\nmore that were not seen again are in ${written ?? 'the record'}`);
  say();
  if (!record.complete) say(paint('yellow', 'Interrupted: the counts are of what was done until then.'));
  for (const tally of record.protocols) say(paint('bold', tallyInWords(tally)));
  const shown = record.mismatches.length;
  if (shown > 0) say(`${shown === 1 ? 'one kind of mismatch is' : `${shown} kinds of mismatch are`} shown above`);
  const where = written === undefined ? '' : `; written: ${written}`;
  say(paint('gray', `seed ${record.seed}, ${(record.duration / 1000).toFixed(1)} s${where}`));
}

function tallyInWords({
  protocol,
  sequences,
  operations,
  mismatches,
  dropped = 0,
  resent = 0,
}: Exploration['protocols'][number]): string {
  const parts = [
    counted(sequences, 'sequence'),
    counted(operations, 'operation'),
    counted(mismatches, 'mismatch', 'mismatches'),
  ];
  if (dropped > 0) parts.push(`${counted(dropped, 'other')} not seen again alone`);
  if (resent > 0) parts.push(`${counted(resent, 'datagram')} sent again`);
  return `${protocol}: ${parts.join(', ')}`;
}

/** Plays one plan that the user gave, and tells every step of it. */
async function replay(given: Plan, kind: LabKind, options: ExploreOptions): Promise<number> {
  const settings = {
    fresh: false,
    ...(options.model === undefined ? {} : { model: options.model }),
  };
  const floor = await Floor.open(kind, settings);
  try {
    const { plan, play, transcript: lines } = await floor.playAlone(given).catch(refused);
    const { platform, model, uids, devices, lab } = floor;
    const where = { lab: lab.facts.lab, namedInterface: lab.facts.namedInterface };
    const shrunk = { plan, played: play.played, transcript: lines, reproduced: true };
    const described = describe(shrunk, { plan, played: play.played }, { platform, model, uids, devices, ...where });
    if (options.format === 'json') {
      sayJson({ ...described, mismatch: play.mismatch });
      return play.mismatch ? EXIT.failed : EXIT.expected;
    }
    const text = play.mismatch
      ? mismatchLines(described, { platform, model })
      : [...stepLines(described.steps, { platform, model }), ...transcriptLines(described.transcript)];
    if (!play.mismatch) say(formatPlan(plan));
    for (const line of text) say(paintLine(line.text, line.kind));
    undone(plan, play);
    if (!play.mismatch) say(`\nas the model of ${model} predicts`);
    return play.mismatch ? EXIT.failed : EXIT.expected;
  } finally {
    await floor.close();
  }
}

/** Steps that could not be done as things were, such as a connect() of a socket that was not bound. */
function undone({ steps }: Plan, { played, mismatch }: { played: readonly { step: unknown }[]; mismatch: boolean }) {
  if (mismatch) return;
  const done = new Set(played.map(({ step }) => step));
  const left = steps.filter((step) => !done.has(step));
  if (left.length > 0) say(`\nnot done, because it was not possible: ${left.map(formatStep).join('; ')}`);
}

/** What says how many random sequences there are, and which. @throws UserError */
function refuseWithReplay({ sequences, operations, seconds, seed, receivers }: ExploreOptions): void {
  const given = Object.entries({ sequences, operations, seconds, seed, receivers }).find(
    ([, value]) => value !== undefined,
  );
  if (given) throw new UserError(`--replay plays one plan: --${given[0]} has no meaning with it`);
}

function parsed(text: string): Plan {
  try {
    return parsePlan(text);
  } catch (error) {
    return refused(error);
  }
}

/** A plan that can't be read, or not played here, is the user's to mend. */
function refused(error: unknown): never {
  if (error instanceof BadPlan) throw new UserError(`--replay: ${error.message}`);
  throw error;
}

function limitOf({ sequences, operations, seconds, receivers = false }: ExploreOptions): Limit {
  const given = Object.entries({ sequences, operations, seconds }).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    throw new UserError(`only one of --sequences, --operations and --seconds can say when to stop`);
  }
  if (operations !== undefined) return { operations };
  if (seconds !== undefined) return { seconds };
  return { sequences: sequences ?? (receivers ? SETS : SEQUENCES) };
}
