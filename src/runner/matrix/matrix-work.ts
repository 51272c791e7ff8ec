import type { LabFacts } from '../../lab/lab.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import type { AgentPool } from '../pool.ts';
import type { Labour, MatrixScene } from './in-labs.ts';
import type { PairWork } from './pair-work.ts';
import { runSingles, type RunSingles } from './singles/run.ts';

/** The pairs of a matrix, and in the first lab, if they are wanted, the single binds before them. */
export class MatrixWork implements Labour {
  readonly pairs: PairWork;
  readonly size: number;
  /** The result of the single binds, once they are done. */
  singles: RunSingles | undefined;
  readonly errors: { what: string; error: string }[] = [];
  readonly #scene: MatrixScene;
  readonly #signal: AbortSignal;
  #wanted: boolean;

  constructor(pairs: PairWork, scene: MatrixScene, { singles, signal }: { singles: boolean; signal: AbortSignal }) {
    this.pairs = pairs;
    this.size = pairs.size + (singles ? 1 : 0);
    this.#scene = scene;
    this.#signal = signal;
    this.#wanted = singles;
  }

  get over(): boolean {
    return this.pairs.over;
  }

  set over(over: boolean) {
    this.pairs.over = over;
  }

  async in(pool: AgentPool, facts: LabFacts): Promise<void> {
    if (this.#wanted) {
      this.#wanted = false;
      await this.#runSingles(pool, facts);
    }
    await this.pairs.in(pool, facts);
  }

  async #runSingles(pool: AgentPool, facts: LabFacts): Promise<void> {
    const { platform, dualStack, model, owner } = this.#scene;
    try {
      this.singles = await runSingles({ pool, facts, platform, dualStack }, { model, owner });
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      if (this.#signal.aborted || this.over) return;
      this.errors.push({ what: 'single binds', error: error.message });
    }
  }
}
