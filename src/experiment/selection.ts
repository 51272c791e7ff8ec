import { unknown } from '../text/unknown.ts';
import { cellsOf, type Cell, type Registered } from './cells.ts';

/** What a selector looks at: a cell, or one of a listing. */
export interface Selectable {
  id: string;
  registered: { id: string; experiment: { tags: readonly string[]; claims: Readonly<Record<string, unknown>> } };
}

/** A selector that matches nothing. Its message names the selector and ids that are close to it. */
export class NothingSelected extends Error {}

/**
 * The cells that selectors choose, in the registry's order; all cells without a selector. A selector is the beginning of
 * an id (whole segments), a glob over it (`*` within a segment, `**` across), a tag or a claim.
 * @throws NothingSelected when one of them matches nothing.
 */
export function select(registry: readonly Registered[], selectors: readonly string[]): Cell[] {
  return among(registry.flatMap(cellsOf), selectors);
}

/** Those of some cells that selectors choose. @throws NothingSelected when one of them matches nothing. */
export function among<One extends Selectable>(cells: One[], selectors: readonly string[]): One[] {
  if (selectors.length === 0) return cells;
  const chosen = new Set<One>();
  for (const selector of selectors) {
    const matches = matcher(selector);
    const found = cells.filter(matches);
    if (found.length === 0) throw new NothingSelected(unknownSelector(selector, cells));
    for (const cell of found) chosen.add(cell);
  }
  return cells.filter((cell) => chosen.has(cell));
}

/** Whether a selector chooses a cell. */
export function matcher(selector: string): (cell: Selectable) => boolean {
  const text = selector.replace(/\/$/, '');
  const byId = idMatcher(text);
  if (text.includes('*')) return ({ id }) => byId(id);
  return ({ id, registered: { experiment } }) =>
    byId(id) || experiment.tags.includes(text) || Object.hasOwn(experiment.claims, text);
}

/** Whether a selector chooses an id: by the beginning of the id, in whole segments, or by a glob over it. */
export function idMatcher(selector: string): (id: string) => boolean {
  const text = selector.replace(/\/$/, '');
  if (!text.includes('*')) return (id) => id === text || id.startsWith(`${text}/`);
  const pattern = glob(text);
  return (id) => pattern.test(id);
}

/** `*` stays within a segment, `**` does not. A pattern that ends earlier than the id also matches everything below it. */
function glob(text: string): RegExp {
  const source = text
    .split(/(\*\*|\*)/)
    .map((part) =>
      part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`),
    )
    .join('');
  return new RegExp(`^${source}(/.*)?$`);
}

/** Says that a selector matches no cell, and which selectors the user may have meant. */
export function unknownSelector(selector: string, cells: readonly Selectable[]): string {
  return unknown('selector', selector, words(cells), "'bindspec list' shows the experiments");
}

/** All selectors without a glob, experiments first. */
function words(cells: readonly Selectable[]): Set<string> {
  const experiments = cells.map(({ registered }) => registered);
  const segments = cells.flatMap(({ id }) => id.split('/').map((_, end, all) => all.slice(0, end + 1).join('/')));
  return new Set([
    ...experiments.map(({ id }) => id),
    ...experiments.flatMap(({ experiment }) => [...experiment.tags, ...Object.keys(experiment.claims)]),
    ...segments,
  ]);
}
