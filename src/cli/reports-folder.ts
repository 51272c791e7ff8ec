import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { BindRecord } from '../record/record.ts';
import { UserError } from './exit.ts';

/** Makes sure that reports can be written, before anything is run. @throws UserError when they can't. */
export function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(
      `the reports folder '${folder}' can't be written to (${code ?? message}): choose another with --reports`,
    );
  }
}

/**
 * Writes a platform's reports: `record.json`, `junit.xml` and `report.md`. Each appears whole or not at all.
 * @returns the files' paths. @throws UserError when one can't be written.
 */
export async function writeReports(folder: string, record: BindRecord): Promise<string[]> {
  const [{ junitReport }, { markdownReport }] = await Promise.all([
    import('../report/junit.ts'),
    import('../report/markdown.ts'),
  ]);
  const files = {
    'record.json': `${JSON.stringify(record, null, 1)}\n`,
    'junit.xml': junitReport(record),
    'report.md': markdownReport(record),
  };
  const home = path.join(folder, record.platform.id);
  prepareFolder(home);
  const written = Object.entries(files).map(([name, content]) => {
    const file = path.join(home, name);
    try {
      writeFileSync(`${file}.new`, content);
      renameSync(`${file}.new`, file);
    } catch (error) {
      throw new UserError(`'${file}' can't be written: ${(error as Error).message}`);
    }
    return file;
  });
  linkMatrix(home);
  return written;
}

/** Says at the end of a platform's `report.md` that there is a page about its matrix, where there is one. */
export function linkMatrix(home: string): void {
  const [report, matrix] = [path.join(home, 'report.md'), path.join(home, 'matrix.md')];
  if (!existsSync(report) || !existsSync(matrix)) return;
  const line = 'All pairs of sockets, first by second: [the bind matrix of this platform](matrix.md).';
  if (!readFileSync(report, 'utf8').includes(line)) appendFileSync(report, `\n${line}\n`);
}
