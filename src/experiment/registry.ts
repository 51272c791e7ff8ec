import type { Registered } from './cells.ts';
import { knowledgeOf } from './known.ts';
import { loadSuites } from './suites.ts';

/** Loads every experiment, sorted by id, with what is known of it on each system. */
export async function loadRegistry(): Promise<Registered[]> {
  const { experiments, known, recorded } = await loadSuites();
  return experiments.map(({ id, experiment }) => ({
    id,
    experiment,
    known: knowledgeOf(experiment, known, recorded),
  }));
}
