import { models } from '../../model/index.ts';
import type { SystemName } from '../../model/types.ts';
import type { MatrixRecord } from '../../record/matrix.ts';
import { block, code, table as markdownTable, text } from '../markup.ts';
import { runInWords } from '../summary.ts';
import { duration } from '../words.ts';
import { singleLines, singleMismatches, singlesSentence, singlesTable } from './singles.ts';
import { cornersInWords, TABLE_KEY, tablesOf, type Table } from './tables.ts';
import { countsSentence, pairLines } from './text.ts';

/** How many single binds that are not as the model says are spelled out. */
const MOST_SINGLES = 100;

/** The record of a matrix as a page for people, in the Markdown of the forges. */
export function matrixMarkdown(record: MatrixRecord): string {
  const model = Object.hasOwn(models, record.settings.model) ? models[record.settings.model as SystemName] : null;
  const parts = [
    `# bindspec matrix: ${text(runInWords(record))}`,
    ...(record.complete ? [] : ['**Not complete: the page holds what was done.**']),
    `${text(countsSentence(record))}; ${text(duration(record.duration))}.`,
    ...(model ? [`## The rule of ${text(model.title)}`, text(model.summary)] : []),
    ...section(
      'Mismatches',
      record.mismatches.map((mismatch) => block(pairLines(record, mismatch))),
    ),
    ...section(
      'Errors of the harness',
      record.errors.map(({ what, error }) => `- ${text(what)}: ${text(error)}`),
    ),
    ...section('Tables', [
      `First sockets down, second ones across. ${text(TABLE_KEY)}.`,
      ...tablesOf(record).flatMap(inMarkdown),
    ]),
    ...section('Single binds', singleParts(record)),
    ...section('Skipped', skippedTable(record)),
    ...section('Rules that decided', [
      markdownTable(
        ['rule', 'what it says', 'source'],
        record.rules.map(({ id, prose, source }) => [code(id), text(prose), text(source)]),
      ),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, content: readonly string[]): string[] {
  return content.length === 0 ? [] : [`## ${title}`, ...content];
}

function inMarkdown({ title, corners, rows, columns, cells }: Table): string[] {
  const body = rows.map((row, index) => [code(row), ...(cells[index] ?? []).map(text)]);
  return [
    `### ${text(title)}`,
    `${text(cornersInWords(corners))}:`,
    markdownTable(['first \\\\ second', ...columns.map(code)], body),
  ];
}

function singleParts(record: MatrixRecord): string[] {
  const { singles } = record;
  if (singles === undefined) return [];
  const { head, rows } = singlesTable(singles);
  return [
    `${text(singlesSentence(singles))}. ${text(TABLE_KEY)}.`,
    ...singleMismatches(singles)
      .slice(0, MOST_SINGLES)
      .map((single) => block(singleLines(record, single))),
    markdownTable(
      head.map(text),
      rows.map(([name = '', ...cells]) => [code(name), ...cells.map(text)]),
    ),
  ];
}

function skippedTable({ skipped }: MatrixRecord): string[] {
  if (skipped.length === 0) return [];
  const rows = skipped.map(({ what, pairs, reason, enable }) => [text(what), `${pairs}`, text(reason), code(enable)]);
  return [markdownTable(['what', 'pairs', 'reason', 'what would enable it'], rows)];
}
