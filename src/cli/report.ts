import { counted } from '../text/counted.ts';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ContainersRecord } from '../record/containers.ts';
import type { Registered } from '../experiment/cells.ts';
import { loadRegistry } from '../experiment/registry.ts';
import type { Comparison } from '../record/comparison.ts';
import { BadRecord } from '../load/read.ts';
import { badgeFiles } from '../report/badges.ts';
import { columnsOf, type Column } from '../report/comparison/columns.ts';
import { enginesOf } from '../report/comparison/engines.ts';
import { compareRuns } from '../report/comparison/compare.ts';
import { pageHtml } from '../report/page/html.ts';
import { inTwo, pageData, type MoreRecords } from '../report/page/make.ts';
import { countsInWords } from '../report/summary.ts';
import { systemsMarkdown } from '../report/systems/markdown.ts';
import type { SystemsTable } from '../report/systems/shape.ts';
import { systemsTable } from '../report/systems/table.ts';
import { EXIT, UserError } from './exit.ts';
import { packed, pageAssets } from './page-assets.ts';
import { recordFrom } from './record-file.ts';
import { recordsAt, tellLeftOut } from './record-files.ts';
import { prepareFolder } from './reports-folder.ts';
import { complain, paint, say, sayJson } from './terminal.ts';
import { serversIn } from './servers-folder.ts';
import { tellUnknown } from './unknown-cells.ts';
import { version } from './version.ts';
import { writeTogether, type Files } from './write-together.ts';

export interface ReportOptions {
  output: string;
  format: 'pretty' | 'json';
  /** Where the pages of the questions are, for the links of MATRIX.md: a folder or an address. */
  questions?: string;
}

/** What the files of a comparison are made of. */
interface Material {
  comparison: Comparison;
  columns: Column[];
  engines: ContainersRecord[];
  registry: Registered[];
  more: MoreRecords;
  systems: SystemsTable;
  /** As in the options. */
  questions: string | undefined;
}

/** The files of a comparison: each with its name and the pure function that makes it. */
const FORMATS: readonly { file: string; content: (material: Material) => string }[] = [
  { file: 'MATRIX.md', content: matrixOf },
  { file: 'matrix.json', content: ({ comparison }) => `${JSON.stringify(comparison)}\n` },
  { file: 'index.html', content: htmlOf },
];

/**
 * `bindspec report`: merges records into one comparison. Failures are shown in it, but are not an error of the merge.
 * @throws UserError when a record can't be read, or the folder can't be written to.
 */
export async function reportCommand(paths: readonly string[], options: ReportOptions): Promise<void> {
  const { output, format } = options;
  const records = recordsAt(paths);
  const { runs, matrices, containers } = records;
  const badges = path.join(output, 'badges');
  keepRecords(output);
  for (const folder of [output, badges]) prepareFolder(folder, '--output');
  tellLeftOut(records);
  const { columns, superseded } = columnsOf(runs, matrices);
  const { engines, superseded: others } = enginesOf(containers);
  for (const { file, by, because } of [...superseded, ...others]) {
    complain(`bindspec: ${file} is left out, because ${by} is of the same platform and ${because}`);
  }
  const comparison = compareRuns(columns, version(), engines);
  const registry = await loadRegistry();
  const more = {
    triples: records.triples.map(({ record }) => record),
    receivers: records.receivers.map(({ record }) => record),
    servers: paths.flatMap(serversIn),
  };
  tellUnknown(runs, registry);
  const systems = systemsTable(comparison, engines, registry);
  const material: Material = { comparison, columns, engines, registry, more, systems, questions: options.questions };
  const pages = FORMATS.map(({ file, content }) => [file, content(material)]);
  const written = write(output, Object.fromEntries(pages) as Files);
  // Triples and receivers alone have no badge.
  const made = badgeFiles(comparison, engines);
  if (made.length > 0) write(badges, Object.fromEntries(made.map(({ name, content }) => [name, content])));
  if (format === 'json') {
    sayJson(comparison);
    return;
  }
  tell(comparison);
  say(paint('gray', `written: ${[...written, badges].join(', ')}`));
}

/** The comparison has the name of a matrix's record. @throws UserError where there is one, which it would replace. */
function keepRecords(output: string): void {
  const file = path.join(output, 'matrix.json');
  if (!existsSync(file)) return;
  try {
    if (recordFrom(file).kind === 'comparison') return;
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error;
  }
  throw new UserError(`${file} is not a comparison, and would be replaced by one: choose another folder with --output`);
}

function write(folder: string, files: Files): string[] {
  try {
    return writeTogether(folder, files);
  } catch (error) {
    throw new UserError(`the files can't be written into '${folder}': ${(error as Error).message}`, EXIT.harness);
  }
}

function matrixOf({ systems, questions }: Material): string {
  return systemsMarkdown(systems, questions === undefined ? null : `${questions.replace(/\/$/, '')}/`);
}

function htmlOf({ comparison, columns, engines, registry, more, systems }: Material): string {
  const { first, packs } = inTwo(pageData(comparison, columns, engines, registry, more, systems));
  return pageHtml(first, packs.map(packed), pageAssets());
}

function tell({ platforms, experiments, engines = [] }: Comparison): void {
  const widest = Math.max(0, ...platforms.map(({ name }) => name.length));
  for (const { name, run, matrix } of platforms) {
    const pairs = matrix && `${matrix.counts.pairs} pairs, ${matrix.counts.mismatches} mismatches`;
    const words = [run && countsInWords(run.counts), pairs].filter(Boolean).join('; ');
    say(`${name.padEnd(widest)}  ${paint('gray', words)}`);
  }
  for (const { name, configurations, exposures } of engines) {
    say(
      `${name}  ${paint('gray', `${counted(configurations.length, 'configuration')}, exposed in ${new Set(exposures.map((one) => one.configuration)).size}`)}`,
    );
  }
  if (experiments.length === 0) return;
  const apart = experiments.filter(({ cells }) => cells.some(({ alike }) => alike.length > 1));
  const differing = apart.flatMap(({ cells }) => cells.filter(({ alike }) => alike.length > 1));
  say();
  for (const { id } of apart) say(`${paint('yellow', '≠')} ${id}`);
  say(
    `${counted(differing.length, 'cell')} with different outcomes, in ${apart.length} of ${experiments.length} experiments`,
  );
}
