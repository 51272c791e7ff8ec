import type { Cell } from '../experiment/cells.ts';
import type { Need } from '../lab/lab.ts';

/**
 * The use of a lab in a run: one cell at a time, no matter what it needs; one at a time of the cells that need a quiet
 * interface; or several at a time of the others.
 */
export type LabUse = 'single' | 'quiet' | 'shared';

/**
 * If the cells of an experiment take this long, in milliseconds, another worker may take its next cell, even if that worker
 * must start agents first.
 */
const LONG = 500;

/** The state of an experiment while it runs. */
interface Progress {
  /** The worker that has the agents for the experiment. */
  readonly owner: object;
  /** How long its last cell took, in milliseconds, and when each cell that runs now began. */
  took: number;
  readonly began: Map<Cell, number>;
}

/** Where a cell is to run, and with which others. */
interface Kind {
  readonly isQuiet: boolean;
  /** The same for the cells of an experiment that run in labs of the same use. */
  readonly key: string;
}

/** The cells that are still to run. The workers of a run take cells from it. */
export class CellQueue {
  readonly #cells: Cell[];
  /** Found once for each cell: what a cell needs may take some time to find out, and every cell is looked at many times. */
  readonly #kinds: ReadonlyMap<Cell, Kind>;
  /** By experiment, with its cells that need a quiet interface apart: they run in another lab, with other agents. */
  readonly #experiments = new Map<string, Progress>();
  /** Workers that have nothing to do for now. */
  #idle: (() => void)[] = [];

  /** Takes the cells in the order in which they are wanted, but puts those that wait for silence first. */
  constructor(cells: readonly Cell[]) {
    this.#cells = [...cells.filter(waits), ...cells.filter((cell) => !waits(cell))];
    this.#kinds = new Map(cells.map((cell) => [cell, kindOf(cell)]));
  }

  /**
   * The next cell for a worker in a lab of this use, or undefined when there is none for it. Call `ended` for each cell. A
   * worker first continues the experiment that it has agents for, then takes one that no one has begun. It takes cells of
   * another worker's experiment only if they take long, or if it has a lab and agents of its own.
   */
  async next(worker: object, use: LabUse): Promise<Cell | undefined> {
    for (;;) {
      const fitting = this.#cells.filter((cell) => use === 'single' || this.#kind(cell).isQuiet === (use === 'quiet'));
      const ownerOf = (cell: Cell) => this.#experiments.get(this.#kind(cell).key)?.owner;
      const cell =
        fitting.find((one) => ownerOf(one) === worker) ??
        fitting.find((one) => ownerOf(one) === undefined) ??
        fitting.find((one) => use === 'single' || this.#isLong(one));
      if (cell) return this.#taken(cell, worker);
      if (fitting.length === 0) return undefined;
      await this.#change();
    }
  }

  /** Notes that a cell is done. */
  ended(cell: Cell): void {
    const experiment = this.#experiments.get(this.#kind(cell).key);
    const began = experiment?.began.get(cell);
    if (!experiment || began === undefined) return;
    experiment.took = performance.now() - began;
    experiment.began.delete(cell);
    for (const wake of this.#idle.splice(0)) wake();
  }

  #kind(cell: Cell): Kind {
    return this.#kinds.get(cell) ?? kindOf(cell);
  }

  #taken(cell: Cell, worker: object): Cell {
    this.#cells.splice(this.#cells.indexOf(cell), 1);
    const { key } = this.#kind(cell);
    const experiment = this.#experiments.get(key) ?? { owner: worker, took: 0, began: new Map() };
    experiment.began.set(cell, performance.now());
    this.#experiments.set(key, experiment);
    return cell;
  }

  #isLong(cell: Cell): boolean {
    const experiment = this.#experiments.get(this.#kind(cell).key);
    if (!experiment || waits(cell)) return true;
    const since = Math.min(...experiment.began.values());
    return experiment.took >= LONG || performance.now() - since >= LONG;
  }

  /** Waits until a cell is done, or until a cell that runs now may have become a long one. */
  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LONG);
      this.#idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function kindOf(cell: Cell): Kind {
  const isQuiet = needsQuiet(cell);
  return { isQuiet, key: `${cell.registered.id} ${isQuiet ? 'quiet' : 'shared'}` };
}

/** The needs of a cell; empty where they can't be found. That becomes the cell's error when its turn comes. */
export function needsOf({ registered, values }: Cell): readonly Need[] {
  try {
    return registered.experiment.needs?.(values) ?? [];
  } catch {
    return [];
  }
}

const ALONE: ReadonlySet<Need> = new Set(['quiet interface', 'changeable network', 'VRF']);

/** Whether a cell counts the packets on an interface, or changes the lab, which the cells beside it use too. */
export function needsQuiet(cell: Cell): boolean {
  return needsOf(cell).some((need) => ALONE.has(need));
}

function waits({ registered, values }: Cell): boolean {
  const { waits: given = false } = registered.experiment;
  return typeof given === 'function' ? given(values) : given;
}

/**
 * The labs of a run: the use of each, and how many cells at a time it has. Cells that share a lab share its agents too, so
 * that fewer are started. The first lab is the one for quiet cells, if there are any; its worker then continues in the
 * next lab.
 * @param jobs how many cells at a time in all, at least one
 * @param most how many may share a lab
 * @param isQuietWanted whether there are cells that need a quiet interface
 */
export function labsFor(jobs: number, most: number, isQuietWanted: boolean): { use: LabUse; workers: number }[] {
  if (most === 1 || jobs === 1) return Array.from({ length: jobs }, () => ({ use: 'single', workers: 1 }));
  const quiet = isQuietWanted ? 1 : 0;
  const labs = Math.ceil(jobs / most);
  return [
    ...Array.from({ length: quiet }, () => ({ use: 'quiet', workers: 1 }) as const),
    ...Array.from({ length: labs }, (_, index) => ({
      use: 'shared' as const,
      workers: Math.floor((jobs - quiet + index) / labs),
    })),
  ];
}
