import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { BadRecord, readServer } from '../load/read.ts';
import type { ServerRecord } from '../record/server.ts';
import { UserError } from './exit.ts';
import { recordText } from './record-file.ts';
import { makeFolder } from './reports-folder.ts';
import { complain } from './terminal.ts';
import { writeTogether } from './write-together.ts';

/** The folder of the records of the table, in one of reports: a folder for each program, with a file for each version. */
const FOLDER = 'programs';

/** Every record of the table in a folder of reports; none where there are none. */
export function serversIn(reports: string): ServerRecord[] {
  const home = path.join(reports, FOLDER);
  if (!existsSync(home)) return [];
  return readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => recordsIn(path.join(home, name)));
}

/** The record to compare a program's with: that of the same version, else the newest; null where there is none. */
export function serverBefore(reports: string, { name, version }: ServerRecord): ServerRecord | null {
  const folder = path.join(reports, FOLDER, serverFolder(name));
  const found = (existsSync(folder) ? recordsIn(folder) : []).toSorted((one, other) =>
    one.started < other.started ? 1 : -1,
  );
  return found.find((one) => one.version === version) ?? found[0] ?? null;
}

/** Writes the record of a program, in the place of one of the same version. @throws UserError when it can't */
export function writeServer(reports: string, record: ServerRecord): string {
  const folder = path.join(reports, FOLDER, serverFolder(record.name));
  try {
    makeFolder(path.join(reports, FOLDER));
    makeFolder(folder);
    const name = `${record.version.replaceAll(/[^\w.+~-]/g, '-')}.json`;
    return writeTogether(folder, { [name]: `${JSON.stringify(record, null, 1)}\n` })[0] ?? folder;
  } catch (error) {
    throw new UserError(`the record can't be written into '${folder}': ${(error as Error).message}`);
  }
}

/** The name of a program as that of a folder, on every system. */
function serverFolder(name: string): string {
  return name
    .toLowerCase()
    .replace(/ ::$/, ' any6')
    .replaceAll(/[^\w.]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function recordsIn(folder: string): ServerRecord[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .flatMap((name) => {
      const file = path.join(folder, name);
      try {
        return [readServer(recordText(file), file)];
      } catch (error) {
        if (!(error instanceof BadRecord)) throw error;
        complain(`bindspec: not compared: ${error.message}`);
        return [];
      }
    });
}
