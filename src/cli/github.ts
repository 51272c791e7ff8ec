import { appendFileSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { OWN_PACKAGE } from '../process/own-package.ts';
import type { MatrixRecord } from '../record/matrix.ts';
import type { BindRecord } from '../record/record.ts';
import type { ReceiversRecord } from '../record/receivers.ts';
import type { TriplesRecord } from '../record/triples.ts';
import {
  containersAnnotations,
  matrixAnnotations,
  receiversAnnotations,
  runAnnotations,
  triplesAnnotations,
} from '../report/annotations.ts';
import { containersMarkdown } from '../report/containers/markdown.ts';
import { workflowCommands, type Annotation, type SourceLine } from '../report/github.ts';
import { markdownReport } from '../report/markdown.ts';
import { matrixMarkdown } from '../report/matrix/markdown.ts';
import { receiversMarkdown } from '../report/matrix/receivers/markdown.ts';
import { triplesMarkdown } from '../report/matrix/triples/markdown.ts';
import type { Judged } from './containers-conclusion.ts';
import { complain, instruct } from './terminal.ts';

/** A summary of a step that is longer than 1 MiB is not shown at all; this leaves room for a note. */
const MOST_BYTES = 1_000_000;

/** A command's output for GitHub Actions: annotations to show beside the code, and a page. */
export interface ForGithub {
  annotations: Annotation[];
  page: string;
}

/** For a run: what failed, at the experiment's file, and the page of the platform. */
export function runForGithub(record: BindRecord): ForGithub {
  return { annotations: runAnnotations(record, placeOfExperiment), page: markdownReport(record) };
}

/** For a matrix: where the kernel differs from the model. */
export function matrixForGithub(record: MatrixRecord): ForGithub {
  return { annotations: matrixAnnotations(record), page: matrixMarkdown(record) };
}

/** For who receives, likewise. */
export function receiversForGithub(record: ReceiversRecord): ForGithub {
  return { annotations: receiversAnnotations(record), page: receiversMarkdown(record) };
}

/** For triples, likewise. */
export function triplesForGithub(record: TriplesRecord): ForGithub {
  return { annotations: triplesAnnotations(record), page: triplesMarkdown(record) };
}

/** For engines: what is exposed, broken, stale or changed. */
export function containersForGithub(judged: readonly Judged[]): ForGithub {
  return {
    annotations: judged.flatMap(({ record, stale, changes }) => containersAnnotations(record, stale, changes)),
    page: judged.map(({ record }) => containersMarkdown(record)).join('\n'),
  };
}

/**
 * In a job of GitHub Actions, prints annotations, on stderr, because stdout may be a report, and adds the page to the
 * summary of the step. Elsewhere it does nothing. If the annotations can't be written, stderr says so, and the command
 * does not fail.
 */
export function tellGithub(make: () => ForGithub): void {
  if (process.env['GITHUB_ACTIONS'] !== 'true') return;
  try {
    const { annotations, page } = make();
    for (const command of workflowCommands(annotations)) instruct(command);
    summarise(page);
  } catch (error) {
    complain(`bindspec: GitHub's annotations can't be written: ${(error as Error).message}`);
  }
}

/** Adds a page to the summary of the step, as far as that has room for it. @throws Error when it can't be written. */
function summarise(page: string): void {
  const file = process.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (file === '') return;
  const there = existsSync(file) ? statSync(file) : null;
  // Writing to a FIFO would wait for whoever reads it.
  if (there?.isFIFO() === true) throw new Error(`GITHUB_STEP_SUMMARY names '${file}', which is a FIFO`);
  const room = MOST_BYTES - (there?.size ?? 0);
  appendFileSync(file, withinBytes(page, room));
}

/** The whole lines of a page that fit, and before them a note where those are not all. */
function withinBytes(page: string, room: number): string {
  const bytes = Buffer.from(page);
  if (bytes.length <= room) return page;
  const note = '**Only the beginning is shown here; the reports have all of it.**\n\n';
  const end = bytes.lastIndexOf('\n', Math.max(room - note.length - 1, 0));
  return end < 0 ? '' : note + bytes.subarray(0, end + 1).toString();
}

/** Where an experiment is declared, if its source is in the workspace of the job. */
function placeOfExperiment(id: string): SourceLine | undefined {
  const workspace = realpathSync(process.env['GITHUB_WORKSPACE'] ?? process.cwd());
  // The package that is installed has no sources, but the workspace may be a clone that it was made from.
  const homes = isClone(workspace) ? [OWN_PACKAGE.folder, workspace] : [OWN_PACKAGE.folder];
  const source = homes.map((home) => path.join(home, 'suites', `${id}.ts`)).find((file) => existsSync(file));
  if (source === undefined) return undefined;
  const file = path.relative(workspace, realpathSync(source));
  if (file.startsWith('..') || path.isAbsolute(file)) return undefined;
  const lines = readFileSync(source, 'utf8').split('\n');
  const line = lines.findIndex((text) => text.startsWith('export default experiment')) + 1;
  return { file: file.split(path.sep).join('/'), line: Math.max(line, 1) };
}

/** Whether a folder is a clone of bindspec: its package has that name. */
function isClone(folder: string): boolean {
  try {
    const { name } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return name === 'bindspec';
  } catch {
    return false;
  }
}
