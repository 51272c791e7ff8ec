import { counted } from '../text/counted.ts';
import { loadRegistry } from '../experiment/registry.ts';
import { selected } from './selected.ts';
import { columns, cut, paint, say, sayJson } from './terminal.ts';

export interface ListOptions {
  cells: boolean;
  format: 'pretty' | 'json';
}

/** `bindspec list`. @throws UserError when a selector matches nothing. */
export async function listCommand(selectors: string[], { cells: every, format }: ListOptions): Promise<void> {
  const cells = selected(await loadRegistry(), selectors);
  const experiments = new Map(cells.map(({ registered }) => [registered.id, registered.experiment]));
  const countOf = (id: string) => cells.filter(({ registered }) => registered.id === id).length;
  if (format === 'json') {
    const rows = [...experiments].map(([id, { title, asks, tags, claims, axes }]) => ({
      id,
      title,
      asks,
      tags,
      claims: Object.keys(claims),
      axes,
      cells: cells.filter(({ registered }) => registered.id === id).map((cell) => cell.id),
    }));
    sayJson(rows, 1);
    return;
  }
  if (every) {
    for (const { id } of cells) say(id);
    return;
  }
  const widest = Math.max(...[...experiments.keys()].map((id) => id.length));
  for (const [id, { title }] of experiments) {
    const count = paint('gray', counted(countOf(id), 'cell').padStart(9));
    say(`${id.padEnd(widest)}  ${count}  ${cut(title, Math.max(columns() - widest - 13, 20))}`);
  }
  const all = `${counted(experiments.size, 'experiment')}, ${counted(cells.length, 'cell')}`;
  say(paint('gray', `\n${all}`));
}
