import type { Cell } from '../experiment/cells.ts';
import { loadRegistry } from '../experiment/registry.ts';
import type { BindRecord } from '../record/record.ts';
import { placesOf } from '../report/expectations.ts';
import { expectationFor } from '../verdict/judge.ts';
import { UserError } from './exit.ts';
import { lastOutcomes } from './last-outcomes.ts';
import { selected } from './selected.ts';
import { showAll } from './show-all.ts';
import { showShort } from './show-short.ts';
import { sayJson } from './terminal.ts';

export interface ShowOptions {
  all: boolean;
  reports: string;
  format: 'pretty' | 'json';
}

/** `bindspec show`. @throws UserError when the id is none, or a record can't be read. */
export async function showCommand(id: string, options: ShowOptions): Promise<void> {
  const cells = selected(await loadRegistry(), [id]);
  const [first] = cells;
  if (!first || cells.some(({ registered }) => registered !== first.registered)) {
    throw new UserError(`'${id}' matches more than one experiment; 'bindspec list ${id}' shows them`);
  }
  const records = lastOutcomes(options.reports);
  if (options.format === 'json') {
    sayJson(asData(cells, records), 1);
    return;
  }
  if (options.all) showAll(first.registered, cells, records, options.reports);
  else showShort(first.registered, cells, records, options.reports);
}

function asData(cells: readonly Cell[], records: readonly BindRecord[]) {
  return cells.map((cell) => ({
    id: cell.id,
    title: cell.registered.experiment.title,
    asks: cell.registered.experiment.asks,
    claims: Object.keys(cell.registered.experiment.claims),
    // Null where no one has said what to expect.
    expected: Object.fromEntries(
      placesOf(cell.registered).map(({ title, system, version }) => [title, expectationFor(cell, system, version)]),
    ),
    recorded: records.flatMap((record) =>
      record.cells
        .filter(({ id }) => id === cell.id)
        .map(({ verdict, observation, reason }) => ({ platform: record.platform.id, verdict, observation, reason })),
    ),
  }));
}
