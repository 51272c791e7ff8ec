import { counted } from '../text/counted.ts';
import { loadListing } from '../experiment/listing.ts';
import { selectedAmong } from './selected.ts';
import { columns, cut, paint, say, sayJson } from './terminal.ts';

export interface ListOptions {
  cells: boolean;
  format: 'pretty' | 'json';
}

/** `bindspec list`. @throws UserError when a selector matches nothing. */
export async function listCommand(selectors: string[], { cells: every, format }: ListOptions): Promise<void> {
  const listing = await loadListing();
  const all = listing.flatMap((registered) => registered.cells.map((id) => ({ id, registered })));
  const cells = selectedAmong(all, selectors);
  const experiments = new Map(cells.map(({ registered }) => [registered, [] as string[]]));
  for (const { id, registered } of cells) experiments.get(registered)?.push(id);
  if (format === 'json') {
    const rows = [...experiments].map(([{ id, experiment }, own]) => ({
      id,
      title: experiment.title,
      asks: experiment.asks,
      tags: experiment.tags,
      claims: Object.keys(experiment.claims),
      axes: experiment.axes,
      cells: own,
    }));
    sayJson(rows, 1);
    return;
  }
  if (every) {
    for (const { id } of cells) say(id);
    return;
  }
  const widest = Math.max(...Array.from(experiments.keys(), ({ id }) => id.length));
  for (const [{ id, experiment }, own] of experiments) {
    const count = paint('gray', counted(own.length, 'cell').padStart(9));
    say(`${id.padEnd(widest)}  ${count}  ${cut(experiment.title, Math.max(columns() - widest - 13, 20))}`);
  }
  say(paint('gray', `\n${counted(experiments.size, 'experiment')}, ${counted(cells.length, 'cell')}`));
}
