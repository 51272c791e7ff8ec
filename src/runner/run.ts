import type { Cell } from '../experiment/cells.ts';
import type { HostName, Lab, LabKind } from '../lab/lab.ts';
import { firstMissing } from '../lab/missing.ts';
import { programsOf } from '../lab/programs.ts';
import { onlyInterrupted, tidied, unlessAborted } from '../process/interrupted.ts';
import { SeenErrors } from '../record/errors.ts';
import { RECORD_VERSION, type BindRecord, type CellRecord, type Platform } from '../record/record.ts';
import type { System } from '../experiment/experiment.ts';
import { judgeClaims } from '../verdict/claims.ts';
import type { KnownDeviation } from '../verdict/known.ts';
import { AgentPool, type PoolSettings } from './pool.ts';
import { patienceFor } from './patience.ts';
import { versionOf } from '../model/linux-kernel.ts';
import { platformOf } from './platform.ts';
import { Ports } from './ports.ts';
import { CellQueue, labsFor, needsOf, needsQuiet, type LabUse } from './queue.ts';
import { blank, messageOf, runCell, type JudgedBy, type Workplace } from './run-cell.ts';

/**
 * See `PoolSettings.idleFor`. The cells that share a lab have some sixteen agents at a time: one that is not taken among four
 * times as many is of a kind that is not asked for any more. Each agent is some megabytes of memory.
 */
const IDLE_FOR = 64;

export interface RunSettings extends PoolSettings {
  version: string;
  selectors: readonly string[];
  /** How many cells at a time. */
  jobs: number;
  /** Milliseconds to wait for an answer that may never come; the system's own patience when left out. */
  patience?: number;
  failFast: boolean;
  /** The known deviations for a platform; called once it is known. */
  known: (platform: string) => readonly KnownDeviation[];
  /** Ends the run early; the results so far are returned. */
  signal: AbortSignal;
}

/** The events that a run reports while it goes on. */
export interface RunListener {
  started(platform: Platform, lab: string, cells: number): void;
  began(cell: Cell): void;
  ended(cell: CellRecord): void;
}

/**
 * Runs cells in labs of one kind, as many at a time as there are jobs, and returns the record of it.
 * @throws Unavailable when not even one lab is available, HarnessError when no agent can be started in it, Interrupted when
 * the user interrupts before the first cell.
 */
export async function run(
  cells: readonly Cell[],
  kind: LabKind,
  settings: RunSettings,
  listener: RunListener,
): Promise<BindRecord> {
  const started = new Date();
  const jobs = Math.max(1, Math.min(settings.jobs, cells.length, kind.atOnce ?? settings.jobs));
  const labs = labsFor(jobs, kind.cellsAtOnce ?? 1, cells.some(needsQuiet));
  const pools: AgentPool[] = [];
  let finished = false;
  const opening = labs.map(async ({ use }): Promise<Station> => {
    const lab = await kind.open();
    const pool = new AgentPool(lab, { idleFor: IDLE_FOR, ...settings });
    pools.push(pool);
    // If the run ended before this lab was ready, it has closed the other pools already.
    if (finished) await pool.close();
    else if (!settings.signal.aborted)
      pool.warm(warmIn(use, cells).filter((host) => lab.facts.hosts[host] !== undefined));
    return { lab, pool, ports: new Ports(lab.facts) };
  });
  // The first lab decides whether the run is possible; if a later one is not available, the others only have more to do.
  for (const station of opening) station.catch(() => undefined);
  try {
    const anyOf = Promise.any(opening).catch((error: AggregateError) => {
      throw error.errors[0];
    });
    const first = await unlessAborted(anyOf, settings.signal);
    const platform = await unlessAborted(meet(first), settings.signal);
    const judgedBy: JudgedBy = { system: platform.system, version: versionOf(platform) };
    const known = settings.known(platform.id);
    const patience = patienceFor(platform.system, settings.patience);
    listener.started(platform, first.lab.facts.lab, cells.length);

    const records = new Map<string, CellRecord>();
    const errors = new SeenErrors();
    const stop = new AbortController();
    const done = (record: CellRecord) => {
      // A cell that was under way when the run ended fails only for that reason.
      if (finished || settings.signal.aborted) return;
      records.set(record.id, record);
      listener.ended(record);
      if (settings.failFast && ['fail', 'stale', 'error'].includes(record.verdict)) stop.abort();
    };
    const queue = await unlessAborted(plan(cells, first.lab, judgedBy, done), settings.signal);
    const over = () => finished || settings.signal.aborted || stop.signal.aborted;

    const work = async (at: Promise<Station>, use: LabUse): Promise<void> => {
      const station = await at.catch(() => null);
      if (!station) return;
      const { lab, pool, ports } = station;
      const worker = {};
      const workplace: Workplace = { pool, ports, facts: lab.facts, errors };
      for (let cell = await queue.next(worker, use); cell && !over(); cell = await queue.next(worker, use)) {
        listener.began(cell);
        done(withKnown(await runCell(cell, workplace, judgedBy, patience), cell, known));
        queue.ended(cell);
      }
    };
    const workers = opening.flatMap((at, index) => {
      const { use = 'single', workers: count = 1 } = labs[index] ?? {};
      const next = opening[index + 1];
      return Array.from({ length: count }, async () => {
        await work(at, use);
        if (use === 'quiet' && next) await work(next, 'shared');
      });
    });
    // If one of the labs was not available, its cells are left; by now another lab is free for them.
    const all = Promise.all(workers).then(() => work(Promise.resolve(first), 'single'));
    await unlessAborted(all, settings.signal).catch(onlyInterrupted);

    const ordered = cells.map((cell) => records.get(cell.id)).filter((record) => record !== undefined);
    return {
      schema: RECORD_VERSION,
      bindspec: settings.version,
      complete: ordered.length === cells.length,
      started: started.toISOString(),
      duration: Date.now() - started.getTime(),
      platform,
      lab: first.lab.facts as BindRecord['lab'],
      settings: {
        selectors: [...settings.selectors],
        cells: cells.length,
        jobs,
        patience: patience.answer,
        fresh: settings.fresh,
      },
      cells: ordered,
      claims: judgeClaims(ordered),
      errors: errors.legend(),
    };
  } finally {
    finished = true;
    await tidied(takeBack(pools, opening), settings.signal, kind.far === true || pools.some(({ far }) => far));
  }
}

/** Ends all agents and closes all labs, including those that are still being opened. */
async function takeBack(pools: readonly AgentPool[], opening: readonly Promise<Station>[]): Promise<void> {
  await Promise.all(pools.map((pool) => pool.close()));
  const opened = await Promise.allSettled(opening);
  const labs = opened.flatMap((station) => (station.status === 'fulfilled' ? [station.value.lab] : []));
  await Promise.all(labs.map((lab) => lab.close()));
}

/** A lab with its agents. */
interface Station {
  lab: Lab;
  pool: AgentPool;
  ports: Ports;
}

/** The hosts of the agents that the first cells will want. They are started while the first cell is still being chosen. */
function warmIn(use: LabUse, cells: readonly Cell[]): HostName[] {
  if (use === 'quiet') return ['machine'];
  const wantsNeighbour = cells.some((cell) => needsOf(cell).includes('neighbour'));
  return ['machine', 'machine', ...(wantsNeighbour ? (['neighbour'] as const) : [])];
}

/** The platform of the machine under test, from the first agent's greeting. */
async function meet({ lab, pool }: Station): Promise<Platform & { system: System }> {
  const lease = await pool.take('machine', false);
  await pool.giveBack(lease);
  return platformOf(lease.hello, lab.stack);
}

/** Skips what the lab can't offer, and queues the rest. */
async function plan(
  cells: readonly Cell[],
  lab: Lab,
  platform: JudgedBy,
  done: (record: CellRecord) => void,
): Promise<CellQueue> {
  const queued: Cell[] = [];
  const programs = await programsOf(lab, cells.flatMap(needsOf));
  for (const cell of cells) {
    const { experiment } = cell.registered;
    try {
      const missing = firstMissing(lab.facts, experiment.needs?.(cell.values) ?? [], programs);
      if (missing)
        done({ ...blank(cell, platform), verdict: 'skipped', reason: missing.reason, enable: missing.enable });
      else queued.push(cell);
    } catch (error) {
      done({ ...blank(cell, platform), verdict: 'error', reason: messageOf(error) });
    }
  }
  return new CellQueue(queued);
}

/**
 * A failure that the user has listed is `known`; a listed cell that no longer fails is `stale`. If a cell is not judged, no
 * one can say whether it deviates.
 */
function withKnown(record: CellRecord, cell: Cell, known: readonly KnownDeviation[]): CellRecord {
  const entry = known.find(({ matches }) => matches(cell));
  if (!entry || record.verdict === 'error' || record.verdict === 'unjudged') return record;
  if (record.verdict === 'fail') return { ...record, verdict: 'known', reason: entry.reason };
  return {
    ...record,
    verdict: 'stale',
    reason: `listed as known (${entry.reason}), but it no longer deviates: remove line ${entry.line} of the list`,
  };
}
