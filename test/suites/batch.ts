import type { Cell } from '../../src/experiment/cells.ts';
import { type LabKind } from '../../src/lab/lab.ts';
import type { CellRecord } from '../../src/record/record.ts';
import { run } from '../../src/runner/run.ts';
import { paced } from '../../src/process/pace.ts';
import { AGENT, noNamespaces } from '../support/namespace.ts';
import type { Lack } from '../support/needs.ts';
import { Unavailable } from '../../src/process/unavailable.ts';

/** A time in which every test that vitest has selected has asked; they all start at the same time. */
const GATHER = 200;

/**
 * Gathers the cells that tests ask for and runs them in one run, so that the tests of vitest and the command share one
 * runner and its labs, and a single selected test runs its own cell only.
 */
export class Batch {
  readonly #kind: LabKind;
  readonly #waiting = new Map<
    string,
    { cell: Cell; resolve: (record: CellRecord) => void; reject: (error: unknown) => void }
  >();

  constructor(kind: LabKind) {
    this.#kind = kind;
  }

  /** The record of a cell. */
  ask(cell: Cell): Promise<CellRecord> {
    if (this.#waiting.size === 0) setTimeout(() => void this.#run(), GATHER);
    return new Promise((resolve, reject) => this.#waiting.set(cell.id, { cell, resolve, reject }));
  }

  async #run(): Promise<void> {
    const asked = new Map(this.#waiting);
    this.#waiting.clear();
    try {
      await run(
        [...asked.values()].map(({ cell }) => cell),
        this.#kind,
        {
          version: 'test',
          selectors: [],
          jobs: 4,
          // A cell that waits must not fail because this machine is slow.
          patience: paced(500),
          fresh: false,
          failFast: false,
          agentCommand: [process.execPath, AGENT],
          known: () => [],
          signal: new AbortController().signal,
        },
        {
          started: () => undefined,
          began: () => undefined,
          ended: (record) => asked.get(record.id)?.resolve(record),
        },
      );
    } catch (error) {
      for (const { reject } of asked.values()) reject(error);
    }
  }
}

/** Why a kind of lab is not available here; null where it is. */
export async function unavailable(kind: LabKind): Promise<Lack | null> {
  try {
    await (await kind.open()).close();
    return null;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return noNamespaces ?? { need: 'namespaces', reason: error.message, enable: error.enable };
  }
}
