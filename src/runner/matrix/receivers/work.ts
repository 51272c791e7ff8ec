import type { LabFacts } from '../../../lab/lab.ts';
import { HarnessError } from '../../../harness/harness-error.ts';
import { writeAnswer } from '../../../matrix/receivers/answer.ts';
import { receiverCornerInWords, type ReceiverBlock } from '../../../matrix/receivers/blocks.ts';
import { wrongIn } from '../../../matrix/receivers/comparison.ts';
import { known } from '../../../matrix/receivers/known.ts';
import type { BlockPredictor, PairReceivers } from '../../../matrix/receivers/prediction.ts';
import { waysKey, type Way } from '../../../matrix/receivers/ways.ts';
import { Results } from '../../../matrix/results.ts';
import type { ReceiversRecord } from '../../../record/receivers.ts';
import type { AgentPool } from '../../pool.ts';
import { Crew } from '../crew.ts';
import type { Labour } from '../in-labs.ts';
import { MOST_ERRORS, RETRIES } from '../pair-work.ts';
import { PortBlocks } from '../port-block.ts';
import { askChunk, type ChunkPlace } from './chunk.ts';
import { shareParts, type ReceiverChunk } from './stage.ts';
import { deadWays } from './survey.ts';

/** How many pairs a chunk has. Each pair's sockets keep all datagrams of a round, and the system limits all of them together. */
const CHUNK = 500;
/**
 * How many pairs that do not agree are tried again one at a time. Early demultiplexing looks only at the first socket in a
 * slot of the kernel's table, and sockets of other ports are in the same slots: with thousands of sockets, now and then a
 * datagram takes another way than with the sockets of one port, which the model is about.
 */
const MOST_ALONE = 200;

/** The chunks of a run, and their results. */
export class ReceiverWork implements Labour {
  readonly predictor: BlockPredictor;
  readonly results = new Results();
  readonly errors: ReceiversRecord['errors'] = [];
  over = false;
  /** How many pairs were tried again alone. */
  alone = 0;
  /** The ways by which nothing comes back here; they are left out. */
  dead: ReadonlyMap<string, Way> = new Map();
  #blocks: readonly ReceiverBlock[];
  #chunks: ReceiverChunk[] = [];
  #surveyed: Promise<void> | undefined;
  /** Whether an answer is against a prediction: the same two meet many times. */
  readonly #isWrong = new Map<PairReceivers, Map<string, boolean>>();
  readonly #signal: AbortSignal;
  readonly #did: (pairs: number) => void;

  /** @param did reports that this many more pairs are done */
  constructor(
    blocks: readonly ReceiverBlock[],
    predictor: BlockPredictor,
    signal: AbortSignal,
    did: (pairs: number) => void,
  ) {
    this.#blocks = blocks;
    this.predictor = predictor;
    this.#signal = signal;
    this.#did = did;
  }

  get size(): number {
    return this.#blocks.flatMap(chunksOf).length;
  }

  /** The blocks, without the ways that are dead. */
  get blocks(): readonly ReceiverBlock[] {
    return this.#blocks;
  }

  async in(pool: AgentPool, facts: LabFacts): Promise<void> {
    const crew = new Crew(pool, facts);
    const ports = new PortBlocks(facts);
    let place: ChunkPlace | undefined;
    while (!this.#stopped()) {
      let chunk: ReceiverChunk | undefined;
      try {
        place ??= { crew, ports, shared: await shareParts(crew, ports, facts.addresses), peers: facts };
        await (this.#surveyed ??= this.#survey(place));
        chunk = this.#chunks.shift();
        if (chunk === undefined) return;
        await this.#ask(chunk, place);
        this.#did(chunk.pairs.length);
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
        if (this.#stopped()) return;
        const what = chunk === undefined ? 'before the first pair' : receiverCornerInWords(chunk.block);
        this.errors.push({ what, error: error.message });
        await crew.renew();
        place = undefined;
      }
    }
  }

  /** Leaves out the ways that are dead; the first lab finds them for all. */
  async #survey({ crew, shared }: ChunkPlace): Promise<void> {
    this.dead = await deadWays(this.#blocks, crew, shared);
    if (this.dead.size > 0) {
      const lives = (way: Way) => !this.dead.has(waysKey(way));
      this.#blocks = this.#blocks.map((block) => ({ ...block, ways: block.ways.filter(lives) }));
    }
    this.#chunks = this.#blocks.flatMap(chunksOf);
  }

  /** Asks a chunk, and again, in one way or the other, the pairs that do not agree. */
  async #ask(chunk: ReceiverChunk, place: ChunkPlace): Promise<void> {
    const { block } = chunk;
    const predicted = this.predictor(block);
    const once = async (pairs: readonly number[]): Promise<number[]> => {
      const answers = await askChunk({ block, pairs }, predicted, place);
      const texts = answers.map(writeAnswer);
      if (!this.over) this.results.note(block, pairs, texts);
      return pairs.filter((pair, index) => {
        const prediction = predicted(pair);
        const judged = known(this.#isWrong, prediction, () => new Map<string, boolean>());
        return known(judged, texts[index] ?? '', () => wrongIn(answers[index] ?? { words: [] }, prediction) !== null);
      });
    };
    let odd = await once(chunk.pairs);
    for (let retry = 0; place.ports.shared && odd.length > 0 && retry < RETRIES; retry += 1) odd = await once(odd);
    for (const pair of odd) {
      if (this.alone >= MOST_ALONE || this.#stopped()) return;
      this.alone += 1;
      await once([pair]);
    }
  }

  #stopped(): boolean {
    return this.over || this.#signal.aborted || this.errors.length >= MOST_ERRORS;
  }
}

function chunksOf(block: ReceiverBlock): ReceiverChunk[] {
  const count = block.first.length * block.second.length;
  const chunks: ReceiverChunk[] = [];
  for (let from = 0; from < count; from += CHUNK) {
    chunks.push({ block, pairs: Array.from({ length: Math.min(CHUNK, count - from) }, (_, index) => from + index) });
  }
  return chunks;
}
