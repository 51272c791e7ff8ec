import { isConnected } from '../../matrix/axes.ts';
import { inWords, type Block } from '../../matrix/blocks.ts';
import { agrees, predictor } from '../../matrix/prediction.ts';
import { Results } from '../../matrix/results.ts';
import type { Spec } from '../../matrix/sockets.ts';
import type { LabFacts } from '../../lab/lab.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import type { AgentPool } from '../pool.ts';
import { attempt, clear, prepare, type Chunk } from './chunk.ts';
import { Crew } from './crew.ts';
import type { ComparedWith, Labour } from './in-labs.ts';
import { PortBlocks } from './port-block.ts';

/** How many pairs a message is about; fewer than the descriptors that an agent may hold with the usual limit. */
const CHUNK = 1000;
/**
 * The same where they are connected. The kernel keeps at most 1000 segments (net.core.netdev_max_backlog) for a processor
 * that is busy, and drops the rest; a segment lost on loopback is sent again only after a second.
 */
const CHUNK_CONNECTED = 250;
/** How often a pair that does not agree is tried again where others take ports too. */
export const RETRIES = 2;
/** After this many errors of the harness, the rest is not run. */
export const MOST_ERRORS = 5;

/** The pairs of some blocks, in chunks, and their results. */
export class PairWork implements Labour {
  readonly chunks: Chunk[];
  readonly results = new Results();
  readonly errors: { what: string; error: string }[] = [];
  over = false;
  readonly #expected: ComparedWith;
  readonly #signal: AbortSignal;
  readonly #did: (pairs: number) => void;

  /**
   * @param queue how many connections may wait at a listener
   * @param did hears of it when this many more pairs are done
   */
  constructor(
    blocks: readonly Block[],
    queue: number,
    expected: ComparedWith,
    signal: AbortSignal,
    did: (pairs: number) => void,
  ) {
    this.chunks = blocks.flatMap((block) => chunksOf(block, queue));
    this.#expected = expected;
    this.#signal = signal;
    this.#did = did;
  }

  get size(): number {
    return this.chunks.length;
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
    this.#did(chunk.pairs.length);
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
