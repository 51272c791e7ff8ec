import { loadRegistry } from '../src/experiment/registry.ts';
import { select } from '../src/experiment/selection.ts';
import { netns } from '../src/lab/netns.ts';
import { run } from '../src/runner/run.ts';
import { ratio } from './ratio.ts';
import { Unavailable } from '../src/process/unavailable.ts';

const ROUNDS = 3;
const SELECTED = ['conflict/same-address', 'reach/external-from-neighbour'];

/** A cell with agents that are kept against the same cell with agents of its own, one cell at a time. */
export async function warmth(): Promise<string[]> {
  const cells = select(await loadRegistry(), SELECTED);
  const took = { warm: [] as number[], fresh: [] as number[] };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const kind of ['warm', 'fresh'] as const) {
        const record = await run(
          cells,
          netns,
          {
            version: 'bench',
            selectors: SELECTED,
            jobs: 1,
            patience: 500,
            fresh: kind === 'fresh',
            failFast: false,
            grace: 10_000,
            known: () => [],
            signal: new AbortController().signal,
          },
          { started: () => undefined, began: () => undefined, ended: () => undefined },
        );
        // The first cell of a run has to start its agents either way.
        took[kind].push(...record.cells.slice(1).map(({ duration }) => duration));
      }
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return [`skipped: warm against fresh agents, because ${error.message}; ${error.enable}`];
  }
  return [ratio('a cell with fresh agents against one with warm agents', took.fresh, took.warm)];
}
