import type { LabFacts } from '../../../lab/lab.ts';
import { agrees, type Prediction } from '../../../matrix/prediction.ts';
import { tripleInWords } from '../../../matrix/triples/axes.ts';
import { prefixOf, type TripleBlock } from '../../../matrix/triples/blocks.ts';
import { freshLanes, countIn, lanesFor, type Lane } from '../../../matrix/triples/lanes.ts';
import { allowsPrefix, triplePredictor, type PrefixPrediction } from '../../../matrix/triples/prediction.ts';
import { TripleComparison } from '../../../matrix/triples/comparison.ts';
import { TripleResults } from '../../../matrix/triples/results.ts';
import { HarnessError } from '../../../harness/harness-error.ts';
import type { AgentPool } from '../../pool.ts';
import { Crew } from '../crew.ts';
import type { ComparedWith, Labour } from '../in-labs.ts';
import { MOST_ERRORS, RETRIES, type PairWork } from '../pair-work.ts';
import { PortBlocks } from '../port-block.ts';
import { playTriples, type LaneAnswers } from './chunk.ts';

/**
 * How many lanes a message is about. The process that makes both sockets of each holds twice as many descriptors. There
 * must be few of them for another reason too: Linux looks at UDP sockets in another order if more than ten are in one of
 * its (at least 256) slots for ports, whatever ports they have.
 */
const LANES = 120;

/** How thirds are spread over ports; see `lanesFor`. With `alone` each third has a fresh port. */
export type Spread = 'shared' | 'alone';

/** The first two sockets of some triples: what the model says, and which thirds have no answer yet. */
interface Task {
  readonly block: TripleBlock;
  readonly prefix: number;
  readonly prediction: PrefixPrediction;
  readonly thirds: readonly Prediction[];
  lanes: readonly Lane[];
  retries: number;
}

/** The triples of some blocks, and their results. The pairs that they are explained by come first. */
export class TripleWork implements Labour {
  readonly results = new TripleResults();
  readonly comparison: TripleComparison;
  readonly errors: { what: string; error: string }[] = [];
  readonly size: number;
  readonly pairs: PairWork;
  readonly #expected: ComparedWith;
  readonly #signal: AbortSignal;
  readonly #spread: Spread;
  readonly #did: (triples: number) => void;
  readonly #queue: Iterator<Task>;
  /** Tasks that are to be done before those of the queue, because thirds of them have no answer yet. */
  readonly #again: Task[] = [];
  #over = false;

  /**
   * @param how the pairs that the triples are compared with; words that a command to run a triple again must also have
   * @param did hears of it when this many more triples are done
   */
  constructor(
    blocks: readonly TripleBlock[],
    how: { pairs: PairWork; more: readonly string[]; spread?: Spread; signal: AbortSignal },
    expected: ComparedWith,
    did: (triples: number) => void,
  ) {
    const { pairs, more, spread = 'shared', signal } = how;
    this.size = pairs.size + blocks.reduce((sum, { first, second }) => sum + first.length * second.length, 0);
    this.pairs = pairs;
    this.#expected = expected;
    this.#signal = signal;
    this.#spread = spread;
    this.#did = did;
    this.comparison = new TripleComparison(this.results, more);
    this.#queue = this.#tasks(blocks);
  }

  get over(): boolean {
    return this.#over;
  }

  set over(over: boolean) {
    this.#over = over;
    this.pairs.over = over;
  }

  async in(pool: AgentPool, facts: LabFacts): Promise<void> {
    await this.pairs.in(pool, facts);
    const crew = new Crew(pool, facts);
    const ports = new PortBlocks(facts);
    for (let tasks = this.#next(); tasks.length > 0; tasks = this.#next()) {
      const [{ block }] = tasks as [Task, ...Task[]];
      const lanes = tasks.flatMap((task) => task.lanes.map((lane) => ({ task, prefix: task.prefix, lane })));
      try {
        const answers = await playTriples({ block, lanes }, crew, ports);
        if (this.#over) return;
        for (const [index, { task, lane }] of lanes.entries()) this.#note(task, lane, answers[index] as LaneAnswers);
        for (const task of tasks) this.#finish(task, ports.shared);
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
        if (this.#stopped()) return;
        this.errors.push({ what: tripleInWords(block), error: error.message });
        await crew.renew();
      }
    }
  }

  #note({ block, prefix }: Task, lane: Lane, { prefix: made, thirds }: LaneAnswers): void {
    if (made !== 'ok') {
      this.results.refuse(block, prefix, made);
      return;
    }
    const counted = thirds.slice(0, countIn(block.protocol, thirds));
    for (const [index, answer] of counted.entries()) this.results.note(block, prefix, lane[index] ?? -1, answer);
    if (lane.length === 0) this.results.made(block, prefix);
  }

  /** Judges a prefix all of whose thirds have an answer, and puts any other back. */
  #finish(task: Task, shared: boolean): void {
    const { block, prefix } = task;
    const left = this.results.missing(block, prefix);
    const odd = left.length === 0 && shared && task.retries < RETRIES ? this.#odd(task) : [];
    if (left.length > 0 || odd.length > 0) {
      if (left.length === 0) task.retries += 1;
      task.lanes = freshLanes(left.length > 0 ? left : odd);
      this.#again.push(task);
      return;
    }
    this.comparison.judge(task);
    this.#did(block.third.length);
  }

  /** The thirds whose answers the model does not allow; all of them where it is the answer about the first two. */
  #odd({ block, prefix, prediction, thirds }: Task): number[] {
    const row = this.results.prefix(block, prefix);
    const answers = this.results.answers.list;
    const all = [...thirds.keys()];
    if (!(row instanceof Int16Array)) return allowsPrefix(prediction, answers[row ?? -1] ?? '') ? [] : all;
    return all.filter((third) => !agrees(answers[row[third] ?? -1] ?? '', thirds[third] ?? {}));
  }

  /** The tasks of the next message, all of one block; none when there is nothing left to do. */
  #next(): Task[] {
    const tasks: Task[] = [];
    let lanes = 0;
    while (!this.#stopped() && lanes < LANES) {
      const task = this.#again.pop() ?? this.#queue.next().value;
      if (task === undefined) break;
      if (tasks[0] !== undefined && (tasks[0].block !== task.block || lanes + task.lanes.length > LANES)) {
        this.#again.push(task);
        break;
      }
      tasks.push(task);
      lanes += task.lanes.length;
    }
    return tasks;
  }

  *#tasks(blocks: readonly TripleBlock[]): Generator<Task, undefined> {
    const { model, setting, owner } = this.#expected;
    for (const block of blocks) {
      const predict = triplePredictor(model, setting, block, owner);
      const places = [...block.third.keys()];
      for (let prefix = 0; prefix < block.first.length * block.second.length; prefix += 1) {
        const { prediction, third } = predict(...prefixOf(block, prefix));
        const thirds = block.third.map((spec) => third(spec));
        yield { block, prefix, prediction, thirds, lanes: this.#lanes(block, places, prediction, thirds), retries: 0 };
      }
    }
    return undefined;
  }

  #lanes(
    { protocol }: TripleBlock,
    places: readonly number[],
    { refused }: PrefixPrediction,
    thirds: readonly Prediction[],
  ): readonly Lane[] {
    // Two sockets that can't both be made have no third; if they can after all, `#finish` tries the thirds.
    if (refused !== undefined) return [[]];
    if (this.#spread === 'alone') return freshLanes(places);
    return lanesFor(protocol, places, (third) => thirds[third]?.bind?.outcomes[0] !== 'ok');
  }

  #stopped(): boolean {
    return this.#over || this.#signal.aborted || this.errors.length + this.pairs.errors.length >= MOST_ERRORS;
  }
}
