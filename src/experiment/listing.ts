import { cellsOf } from './cells.ts';
import type { Experiment } from './experiment.ts';
import { loadRegistry } from './registry.ts';

/** What a list tells of an experiment. */
export interface ListedExperiment {
  id: string;
  experiment: Pick<Experiment, 'title' | 'asks' | 'tags' | 'axes'> & { claims: Record<string, true> };
  /** The ids of its cells. */
  cells: string[];
}

/**
 * What lists tell of every experiment, sorted by id. The build makes it once, and has it in place of this module as data:
 * to load every experiment takes many times as long as to print the list.
 */
export async function loadListing(): Promise<ListedExperiment[]> {
  const registry = await loadRegistry();
  return registry.map((registered) => {
    const { title, asks, tags, claims, axes } = registered.experiment;
    return {
      id: registered.id,
      experiment: {
        title,
        asks,
        tags,
        claims: Object.fromEntries(Object.keys(claims).map((claim) => [claim, true])),
        axes,
      },
      cells: cellsOf(registered).map(({ id }) => id),
    };
  });
}
