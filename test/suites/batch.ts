import type { Cell } from '../../src/experiment/cells.ts';
import { type LabKind } from '../../src/lab/lab.ts';
import type { CellRecord } from '../../src/record/record.ts';
import { run } from '../../src/runner/run.ts';
import { paced } from '../../src/process/pace.ts';
import { AGENT, noNamespaces } from '../support/namespace.ts';
import type { Lack } from '../support/needs.ts';
import { Unavailable } from '../../src/process/unavailable.ts';

/**
 * Some cells in one run, for tests that each wait for the record of one: a run for every few of them would take most of its
 * time to make labs and to start agents.
 */
export class Batch {
  readonly #records = new Map<string, PromiseWithResolvers>();
  readonly #end = new AbortController();
  readonly #run: Promise<unknown>;

  constructor(kind: LabKind, cells: readonly Cell[]) {
    for (const { id } of cells) this.#records.set(id, withResolvers());
    this.#run = run(
      cells,
      kind,
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
        signal: this.#end.signal,
      },
      {
        started: () => undefined,
        began: () => undefined,
        ended: (record) => this.#records.get(record.id)?.resolve(record),
      },
    ).catch((error: unknown) => {
      for (const { reject } of this.#records.values()) reject(error);
    });
  }

  /** The record of one of the cells, once it has been run. @throws whatever the run could not go on for */
  async recordOf({ id }: Cell): Promise<CellRecord> {
    const record = this.#records.get(id);
    if (record === undefined) throw new RangeError(`${id} is not in this run`);
    return record.promise;
  }

  /** Ends the run, also where not all records were waited for. */
  async end(): Promise<void> {
    this.#end.abort();
    await this.#run;
  }
}

interface PromiseWithResolvers {
  promise: Promise<CellRecord>;
  resolve: (record: CellRecord) => void;
  reject: (error: unknown) => void;
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers(): PromiseWithResolvers {
  let [resolve, reject]: [PromiseWithResolvers['resolve'], PromiseWithResolvers['reject']] = [() => {}, () => {}];
  const promise = new Promise<CellRecord>((resolved, rejected) => {
    [resolve, reject] = [resolved, rejected];
  });
  // The test that waits for it gets the error; perhaps it was left out.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
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
