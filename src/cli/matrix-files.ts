import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { MatrixRecord } from '../record/matrix.ts';
import { BadRecord, readMatrix } from '../record/read.ts';
import { matrixMarkdown } from '../report/matrix/markdown.ts';
import { UserError } from './exit.ts';
import { fits, recordText } from './record-file.ts';
import { linkMatrix, writeFile } from './reports-folder.ts';

const RECORD = 'matrix.json';

/** Writes `matrix.json` and `matrix.md` of a platform, and a link to it in its `report.md`. @returns the files' paths. */
export function writeMatrix(folder: string, record: MatrixRecord): string[] {
  const { id } = record.platform;
  const written = [
    writeFile(folder, id, RECORD, `${JSON.stringify(record)}\n`),
    writeFile(folder, id, 'matrix.md', matrixMarkdown(record)),
  ];
  linkMatrix(folder, id);
  return written;
}

/** The newest record of a matrix in the reports folder. @throws UserError where there is none, or it can't be read. */
export function lastMatrix(folder: string): { file: string; record: MatrixRecord } {
  const files = (existsSync(folder) ? readdirSync(folder) : [])
    .map((platform) => path.join(folder, platform, RECORD))
    .filter((file) => existsSync(file))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const [file] = files;
  if (file === undefined) throw new UserError(`there is no matrix.json in '${folder}' yet: run 'bindspec matrix'`);
  return { file, record: matrixFrom(file) };
}

/** @throws UserError for a file that is not there, or no record of a matrix. */
export function matrixFrom(file: string): MatrixRecord {
  try {
    const record = readMatrix(recordText(file), file);
    fits(file, record);
    return record;
  } catch (error) {
    if (error instanceof BadRecord) throw new UserError(error.message);
    throw error;
  }
}
