import { cellsOf, type Registered } from '../experiment/cells.ts';
import type { BindRecord } from '../record/record.ts';
import type { Given } from '../report/comparison/columns.ts';
import { complain } from './terminal.ts';

/**
 * Says which records have cells that this bindspec does not have: another version wrote them. They are taken as they were
 * recorded, so that records of other versions stay readable, and nothing is hidden that was observed.
 */
export function tellUnknown(runs: readonly Given<BindRecord>[], registry: readonly Registered[]): void {
  const known = new Set(registry.flatMap(cellsOf).map(({ id }) => id));
  for (const { file, record } of runs) {
    const unknown = record.cells.filter(({ id }) => !known.has(id));
    const [first] = unknown;
    if (!first) continue;
    const which =
      unknown.length === 1
        ? `the cell '${first.id}', which this bindspec does not have: it is`
        : `${unknown.length} cells that this bindspec does not have, for example '${first.id}': they are`;
    complain(`bindspec: ${file} has ${which} compared as bindspec ${record.bindspec} recorded`);
  }
}
