import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isFolder } from '../files/is-folder.ts';
import { hasOutcome } from '../load/fuller.ts';
import { BadRecord, readRecord } from '../load/read.ts';
import type { BindRecord, CellRecord } from '../record/record.ts';
import { UserError } from './exit.ts';
import { recordText } from './record-file.ts';
import { isOwnPlace } from './reports-folder.ts';
import { wantFolder } from './want-folder.ts';

const RECORD = 'record.json';

/**
 * The records of the runs in a folder of reports, each with those of its cells whose last outcome it has: of a
 * platform's records, some of which may be in separate folders, a cell is taken from the newest in which it has an
 * outcome, or, if it never has one, from the newest that contains it. None if there is no such folder.
 * @throws UserError for a record that can't be read, or if it is not a folder.
 */
export function lastOutcomes(reports: string): BindRecord[] {
  wantFolder(reports);
  if (!existsSync(reports)) return [];
  return foldersIn(reports).flatMap((home) => {
    const places = [home, ...foldersIn(home).filter((folder) => isOwnPlace(path.basename(folder)))];
    const records = places
      .map((folder) => path.join(folder, RECORD))
      .filter((file) => existsSync(file))
      .map(recordFrom)
      .toSorted((one, other) => (one.started < other.started ? 1 : -1));
    const last = new Map<string, CellRecord>();
    for (const cell of records.flatMap(({ cells }) => cells)) {
      const newer = last.get(cell.id);
      if (newer === undefined || (!hasOutcome(newer) && hasOutcome(cell))) last.set(cell.id, cell);
    }
    return records
      .map((record) => ({ ...record, cells: record.cells.filter((cell) => last.get(cell.id) === cell) }))
      .filter(({ cells }) => cells.length > 0);
  });
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => path.join(folder, entry.name))
    .filter(isFolder);
}

function recordFrom(file: string): BindRecord {
  try {
    return readRecord(recordText(file), file);
  } catch (error) {
    if (error instanceof BadRecord) throw new UserError(error.message);
    throw error;
  }
}
