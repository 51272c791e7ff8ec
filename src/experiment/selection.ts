import { cellsOf, type Cell, type Registered } from './cells.ts';

/** A selector that matches nothing. Its message names it and what may be close. */
export class NothingSelected extends Error {}

/**
 * The cells that selectors choose, in the registry's order; all without any. A selector is the beginning of an id
 * (whole segments), a glob over it (`*` within a segment, `**` across), a tag or a claim.
 * @throws NothingSelected when one of them matches nothing.
 */
export function select(registry: readonly Registered[], selectors: readonly string[]): Cell[] {
  const cells = registry.flatMap(cellsOf);
  if (selectors.length === 0) return cells;
  const chosen = new Set<Cell>();
  for (const selector of selectors) {
    const matches = matcher(selector);
    const found = cells.filter(matches);
    if (found.length === 0) throw new NothingSelected(`no experiment matches '${selector}'${hint(registry, selector)}`);
    for (const cell of found) chosen.add(cell);
  }
  return cells.filter((cell) => chosen.has(cell));
}

/** Whether a cell is meant by a selector. */
export function matcher(selector: string): (cell: Cell) => boolean {
  const text = selector.replace(/\/$/, '');
  if (text.includes('*')) {
    const pattern = glob(text);
    return (cell) => pattern.test(cell.id);
  }
  return ({ id, registered: { experiment } }) =>
    id === text ||
    id.startsWith(`${text}/`) ||
    experiment.tags.includes(text) ||
    Object.hasOwn(experiment.claims, text);
}

/** `*` stays within a segment, `**` does not; a pattern that ends earlier than the id matches what is below it too. */
function glob(text: string): RegExp {
  const source = text
    .split(/(\*\*|\*)/)
    .map((part) =>
      part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`),
    )
    .join('');
  return new RegExp(`^${source}(/.*)?$`);
}

function hint(registry: readonly Registered[], selector: string): string {
  const word = selector.split('/').at(-1) ?? selector;
  const near = registry.map(({ id }) => id).find((id) => word.length > 2 && id.includes(word));
  return near === undefined ? "; 'bindspec list' shows them all" : `; did you mean '${near}'?`;
}
