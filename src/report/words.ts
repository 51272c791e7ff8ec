import { SOURCES, type Source } from '../documents/sources.ts';
import type { CellRecord } from '../record/record.ts';
import { visible } from '../text/visible.ts';
import { inWords } from '../experiment/expectation.ts';

/** More of an observed value than this tells no one anything; the record has it all. */
const LONGEST_VALUE = 300;

type Expected = NonNullable<CellRecord['expectation']>;

const HOW: Record<Expected['known'], string> = {
  observed: 'observed on a real system',
  'source-run': 'real source, run outside its system',
  source: "read in the system's source code",
  vendor: "from the vendor's documentation",
  'test-suite': "from the system's own tests",
  reported: 'reported by others',
  'other-version': 'observed on another version of the system',
};

/** Why a cell is `unjudged`, where its record says no more. */
export const NO_ONE_KNOWS = 'no one has said what to expect on this system';

/** Why a cell that ran is not judged. */
export function whyUnjudged({ reason }: Pick<CellRecord, 'reason'>): string {
  return reason === undefined ? NO_ONE_KNOWS : visible(reason);
}

/** The cells that ran and are not judged, by why that is. */
export function unjudgedByReason(cells: readonly CellRecord[]): Map<string, CellRecord[]> {
  const found = new Map<string, CellRecord[]>();
  for (const cell of cells) {
    if (cell.verdict !== 'unjudged') continue;
    found.set(whyUnjudged(cell), [...(found.get(whyUnjudged(cell)) ?? []), cell]);
  }
  return found;
}

/** How a fact is known, in words. */
export function howKnown(known: Expected['known']): string {
  return HOW[known];
}

/** A cited document; a record from elsewhere may cite one that is not in the registry. */
export function sourceOf(id: string): Source {
  return Object.hasOwn(SOURCES, id) ? SOURCES[id as keyof typeof SOURCES] : { title: visible(id), url: null };
}

/** An expectation's leaf in words, on one line. */
export function expectedInWords(expected: unknown): string {
  return short(wellFormed(expected) ? inWords(expected) : JSON.stringify(expected));
}

/** What was observed in words, on one line. It is plain data, in which `{"not": 1}` has no meaning beyond itself. */
export function observedInWords(observed: unknown): string {
  return short(typeof observed === 'string' ? observed : JSON.stringify(observed));
}

/** Where in an observation something is. */
export function placeInWords(path: string): string {
  return path === '' ? 'the whole observation' : visible(path);
}

/** Milliseconds as people read them. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds * 10) / 10} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}

/** A word of a shell command, quoted where the shell would take it apart. */
export function shellWord(word: string): string {
  const text = visible(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Whether words can be found for it: a record's `oneOf` need not be a list just because ours are. */
function wellFormed(expected: unknown): boolean {
  if (expected === undefined) return false;
  if (typeof expected !== 'object' || expected === null || !('oneOf' in expected)) return true;
  return Array.isArray(expected.oneOf) && expected.oneOf.every(wellFormed);
}

function short(text: string | undefined): string {
  const shown = visible(text ?? 'nothing');
  return shown.length > LONGEST_VALUE ? `${shown.slice(0, LONGEST_VALUE)}…` : shown;
}
