import { counted } from '../text/counted.ts';
import type { Cell } from '../experiment/cells.ts';
import { SYSTEMS, type System } from '../experiment/experiment.ts';
import { leaves } from '../experiment/expectation.ts';
import { expectationFor, type Resolved } from '../verdict/judge.ts';
import { whatSetsApart } from './axes.ts';
import { placesOf } from './expectations.ts';
import { expectedInWords } from './words.ts';

/** The longest list of values that cells are named by, in characters. */
const MOST_WORDS = 80;

/** Which cells, beside the others, and what is expected of them on one system. */
interface Line {
  readonly which: string;
  readonly expected: string;
}

/** What is expected of an experiment's cells on one system: first of those that can be named in few words. */
export function expectedOn(system: System, cells: readonly Cell[]): Line[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const expected = inWords(expectationFor(cell, system));
    groups.set(expected, [...(groups.get(expected) ?? []), cell]);
  }
  const lines = [...groups].map(([expected, own]) => ({ expected, cells: own, values: valuesOf(own, cells) }));
  const named = lines.filter(({ values }) => values !== null);
  const others = lines.filter(({ values }) => values === null);
  return [...named, ...others].map(({ expected, cells: own, values }) => ({
    expected,
    which: values === null && others.length === 1 ? `the other ${counted(own.length, 'cell')}` : whichOf(own, cells),
  }));
}

/** Whichever system differs from one, in a line each: on how many cells; and those that do not differ. */
export function differencesFrom(
  system: System,
  cells: readonly Cell[],
): { same: string[]; differing: { title: string; what: string }[] } {
  const [first] = cells;
  const places = first ? placesOf(first.registered) : [];
  const base = new Map(cells.map((cell) => [cell.id, inWords(expectationFor(cell, system))]));
  const same: string[] = [];
  const differing: { title: string; what: string }[] = [];
  for (const { title, system: other, version } of places) {
    if (title === system) continue;
    const resolved = cells.map((cell) => ({ cell, expected: expectationFor(cell, other, version) }));
    const unjudged = resolved.filter(({ expected }) => expected === null).length;
    const apart = resolved
      .filter(({ cell, expected }) => expected !== null && inWords(expected) !== base.get(cell.id))
      .map(({ cell }) => cell);
    if (apart.length === 0 && unjudged === 0) same.push(title);
    else differing.push({ title, what: difference(apart, unjudged, cells) });
  }
  return { same, differing };
}

/** A system as this process's runtime calls it; null for one that has no expectations. */
export function systemFrom(platform: string): System | null {
  const name = platform === 'win32' ? 'windows' : platform;
  return SYSTEMS.find((system) => system === name) ?? null;
}

function difference(apart: readonly Cell[], unjudged: number, cells: readonly Cell[]): string {
  const parts = [
    ...(apart.length === 0 ? [] : [`${apart.length === cells.length ? 'all' : whichOf(apart, cells)} differ`]),
    ...(unjudged === 0
      ? []
      : [`${unjudged === cells.length ? 'all' : counted(unjudged, 'cell')} recorded, not judged`]),
  ];
  return parts.join('; ').replace(/^(1 cell\b.*) differ\b/, '$1 differs');
}

/** Cells by their number, and by the values that set them apart from the others where those are few. */
function whichOf(some: readonly Cell[], all: readonly Cell[]): string {
  if (some.length === all.length) return `all ${counted(some.length, 'cell')}`;
  const values = valuesOf(some, all) ?? '';
  return values === '' ? counted(some.length, 'cell') : `${counted(some.length, 'cell')} (${values})`;
}

/** The values that set cells apart from the others; empty for all of them, null where that takes too many words. */
function valuesOf(some: readonly Cell[], all: readonly Cell[]): string | null {
  const apart = whatSetsApart(some, all)?.map(({ axis, values }) => `${axis} ${values.join(' or ')}`);
  const words = apart?.join(', ');
  return words === undefined || words.length > MOST_WORDS ? null : words;
}

function inWords(resolved: Resolved | null): string {
  if (resolved === null) return 'recorded, not judged';
  return leaves(resolved.expect)
    .map(([place, expected]) => (place === '' ? expectedInWords(expected) : `${place} ${expectedInWords(expected)}`))
    .join(', ');
}
