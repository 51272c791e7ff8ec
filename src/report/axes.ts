import { counted } from '../text/counted.ts';
import type { CellRecord } from '../record/record.ts';
import { visible } from '../text/visible.ts';
import { code, text } from './markup.ts';

/** More cells than this are not named one by one. */
const MOST_NAMED = 6;

type Cell = Pick<CellRecord, 'id' | 'values'>;

/**
 * Some cells of an experiment in Markdown: by the axes that set them apart from its other cells where that is enough,
 * and otherwise one by one, or by their number when they are many.
 */
export function cellsInWords(some: readonly Cell[], all: readonly Cell[]): string {
  return inWords(some, all, { word: text, value: code });
}

/** The same without any markup. */
export function cellsInPlainWords(some: readonly Cell[], all: readonly Cell[]): string {
  return inWords(some, all, { word: visible, value: visible });
}

type Spelling = Record<'word' | 'value', (text: string) => string>;

function inWords(some: readonly Cell[], all: readonly Cell[], { word, value }: Spelling): string {
  if (some.length === all.length) return 'all';
  const apart = whatSetsApart(some, all);
  if (apart !== null) {
    return apart
      .map(({ axis, values }) => `${word(axis)} ${values.map((one) => value(one ?? 'none')).join(' or ')}`)
      .join(', ');
  }
  if (some.length > MOST_NAMED) return counted(some.length, 'cell');
  return some.map(({ values, id }) => value(Object.values(values).join(' ') || id)).join(', ');
}

/** The axes, with their values, that set some cells of an experiment apart from its others; null where none do. */
export function whatSetsApart(
  some: readonly Cell[],
  all: readonly Cell[],
): { axis: string; values: (string | undefined)[] }[] | null {
  const axes = [...new Set(all.flatMap(({ values }) => Object.keys(values)))];
  const chosen = new Map(axes.map((axis) => [axis, valuesOf(some, axis)]));
  const meant = all.filter(({ values }) => axes.every((axis) => chosen.get(axis)?.has(values[axis])));
  if (meant.length !== some.length) return null;
  return axes
    .filter((axis) => (chosen.get(axis)?.size ?? 0) < valuesOf(all, axis).size)
    .map((axis) => ({ axis, values: [...(chosen.get(axis) ?? [])] }));
}

function valuesOf(cells: readonly Cell[], axis: string): Set<string | undefined> {
  return new Set(cells.map(({ values }) => values[axis]));
}
