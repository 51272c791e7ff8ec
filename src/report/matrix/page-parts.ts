import type { MatrixRecord } from '../../record/matrix.ts';
import { block, code, section, table as markdownTable, text } from '../markup.ts';
import { runInWords } from '../summary.ts';
import { duration } from '../words.ts';

// What the pages about pairs, triples and receivers have in common, in Markdown.

/** What the record of each of the three says of its run. */
type Run = Pick<MatrixRecord, 'platform' | 'lab' | 'complete' | 'duration'>;

/** The beginning of a page: which command ran where, whether the run was interrupted, and its result in a sentence. */
export function pageHead(record: Run, command: string, sentence: string): string[] {
  return [
    `# bindspec ${command}: ${text(runInWords(record))}`,
    ...(record.complete ? [] : ['**Not complete: the page holds what was done.**']),
    `${text(sentence)}; ${text(duration(record.duration))}.`,
  ];
}

/** The sections about mismatches, each given as lines, and about what went wrong in the harness. */
export function faultSections(mismatches: readonly (readonly string[])[], errors: MatrixRecord['errors']): string[] {
  return [
    ...section('Mismatches', mismatches.map(block)),
    ...section(
      'Errors of the harness',
      errors.map(({ what, error }) => `- ${text(what)}: ${text(error)}`),
    ),
  ];
}

/** A table of first sockets down and second ones across; `about` says in Markdown what it is of. */
export function gridInMarkdown(
  grid: {
    readonly title: string;
    readonly rows: readonly string[];
    readonly columns: readonly string[];
    readonly cells: readonly (readonly string[])[];
  },
  about: string,
): string[] {
  const body = grid.rows.map((row, index) => [code(row), ...(grid.cells[index] ?? []).map(text)]);
  return [`### ${text(grid.title)}`, about, markdownTable(['first \\\\ second', ...grid.columns.map(code)], body)];
}

/** The section about what could not be run. @param unit what is counted, for example `pairs` */
export function skippedSection(
  unit: string,
  skipped: readonly {
    readonly what: string;
    readonly count: string;
    readonly reason: string;
    readonly enable: string;
  }[],
): string[] {
  if (skipped.length === 0) return [];
  const rows = skipped.map(({ what, count, reason, enable }) => [text(what), count, text(reason), code(enable)]);
  return section('Skipped', [markdownTable(['what', unit, 'reason', 'what would enable it'], rows)]);
}

/** The section about the rules of the model that decided. */
export function rulesSection(rules: MatrixRecord['rules']): string[] {
  if (rules.length === 0) return [];
  const rows = rules.map(({ id, prose, source }) => [code(id), text(prose), text(source)]);
  return section('Rules that decided', [markdownTable(['rule', 'what it says', 'source'], rows)]);
}
