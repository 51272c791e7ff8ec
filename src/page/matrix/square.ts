import { CHOICES } from '../../matrix/choices.ts';
import { spellSpec, type Letters, type Spec } from '../../matrix/sockets.ts';
import { socketKey, type RecordedLab } from './alike.ts';
import { differ, type Corners } from './difference.ts';
import type { Side } from './side.ts';

/** A row or column of the tables, which both have in the same place: a socket, and where each side has it. */
export interface SquareLine {
  readonly name: string;
  readonly letters: Letters;
  /** As `spellSpec` writes it, on the addresses of the left side where that has it. */
  readonly spelled: string;
  readonly left: number | undefined;
  readonly right: number | undefined;
}

/** The tables of a corner, for both sides: what stands where, and which of the pairs differ. */
export interface Square {
  readonly rows: readonly SquareLine[];
  readonly columns: readonly SquareLine[];
  /** By row and column: null where one of the sides was not asked. */
  readonly differs: readonly (readonly (boolean | null)[])[];
}

/** Which sockets are shown: one of the usual choices, or all; and all of these, or only differences. */
export interface Shown {
  readonly choice: (typeof CHOICES)[number]['id'] | 'all';
  readonly onlyDiffering: boolean;
}

const ORDER: readonly Letters[] = ['-', 'A', 'P', 'AP', 'E'];

/** The rows and columns of two tables that can stand side by side. */
export function squareOf(left: Side, right: Side, corners: Corners, { choice, onlyDiffering }: Shown): Square {
  const { left: one, right: other } = corners;
  const has = CHOICES.find(({ id }) => id === choice)?.has ?? (() => true);
  const lines = (axis: 'first' | 'second') =>
    inOrder(merged(one?.[axis] ?? [], left.lab, other?.[axis] ?? [], right.lab)).filter(({ spelled }) => has(spelled));
  const [rows, columns] = [lines('first'), lines('second')];
  const differs = rows.map((row) =>
    columns.map((column) => {
      const [a, b] = [placeIn(row, column, 'left'), placeIn(row, column, 'right')];
      return one && other && a && b ? differ(left, one, a, right, other, b) : null;
    }),
  );
  if (!onlyDiffering) return { rows, columns, differs };
  const keptRows = rows.flatMap((_, row) => (differs[row]?.includes(true) ? [row] : []));
  const keptColumns = columns.flatMap((_, column) => (differs.some((row) => row[column] === true) ? [column] : []));
  const some = <T>(list: readonly T[], places: readonly number[]) => places.flatMap((place) => list[place] ?? []);
  return {
    rows: some(rows, keptRows),
    columns: some(columns, keptColumns),
    differs: keptRows.map((row) => keptColumns.map((column) => differs[row]?.[column] ?? null)),
  };
}

/** Where a side has a pair; null where it does not have both sockets. */
export function placeIn(row: SquareLine, column: SquareLine, side: 'left' | 'right') {
  const [a, b] = [row[side], column[side]];
  return a === undefined || b === undefined ? null : { row: a, column: b };
}

function merged(
  left: readonly Spec[],
  leftLab: RecordedLab,
  right: readonly Spec[],
  rightLab: RecordedLab,
): SquareLine[] {
  const lines = new Map<string, SquareLine>();
  for (const [place, spec] of left.entries()) lines.set(socketKey(spec, leftLab), lineOf(spec, place, undefined));
  for (const [place, spec] of right.entries()) {
    const key = socketKey(spec, rightLab);
    const known = lines.get(key);
    lines.set(key, known ? { ...known, right: place } : lineOf(spec, undefined, place));
  }
  return [...lines.values()];
}

function lineOf(spec: Spec, left: number | undefined, right: number | undefined): SquareLine {
  return { name: spec.name.text, letters: spec.letters, spelled: spellSpec(spec), left, right };
}

/** Sockets of one name together, in the order in which the names were met. */
function inOrder(lines: readonly SquareLine[]): SquareLine[] {
  const names = [...new Set(lines.map(({ name }) => name))];
  return names.flatMap((name) =>
    lines
      .filter((line) => line.name === name)
      .toSorted((one, other) => ORDER.indexOf(one.letters) - ORDER.indexOf(other.letters)),
  );
}
