import type { CellOf, Axes, Experiment } from './experiment.ts';
import type { Knowledge } from './known.ts';

/** An experiment with the id that comes from its file's path. */
export interface Registered {
  id: string;
  experiment: Experiment;
  /** What is known of the experiment on systems and versions; left out where nothing is known. */
  known?: Knowledge;
}

/** An experiment at one value of each of its axes. */
export interface Cell {
  /** The experiment's id, then `axis:value` for each axis, all separated by slashes. */
  id: string;
  registered: Registered;
  values: CellOf<Axes>;
}

/** All cells of an experiment, in the order of its axes. */
export function cellsOf(registered: Registered): Cell[] {
  const { axes, only } = registered.experiment;
  let combinations: Record<string, string>[] = [{}];
  for (const [axis, values] of Object.entries(axes)) {
    combinations = combinations.flatMap((left) => values.map((value) => ({ ...left, [axis]: value })));
  }
  return combinations
    .filter((values) => only?.(values) ?? true)
    .map((values) => ({ id: cellId(registered.id, values), registered, values }));
}

function cellId(id: string, values: Readonly<Record<string, string>>): string {
  return [id, ...Object.entries(values).map(([axis, value]) => `${axis}:${value}`)].join('/');
}
