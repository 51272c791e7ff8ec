import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { BindRecord } from '../record/record.ts';
import { junitReport } from '../report/junit.ts';
import { markdownReport } from '../report/markdown.ts';
import { UserError } from './exit.ts';

/** Makes sure that reports can be written, before anything is run. @throws UserError when they can't. */
export function prepareFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(
      `the reports folder '${folder}' can't be written to (${code ?? message}): choose another with --reports`,
    );
  }
}

/**
 * Makes a folder and those above it. Node's own `recursive` never returns where a parent is there and the kernel says
 * that it is not, as in /proc. @throws Error as the system calls do.
 */
function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    makeFolder(path.dirname(folder));
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another run may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  if (!statSync(folder).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
}

/**
 * Writes a platform's reports: `record.json`, `junit.xml` and `report.md`. Each appears whole or not at all.
 * @returns the files' paths. @throws UserError when one can't be written.
 */
export function writeReports(folder: string, record: BindRecord): string[] {
  const files = {
    'record.json': `${JSON.stringify(record, null, 1)}\n`,
    'junit.xml': junitReport(record, [forReaders(path.join(folder, record.platform.id, 'report.md'))]),
    'report.md': markdownReport(record),
  };
  const written = Object.entries(files).map(([name, content]) => writeFile(folder, record.platform.id, name, content));
  linkMatrix(folder, record.platform.id);
  return written;
}

/** A file as those name it who read a report of tests: GitLab from the folder of its project, others from the root. */
function forReaders(file: string): string {
  const project = process.env['GITLAB_CI'] === 'true' ? process.env['CI_PROJECT_DIR'] : undefined;
  return project === undefined ? path.resolve(file) : path.relative(project, path.resolve(file));
}

/** Writes one report of a platform as JSON. @returns the file's path. @throws UserError when it can't be written. */
export function writeReport(folder: string, platform: string, name: string, report: unknown): string {
  return writeFile(folder, platform, name, `${JSON.stringify(report, null, 1)}\n`);
}

/**
 * Writes one file of a platform; it appears whole or not at all.
 * @returns the file's path. @throws UserError when it can't be written.
 */
export function writeFile(folder: string, platform: string, name: string, content: string): string {
  return writeWhole(path.join(folder, platform), name, content);
}

/**
 * Writes a file into a folder, which is made if it is not there; it appears whole or not at all.
 * @returns the file's path. @throws UserError when it can't be written.
 */
export function writeWhole(home: string, name: string, content: string): string {
  prepareFolder(home);
  const file = path.join(home, name);
  try {
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new UserError(`'${file}' can't be written: ${(error as Error).message}`);
  }
  return file;
}

/** Says at the end of a platform's `report.md` that there is a page about its matrix, where there is one. */
export function linkMatrix(folder: string, platform: string): void {
  const home = path.join(folder, platform);
  const [report, matrix] = [path.join(home, 'report.md'), path.join(home, 'matrix.md')];
  if (!existsSync(report) || !existsSync(matrix)) return;
  const line = 'All pairs of sockets, first by second: [the bind matrix of this platform](matrix.md).';
  if (!readFileSync(report, 'utf8').includes(line)) appendFileSync(report, `\n${line}\n`);
}
