import path from 'node:path';
import type { Comparison } from '../record/comparison.ts';
import { columnsOf } from '../report/comparison/columns.ts';
import { badgeFiles } from '../report/badges.ts';
import { compare } from '../report/comparison/compare.ts';
import { comparisonMarkdown } from '../report/comparison/markdown.ts';
import { countsInWords } from '../report/summary.ts';
import { UserError } from './exit.ts';
import { recordsAt } from './record-files.ts';
import { prepareFolder, writeWhole } from './reports-folder.ts';
import { complain, paint, say, sayJson } from './terminal.ts';
import { version } from './version.ts';

export interface ReportOptions {
  output: string;
  format: 'pretty' | 'json';
}

/** What is written of a comparison: a file's name, and the pure function that makes it. */
const FORMATS: readonly { file: string; content: (comparison: Comparison) => string }[] = [
  { file: 'MATRIX.md', content: comparisonMarkdown },
  { file: 'matrix.json', content: (comparison) => `${JSON.stringify(comparison)}\n` },
];

/**
 * `bindspec report`: merges records into one comparison. What failed somewhere is in it and is no error of the merge.
 * @throws UserError when a record can't be read, or the folder not be written to.
 */
export async function reportCommand(paths: readonly string[], { output, format }: ReportOptions): Promise<void> {
  const { runs, matrices, containers } = recordsAt(paths);
  if (runs.length + matrices.length === 0) {
    const places = paths.map((given) => `'${given}'`).join(', ');
    throw new UserError(`there is no record.json or matrix.json in ${places}: what containers did has its own pages`);
  }
  prepareFolder(output);
  const { columns, superseded } = columnsOf(runs, matrices);
  for (const { file, by, because } of superseded) {
    complain(`bindspec: ${file} is left out, because ${by} is ${because} and of the same platform`);
  }
  const comparison = compare(columns, version());
  const written = FORMATS.map(({ file, content }) => writeWhole(output, file, content(comparison)));
  const engines = containers.map(({ record }) => record);
  const badges = badgeFiles(comparison, engines);
  for (const { name, content } of badges) writeWhole(path.join(output, 'badges'), name, content);
  if (format === 'json') {
    sayJson(comparison);
    return;
  }
  tell(comparison);
  say(paint('gray', `written: ${[...written, path.join(output, 'badges')].join(', ')}`));
}

function tell({ platforms, experiments }: Comparison): void {
  const widest = Math.max(...platforms.map(({ name }) => name.length));
  for (const { name, run, matrix } of platforms) {
    const pairs = matrix && `${matrix.counts.pairs} pairs, ${matrix.counts.mismatches} mismatches`;
    const words = [run && countsInWords(run.counts), pairs].filter(Boolean).join('; ');
    say(`${name.padEnd(widest)}  ${paint('gray', words)}`);
  }
  const apart = experiments.filter(({ cells }) => cells.some(({ alike }) => alike.length > 1));
  const differing = apart.flatMap(({ cells }) => cells.filter(({ alike }) => alike.length > 1));
  say();
  for (const { id } of apart) say(`${paint('yellow', '≠')} ${id}`);
  say(`${differing.length} cells with different outcomes, in ${apart.length} of ${experiments.length} experiments`);
}
