import type * as FastCheck from 'fast-check';
import type { LabKind } from '../../lab/lab.ts';
import type { Protocol } from '../../model/types.ts';
import { tidied, unlessAborted } from '../../process/interrupted.ts';
import type { Platform } from '../../record/record.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import { confirmed, type Dropped } from './confirm.ts';
import { Floor, type FloorSettings } from './floor.ts';
import { plans } from '../../explore/generate.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Play } from '../../plan/play.ts';
import { kindOf, shrink, type Found, type Shrunk } from '../../explore/shrink.ts';

/** How many plans run side by side. With another number, the same seed would mean other plans. */
const BATCH = 500;
/** How many of the mismatches that do not count are kept for the record. */
const MOST_UNSEEN = 100;

/** When to stop, for each protocol. */
export type Limit = { readonly sequences: number } | { readonly operations: number } | { readonly seconds: number };

export interface ExploreSettings extends FloorSettings {
  readonly protocols: readonly Protocol[];
  readonly limit: Limit;
  readonly seed: number;
  /** How many labs; each plays one batch at a time. */
  readonly jobs: number;
  /** How many kinds of mismatch are kept, to be shrunk. */
  readonly most: number;
  /** Ends it early; the results so far are returned. */
  readonly signal: AbortSignal;
}

/** How much was done for one protocol. */
export interface Tally {
  readonly protocol: Protocol;
  readonly sequences: number;
  readonly operations: number;
  readonly mismatches: number;
  /** Mismatches that do not count, because they did not come again when the sequence was played alone. */
  readonly dropped: number;
  /** Datagrams of probes that were sent again, because nothing came of the ones before. */
  readonly resent: number;
}

/** A kind of mismatch: the plan it was found in, and the shrunk plan. */
interface Finding {
  readonly found: Found;
  readonly shrunk: Shrunk;
}

/** A mismatch that does not count, and the seed of its batch. */
type DroppedInBatch = Dropped & Pick<Found, 'seed'>;

/** The result of an exploration. */
export interface Explored {
  readonly platform: Platform;
  readonly lab: string;
  readonly namedInterface?: string | undefined;
  readonly model: Floor['model'];
  readonly uids: Floor['uids'];
  readonly devices: Floor['devices'];
  readonly complete: boolean;
  readonly tallies: readonly Tally[];
  readonly findings: readonly Finding[];
  /** The first of the mismatches that do not count, see `Tally`; not more than `MOST_UNSEEN` of each protocol. */
  readonly unseen: readonly DroppedInBatch[];
}

/** The events that are reported while an exploration goes on. */
export interface ExploreListener {
  started(floor: Floor): void;
  progress(tally: Tally): void;
  shrinking(found: Found): void;
}

/** The result of a batch. */
interface Batch {
  readonly sequences: number;
  readonly operations: number;
  readonly mismatches: number;
  readonly dropped: readonly DroppedInBatch[];
  readonly resent: number;
  /** The first mismatch of each kind. */
  readonly found: ReadonlyMap<string, Found>;
}

/**
 * Plays random sequences on the real system and the model, protocol by protocol, until the limit; then shrinks the
 * mismatches it found. The same seed plays the same sequences, however many labs there are.
 * @throws Unavailable when no lab is available, HarnessError when an agent fails, Interrupted when the user interrupts
 * before the first sequence.
 */
export async function explore(kind: LabKind, settings: ExploreSettings, listener: ExploreListener): Promise<Explored> {
  const { protocols, signal, most } = settings;
  const stage: Stage = { library: await import('fast-check'), floors: new Floors(kind, settings), settings, listener };
  try {
    const first = await unlessAborted(stage.floors.take(), signal);
    const { platform, model, uids, devices } = first;
    const { lab, namedInterface } = first.lab.facts;
    listener.started(first);
    stage.floors.giveBack(first);
    const tallies: Tally[] = [];
    const unseen: DroppedInBatch[] = [];
    const kinds = new Map<string, Found>();
    for (const protocol of protocols) {
      const fold = await exploreOne(protocol, stage);
      tallies.push(fold.tally);
      unseen.push(...fold.unseen);
      for (const [name, found] of fold.found) kinds.set(`${protocol} ${name}`, found);
    }
    const findings = await shrinkAll([...kinds.values()].slice(0, most), stage);
    const complete = !signal.aborted;
    return { platform, lab, namedInterface, model, uids, devices, complete, tallies, findings, unseen };
  } finally {
    await tidied(stage.floors.close(), signal, kind.far === true || stage.floors.far);
  }
}

/** The values that the parts of an exploration share. */
interface Stage {
  readonly library: typeof FastCheck;
  readonly floors: Floors;
  readonly settings: ExploreSettings;
  readonly listener: ExploreListener;
}

async function exploreOne(protocol: Protocol, { library, floors, settings, listener }: Stage): Promise<Fold> {
  const { signal, limit, seed } = settings;
  const fold = new Fold(protocol, limit);
  const work = async (): Promise<void> => {
    for (;;) {
      const batch = signal.aborted ? undefined : fold.begin();
      if (batch === undefined) return;
      const floor = await floors.take();
      const own = seedOf(seed, batch.number);
      const arbitrary = plans(library, floor.vocabulary(protocol));
      const made = library.sample(arbitrary, { seed: own, numRuns: batch.size });
      const before = floor.resent;
      const plays = await floor.playMany(made);
      const resent = floor.resent - before;
      const { ownPorts } = floor.lab.facts;
      const { sure, dropped } = await confirmed(plays, made, {
        ownPorts,
        shares: (play) => floor.shares(play),
        playAlone: (plan) => floor.playAlone(plan),
      });
      fold.end(batch.number, {
        ...sum(sure, made, own),
        dropped: dropped.map((one) => ({ ...one, seed: own })),
        resent,
      });
      floors.giveBack(floor);
      listener.progress(fold.tally);
    }
  };
  await unlessEnded(Promise.all(Array.from({ length: floors.most }, work)), signal);
  return fold;
}

async function shrinkAll(list: readonly Found[], { library, floors, settings, listener }: Stage): Promise<Finding[]> {
  const findings: Finding[] = [];
  const work = async () => {
    for (const found of list) {
      if (settings.signal.aborted) break;
      listener.shrinking(found);
      const floor = await floors.take();
      findings.push({ found, shrunk: await shrink(library, found, floor, settings.signal) });
      floors.giveBack(floor);
    }
  };
  await unlessEnded(work(), settings.signal);
  return findings;
}

/** Waits for the work until the user interrupts; if an agent was ended because of that, it is not an error. */
async function unlessEnded(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await unlessAborted(work, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function sum(plays: readonly Play[], made: readonly Plan[], seed: number): Omit<Batch, 'dropped' | 'resent'> {
  const found = new Map<string, Found>();
  let operations = 0;
  let mismatches = 0;
  for (const [place, play] of plays.entries()) {
    operations += play.played.length;
    const plan = made[place];
    if (!play.mismatch || plan === undefined) continue;
    mismatches += 1;
    const name = kindOf(play.played);
    if (!found.has(name)) found.set(name, { plan, played: play.played, seed, place });
  }
  return { sequences: plays.length, operations, mismatches, found };
}

/** Every batch has a seed of its own, so that any can be made without those before it. */
function seedOf(seed: number, batch: number): number {
  return (seed + Math.imul(batch, 0x9e37_79b1)) | 0;
}

/**
 * Hands out batches and adds up their results, in their order: the result of a seed must not depend on which lab was
 * faster. Batches after the one that reaches the limit do not count.
 */
class Fold {
  readonly found = new Map<string, Found>();
  readonly unseen: DroppedInBatch[] = [];
  readonly #protocol: Protocol;
  readonly #limit: Limit;
  readonly #began = Date.now();
  readonly #early = new Map<number, Batch>();
  #handedOut = 0;
  #added = 0;
  #sequences = 0;
  #operations = 0;
  #mismatches = 0;
  #dropped = 0;
  #resent = 0;

  constructor(protocol: Protocol, limit: Limit) {
    this.#protocol = protocol;
    this.#limit = limit;
  }

  get tally(): Tally {
    return {
      protocol: this.#protocol,
      sequences: this.#sequences,
      operations: this.#operations,
      mismatches: this.#mismatches,
      dropped: this.#dropped,
      resent: this.#resent,
    };
  }

  /** The next batch to play, or undefined when there is none. */
  begin(): { number: number; size: number } | undefined {
    const number = this.#handedOut;
    const left = 'sequences' in this.#limit ? this.#limit.sequences - number * BATCH : BATCH;
    if (left <= 0 || this.#isOver()) return undefined;
    this.#handedOut += 1;
    return { number, size: Math.min(BATCH, left) };
  }

  end(number: number, batch: Batch): void {
    this.#early.set(number, batch);
    for (let next = this.#early.get(this.#added); next; next = this.#early.get(this.#added)) {
      this.#early.delete(this.#added);
      this.#added += 1;
      if ('operations' in this.#limit && this.#isOver()) continue;
      this.#sequences += next.sequences;
      this.#operations += next.operations;
      this.#mismatches += next.mismatches;
      this.#dropped += next.dropped.length;
      this.unseen.push(...next.dropped.slice(0, MOST_UNSEEN - this.unseen.length));
      this.#resent += next.resent;
      for (const [name, found] of next.found) if (!this.found.has(name)) this.found.set(name, found);
    }
  }

  #isOver(): boolean {
    if ('operations' in this.#limit) return this.#operations >= this.#limit.operations;
    return 'seconds' in this.#limit && Date.now() - this.#began >= this.#limit.seconds * 1000;
  }
}

/** The labs: each for one batch at a time, and made again when its ports are used up. */
class Floors {
  readonly #kind: LabKind;
  readonly #settings: FloorSettings;
  /** How many of them may be in use at a time. */
  readonly most: number;
  readonly #free: Floor[] = [];
  readonly #open = new Set<Promise<Floor>>();
  /** Whether one of them has agents that may outlive this process. */
  far = false;
  #closed = false;

  constructor(kind: LabKind, settings: ExploreSettings) {
    this.#kind = kind;
    this.#settings = settings;
    this.most = Math.min(settings.jobs, kind.atOnce ?? settings.jobs);
    // Code that waits for an agent learns at once that the run is over.
    settings.signal.addEventListener('abort', () => void this.close(), { once: true });
  }

  async take(): Promise<Floor> {
    for (let floor = this.#free.pop(); floor; floor = this.#free.pop()) {
      if (floor.portsLeft >= BATCH + CANDIDATES) return floor;
      await floor.close();
    }
    if (this.#closed) throw new HarnessError('the exploration is over');
    const makingCalls = Floor.open(this.#kind, this.#settings);
    this.#open.add(makingCalls);
    const floor = await makingCalls;
    this.far ||= floor.lab.farAgents === true;
    return floor;
  }

  giveBack(floor: Floor): void {
    this.#free.push(floor);
  }

  /** Closes every lab. Never throws. */
  async close(): Promise<void> {
    this.#closed = true;
    const floors = await Promise.allSettled(this.#open);
    await Promise.all(floors.flatMap((floor) => (floor.status === 'fulfilled' ? [floor.value.close()] : [])));
  }
}

/** How many candidates one shrinking may need; each needs a port of its own. */
const CANDIDATES = 2000;
