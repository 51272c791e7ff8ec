import { counted } from '../../text/counted.ts';
import { inWords } from '../../matrix/blocks.ts';
import type { MatrixRecord } from '../../record/matrix.ts';
import { inColumns } from '../../text/columns.ts';
import { toldMismatch } from './told-mismatch.ts';
import { pairAsPlan } from './pair.ts';
import { cornersInWords, type Table } from './tables.ts';

/** A table as lines for a terminal. Where the columns' names do not fit into `width`, letters stand for them. */
export function tableLines(table: Table, width: number): string[] {
  const { rows, columns, cells } = table;
  const wide = lines(rows, columns, cells);
  const fits = wide.every((line) => line.length <= width);
  const named = rows.map((row) => letterOf(columns.indexOf(row), row));
  const letters = columns.map((column, index) =>
    rows.includes(column) ? letterOf(index) : `${letterOf(index)}=${column}`,
  );
  return [
    `${table.title}: ${cornersInWords(table.corners)}`,
    ...(fits ? wide : lines(named, letters, cells)).map((line) => `  ${line}`),
  ];
}

function letterOf(index: number, rest = ''): string {
  const letter = index < 0 ? '' : index < 26 ? String.fromCodePoint(97 + index) : String.fromCodePoint(39 + index);
  return rest === '' ? letter : `${letter} ${rest}`.trim();
}

function lines(rows: readonly string[], columns: readonly string[], cells: readonly (readonly string[])[]): string[] {
  return inColumns([['first \\ second', ...columns], ...rows.map((row, place) => [row, ...(cells[place] ?? [])])]);
}

/** A mismatch as lines; see `toldMismatch`. */
export function pairLines(record: MatrixRecord, mismatch: MatrixRecord['mismatches'][number]): string[] {
  const { first, second } = mismatch;
  return toldMismatch(record, inWords(mismatch), { first, second }, mismatch, pairAsPlan(record, mismatch, mismatch));
}

/** The result of a run of the matrix, in a sentence. */
export function countsSentence({ counts, settings, complete, errors }: MatrixRecord): string {
  const parts = [
    `${counts.agree} of ${counts.pairs} pairs are as the model '${settings.model}' says`,
    counted(counts.mismatches, 'mismatch', 'mismatches'),
    ...(counts.notRun > 0 ? [`${counts.notRun} not run`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
    ...(errors.length > 0 ? [`${counted(errors.length, 'error')} of the harness`] : []),
  ];
  return `${parts.join(', ')}${complete || errors.length > 0 ? '' : ' (interrupted)'}`;
}
