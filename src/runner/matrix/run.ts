import { type Lab, type LabFacts, type LabKind } from '../../lab/lab.ts';
import { devicesOf, isConnected } from '../../matrix/axes.ts';
import { inWords, matrixPlanOf, type Block, type MatrixPlan } from '../../matrix/blocks.ts';
import { compare } from '../../matrix/comparison.ts';
import { agrees, predictor } from '../../matrix/prediction.ts';
import { Results } from '../../matrix/results.ts';
import type { Asked } from '../../matrix/selection.ts';
import { settingOf } from '../../matrix/setting.ts';
import { namesOf, type Spec } from '../../matrix/sockets.ts';
import { models, type Model } from '../../model/index.ts';
import type { Setting, SystemName } from '../../model/types.ts';
import { MATRIX_VERSION, type MatrixRecord } from '../../record/matrix.ts';
import type { Platform } from '../../record/record.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import { onlyInterrupted, tidied, unlessAborted } from '../../process/interrupted.ts';
import { abilitiesOf } from '../abilities.ts';
import { platformOf } from '../platform.ts';
import { AgentPool, type PoolSettings } from '../pool.ts';
import { attempt, clear, prepare, type Chunk } from './chunk.ts';
import { Crew } from './crew.ts';
import { PortBlocks } from './port-block.ts';
import { interfaceOf, obstacleOf } from './settings.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** How many pairs a message is about; fewer than the descriptors that an agent may hold with the usual limit. */
const CHUNK = 1000;
/**
 * The same where they are connected. The kernel keeps at most 1000 segments (net.core.netdev_max_backlog) for a processor
 * that is busy, and drops the rest; a segment lost on loopback is sent again only after a second.
 */
const CHUNK_CONNECTED = 250;
/** How often a pair that does not agree is tried again where others take ports too. */
const RETRIES = 2;
/** After this many errors of the harness, the rest is not run. */
const MOST_ERRORS = 5;

export interface MatrixSettings extends Omit<PoolSettings, 'fresh'> {
  version: string;
  asked: Asked;
  /** How many labs at a time. */
  jobs: number;
  /** The system whose model the results are compared with; the platform's own when left out. */
  model?: SystemName;
  /** More words that a command to run a pair again must have. */
  more: readonly string[];
  /** Ends the run early; the results so far are returned. */
  signal: AbortSignal;
}

export interface MatrixListener {
  started(platform: Platform, lab: string, plan: MatrixPlan): void;
  /** Reports that this many more pairs are done. */
  did(pairs: number): void;
}

/**
 * Runs the pairs that were asked for, in labs side by side, and compares them with a model.
 * @throws BadSelection for an impossible selection; Unavailable when no lab is available; HarnessError when no agent
 * can be started in it; Interrupted when the user interrupts before the first pair.
 */
export async function runMatrix(
  kind: LabKind,
  settings: MatrixSettings,
  listener: MatrixListener,
): Promise<MatrixRecord> {
  const started = new Date();
  const labs: Lab[] = [];
  const pools: AgentPool[] = [];
  const open = async () => {
    const lab = await kind.open();
    labs.push(lab);
    const pool = new AgentPool(lab, { ...settings, fresh: false });
    pools.push(pool);
    return { lab, pool };
  };
  const opening: Promise<unknown>[] = [];
  try {
    const { signal } = settings;
    const first = await unlessAborted(open(), signal);
    const { facts } = first.lab;
    const lease = await unlessAborted(first.pool.take('machine', false), signal);
    const platform = platformOf(lease.hello, first.lab.stack);
    const { queue, dualStack } = await abilitiesOf(lease.agent, facts);
    const { names, absent } = namesOf(facts, dualStack);
    await first.pool.giveBack(lease);
    const plan = matrixPlanOf(
      settings.asked,
      { names, absent, system: platform.system, lab: facts.lab },
      devicesOf(interfaceOf(facts)),
      obstacleOf(facts, platform.system),
    );
    listener.started(platform, facts.lab, plan);

    const model = models[settings.model ?? platform.system];
    const setting = settingOf(facts, platform);
    const chunks = plan.blocks.flatMap((block) => chunksOf(block, queue));
    const work = new Work(chunks, { model, setting, owner: platform.uid ?? 0 }, settings.signal, listener);
    const most = facts.ownPorts ? Math.min(settings.jobs, kind.atOnce ?? settings.jobs) : 1;
    const jobs = Math.max(1, Math.min(most, work.chunks.length));
    const workers = Array.from({ length: jobs }, async (_, index) => {
      // If a later lab is not available, the other labs only have more to do.
      const place = index === 0 ? first : await open().catch(unlessUnavailable);
      if (place && !settings.signal.aborted) await work.in(place.pool, place.lab.facts);
    });
    opening.push(...workers);
    await unlessAborted(Promise.all(workers), signal).catch(onlyInterrupted);
    work.over = true;

    const compared = compare(plan.blocks, work.results, {
      model,
      setting,
      owner: platform.uid ?? 0,
      more: settings.more,
    });
    const { counts } = compared;
    return {
      schema: MATRIX_VERSION,
      kind: 'matrix',
      bindspec: settings.version,
      complete: counts.notRun === 0,
      started: started.toISOString(),
      duration: Date.now() - started.getTime(),
      platform,
      lab: facts as MatrixRecord['lab'],
      settings: { model: model.name, asked: { ...settings.asked }, jobs },
      ...compared,
      counts: { ...counts, skipped: plan.skipped.reduce((sum, { pairs }) => sum + pairs, 0) },
      skipped: plan.skipped.map((skip) => ({ ...skip })),
      errors: work.errors,
    };
  } finally {
    const takeBack = async () => {
      await Promise.all(pools.map((pool) => pool.close()));
      await Promise.allSettled(opening);
      await Promise.all(pools.map((pool) => pool.close()));
      await Promise.all(labs.map((lab) => lab.close()));
    };
    await tidied(takeBack(), settings.signal, kind.far === true || pools.some(({ far }) => far));
  }
}

/** The chunks of a run, and their results. */
class Work {
  readonly chunks: Chunk[];
  readonly results = new Results();
  readonly errors: MatrixRecord['errors'] = [];
  over = false;
  readonly #expected: { model: Model; setting: Setting; owner: number };
  readonly #signal: AbortSignal;
  readonly #listener: MatrixListener;

  constructor(
    chunks: Chunk[],
    expected: { model: Model; setting: Setting; owner: number },
    signal: AbortSignal,
    listener: MatrixListener,
  ) {
    this.chunks = chunks;
    this.#expected = expected;
    this.#signal = signal;
    this.#listener = listener;
  }

  /** Works in one lab until there is nothing left to do. While second sockets are tried, the next first sockets are made. */
  async in(pool: AgentPool, facts: LabFacts): Promise<void> {
    const crew = new Crew(pool, facts);
    const ports = new PortBlocks(facts);
    const begin = () => {
      const chunk = this.#stopped() ? undefined : this.chunks.shift();
      if (!chunk) return null;
      const stage = prepare(chunk, crew, ports);
      // An error of it is handled when its turn comes.
      stage.catch(() => undefined);
      return { chunk, stage };
    };
    for (let now = begin(); now;) {
      const { chunk, stage } = now;
      let next: ReturnType<typeof begin> = null;
      try {
        const ready = await stage;
        next = begin();
        const answers = await attempt(ready, crew);
        await clear(ready, crew);
        await this.#took(chunk, answers, crew, ports);
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
        if (this.#stopped()) return;
        this.errors.push({ what: inWords(chunk.block), error: error.message });
        // The sockets that the next chunk has prepared are gone with the agents that hold them.
        await next?.stage.catch(() => undefined);
        await crew.renew();
        if (next) this.chunks.push(next.chunk);
        next = begin();
      }
      now = next ?? begin();
    }
  }

  /** Notes answers. Where others take ports too, pairs that do not agree are first tried again. */
  async #took(chunk: Chunk, answers: readonly string[], crew: Crew, ports: PortBlocks): Promise<void> {
    let { pairs } = chunk;
    let came = answers;
    for (let retry = 0; ports.shared && retry < RETRIES; retry += 1) {
      this.#note(chunk.block, pairs, came);
      const odd = this.#odd(chunk.block, pairs, came);
      if (odd.length === 0) break;
      const stage = await prepare({ block: chunk.block, pairs: odd }, crew, ports);
      pairs = odd;
      came = await attempt(stage, crew);
      await clear(stage, crew);
    }
    this.#note(chunk.block, pairs, came);
    this.#listener.did(chunk.pairs.length);
  }

  #note(block: Block, pairs: readonly number[], answers: readonly string[]): void {
    if (!this.over) this.results.note(block, pairs, answers);
  }

  #odd(block: Block, pairs: readonly number[], answers: readonly string[]): number[] {
    const { model, setting, owner } = this.#expected;
    const predict = predictor(model, setting, block, owner);
    const width = block.second.length;
    return pairs.filter((pair, index) => {
      const first = block.first[Math.floor(pair / width)] as Spec;
      return !agrees(answers[index] ?? '', predict(first, block.second[pair % width] as Spec));
    });
  }

  #stopped(): boolean {
    return this.over || this.#signal.aborted || this.errors.length >= MOST_ERRORS;
  }
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof Unavailable) return null;
  throw error;
}

/**
 * The pairs of a block in chunks. Where first sockets connect to the peer, the queue of one of the peer's listeners must
 * have room for a whole chunk.
 * @param queue how many connections may wait at a listener
 */
function chunksOf(block: Block, queue: number): Chunk[] {
  const { protocol, state, first, second } = block;
  const connects = protocol === 'tcp' && isConnected(state);
  const room = state === 'accepted' ? CHUNK_CONNECTED : Math.min(CHUNK_CONNECTED, queue);
  const most = connects ? room : CHUNK;
  const count = first.length * second.length;
  const chunks: Chunk[] = [];
  for (let from = 0; from < count; from += most) {
    chunks.push({ block, pairs: Array.from({ length: Math.min(most, count - from) }, (_, index) => from + index) });
  }
  return chunks;
}
