import { modelNamed } from '../../model/index.ts';
import type { MatrixRecord } from '../../record/matrix.ts';
import { block, code, section, table as markdownTable, text } from '../markup.ts';
import { faultSections, gridInMarkdown, pageHead, rulesSection, skippedSection } from './page-parts.ts';
import { singleLines, singleMismatches, singlesSentence, singlesTable } from './singles.ts';
import { cornersInWords, TABLE_KEY, tablesOf } from './tables.ts';
import { countsSentence, pairLines } from './text.ts';

/** How many single binds that are not as the model says are spelled out. */
const MOST_SINGLES = 100;

/** The record of a matrix as a page for people, in the Markdown of the forges. */
export function matrixMarkdown(record: MatrixRecord): string {
  const model = modelNamed(record.settings.model);
  const mismatches = record.mismatches.map((mismatch) => pairLines(record, mismatch));
  const tables = tablesOf(record).flatMap((table) => gridInMarkdown(table, `${text(cornersInWords(table.corners))}:`));
  const parts = [
    ...pageHead(record, 'matrix', countsSentence(record)),
    ...(model ? [`## The rule of ${text(model.title)}`, text(model.summary)] : []),
    ...faultSections(mismatches, record.errors),
    ...section('Tables', [`First sockets down, second ones across. ${text(TABLE_KEY)}.`, ...tables]),
    ...section('Single binds', singleParts(record)),
    ...skippedSection(
      'pairs',
      record.skipped.map(({ pairs, ...skip }) => ({ ...skip, count: `${pairs}` })),
    ),
    ...rulesSection(record.rules),
  ];
  return `${parts.join('\n\n')}\n`;
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
