import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { isFolder } from '../files/is-folder.ts';
import type { MatrixRecord } from '../record/matrix.ts';
import type { ReceiversRecord } from '../record/receivers.ts';
import type { TriplesRecord } from '../record/triples.ts';
import { BadRecord, readMatrix, readReceivers, readTriples } from '../load/read.ts';
import type { Given } from '../report/comparison/columns.ts';
import { UserError } from './exit.ts';
import { recordText } from './record-file.ts';
import { onlyRecord, recordsAt, tellLeftOut } from './record-files.ts';
import { isOwnPlace } from './reports-folder.ts';
import { wantFolder } from './want-folder.ts';

/** A kind of record that one command writes. */
interface Written<R> {
  readonly file: string;
  readonly command: string;
  readonly read: (text: string, file: string) => R;
}

const MATRIX: Written<MatrixRecord> = { file: 'matrix.json', command: 'bindspec matrix', read: readMatrix };
const TRIPLES: Written<TriplesRecord> = {
  file: 'triples.json',
  command: 'bindspec matrix --triples',
  read: readTriples,
};

const RECEIVERS: Written<ReceiversRecord> = {
  file: 'receivers.json',
  command: 'bindspec matrix --receivers',
  read: readReceivers,
};

/** The newest record of a matrix in the reports folder. @throws UserError where there is none, or it can't be read. */
export function lastMatrix(folder: string): Given<MatrixRecord> {
  return last(folder, MATRIX);
}

/** The newest record of triples in the reports folder. @throws UserError where there is none, or it can't be read. */
export function lastTriples(folder: string): Given<TriplesRecord> {
  return last(folder, TRIPLES);
}

/** The newest record of who receives in the reports folder. @throws UserError where there is none, or it can't be read. */
export function lastReceivers(folder: string): Given<ReceiversRecord> {
  return last(folder, RECEIVERS);
}

function last<R>(folder: string, kind: Written<R>): Given<R> {
  wantFolder(folder);
  const files = below(folder)
    .flatMap((platform) => [platform, ...below(platform).filter((place) => isOwnPlace(path.basename(place)))])
    .map((home) => path.join(home, kind.file))
    .filter((file) => existsSync(file))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const [file] = files;
  if (file === undefined) throw new UserError(`there is no ${kind.file} in '${folder}' yet: run '${kind.command}'`);
  return { file, record: recordOf(file, kind) };
}

/** The record of a matrix that a path names, which may be a folder that has one. @throws UserError where it does not. */
export function matrixAt(given: string): Given<MatrixRecord> {
  if (!isFolder(given)) return { file: given, record: recordOf(given, MATRIX) };
  const records = recordsAt([given], { names: [MATRIX.file] });
  const found = onlyRecord(records.matrices, given, 'a matrix');
  if (found === undefined) throw new UserError(`there is no record of a matrix in '${given}'`);
  tellLeftOut(records);
  return found;
}

/** The record of triples that a path names, which may be a folder that has one. @throws UserError where it does not. */
export function triplesAt(given: string): Given<TriplesRecord> {
  if (!isFolder(given)) return { file: given, record: recordOf(given, TRIPLES) };
  const records = recordsAt([given], { names: [TRIPLES.file] });
  const found = onlyRecord(records.triples, given, 'triples');
  if (found === undefined) throw new UserError(`there is no record of triples in '${given}'`);
  tellLeftOut(records);
  return found;
}

/** The record of who receives that a path names, which may be a folder that has one. @throws UserError where it does not. */
export function receiversAt(given: string): Given<ReceiversRecord> {
  if (!isFolder(given)) return { file: given, record: recordOf(given, RECEIVERS) };
  const records = recordsAt([given], { names: [RECEIVERS.file] });
  const found = onlyRecord(records.receivers, given, 'who receives');
  if (found === undefined) throw new UserError(`there is no record of who receives in '${given}'`);
  tellLeftOut(records);
  return found;
}

/** @throws UserError for a file that is not there, or not a record of this kind. */
function recordOf<R>(file: string, kind: Written<R>): R {
  try {
    return kind.read(recordText(file), file);
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
