import type { MigrationStep } from './step.ts';

/** How the record of an exploration of each older version becomes one of the next. */
export const EXPLORATION_STEPS: ReadonlyMap<number, MigrationStep> = new Map([
  // Version 2 says what the sequences ask. Before it there were no probes.
  [1, (record) => ({ ...record, schema: 2, asks: 'names' })],
]);
