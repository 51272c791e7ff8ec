import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { isFolder } from '../files/is-folder.ts';
import type { MatrixRecord } from '../record/matrix.ts';
import { BadRecord, readMatrix } from '../load/read.ts';
import type { Given } from '../report/comparison/columns.ts';
import { UserError } from './exit.ts';
import { recordText } from './record-file.ts';
import { onlyRecord, recordsAt, tellLeftOut } from './record-files.ts';
import { isOwnPlace } from './reports-folder.ts';
import { wantFolder } from './want-folder.ts';

const RECORD = 'matrix.json';

/** The newest record of a matrix in the reports folder. @throws UserError where there is none, or it can't be read. */
export function lastMatrix(folder: string): Given<MatrixRecord> {
  wantFolder(folder);
  const files = below(folder)
    .flatMap((platform) => [platform, ...below(platform).filter((place) => isOwnPlace(path.basename(place)))])
    .map((home) => path.join(home, RECORD))
    .filter((file) => existsSync(file))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const [file] = files;
  if (file === undefined) throw new UserError(`there is no ${RECORD} in '${folder}' yet: run 'bindspec matrix'`);
  return { file, record: matrixFrom(file) };
}

/** The record of a matrix that a path names, which may be a folder that has one. @throws UserError where it does not. */
export function matrixAt(given: string): Given<MatrixRecord> {
  if (!isFolder(given)) return { file: given, record: matrixFrom(given) };
  const records = recordsAt([given], [RECORD]);
  const found = onlyRecord(records.matrices, given, 'a matrix');
  if (found === undefined) throw new UserError(`there is no record of a matrix in '${given}'`);
  tellLeftOut(records);
  return found;
}

/** @throws UserError for a file that is not there, or not the record of a matrix. */
function matrixFrom(file: string): MatrixRecord {
  try {
    return readMatrix(recordText(file), file);
  } catch (error) {
    if (error instanceof BadRecord) throw new UserError(error.message);
    throw error;
  }
}

/** What lies in a folder; nothing where there is none. */
function below(folder: string): string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder).map((name) => path.join(folder, name));
}
