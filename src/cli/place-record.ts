import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BadRecord } from '../load/read.ts';
import { alone } from './folder-lock.ts';
import { recordText } from './record-file.ts';
import { makeFolder, ownPlace } from './reports-folder.ts';
import { complain, paint, say } from './terminal.ts';
import { writeApart, writeTogether, type Files } from './write-together.ts';

/** A record that is to be written, with all that is made of it. */
export interface Placing<R> {
  /** The folder of reports. */
  reports: string;
  /** The id of the platform or the engine, which names the folder in that. */
  id: string;
  /** The name of the record's file. */
  name: string;
  record: R;
  /** Reads the record that is there. @throws BadRecord */
  read: (text: string, file: string) => R;
  /** Why an older record can't be replaced, in words that follow the name of its file; null where it can. */
  loss: (older: R, newer: R) => string | null;
  /** The older record with what the newer one has, and a line about it; null where they can't be one. Without it, none can. */
  merge?: (older: R, newer: R) => { record: R; told: string | null } | null;
  /** The files, the record first, for the folder in which they will be; `isApart` where that is one of their own. */
  files: (record: R, home: string, isApart: boolean) => Files;
}

/** What became of a record. */
export interface PlacedRecord {
  /** The files that were written; none where nothing could be. */
  files: string[];
  /** Which older record was kept and why, where one was; a line. */
  kept?: string;
  /** What stays of an older record beside the newer one, where they were merged; a line. */
  merged?: string;
  /** Why the record is not in the folder of reports, and where it is instead; a line. */
  failure?: string;
}

/**
 * Writes a record with all that is made of it into `<reports>/<id>/`, all files or none. It takes the place of an older
 * record only where nothing is lost by that, or is merged into it; else it goes into a folder of its own there, named by when it
 * began. Where the folder can't be written to, the record goes into the folder for temporary files.
 */
export async function placeRecord<R extends Timed>(placing: Placing<R>): Promise<PlacedRecord> {
  const home = path.join(placing.reports, placing.id);
  try {
    makeFolder(home);
    return await alone(home, (isAlone) => {
      const file = path.join(home, placing.name);
      const merged = isAlone ? mergedInto(file, placing) : null;
      if (merged !== null) {
        const files = writeTogether(home, placing.files(merged.record, home, false));
        return { files, ...(merged.told === null ? {} : { merged: `merged into ${file}: ${merged.told}` }) };
      }
      const kept = isAlone ? whyKept(file, placing) : `another command is writing into ${home}; `;
      if (kept === null) return { files: writeTogether(home, placing.files(placing.record, home, false)) };
      const files = inOwnPlace(home, placing);
      return { files, kept: `${kept}this one is in ${path.dirname(files[0] ?? home)}` };
    });
  } catch (error) {
    return elsewhere(home, placing, error);
  }
}

/** What `place` did, for people, or beside data on stdout. */
export function tellPlaced({ kept, merged, failure }: PlacedRecord, isPretty: boolean): void {
  if (merged !== undefined && isPretty) say(merged);
  else if (merged !== undefined) complain(`bindspec: ${merged}`);
  if (kept !== undefined && isPretty) say(paint('yellow', kept));
  else if (kept !== undefined) complain(`bindspec: ${kept}`);
  if (failure !== undefined) complain(`bindspec: ${failure}`);
}

interface Timed {
  started: string;
  duration: number;
}

/** The record that is there with what the new one has; null where there is none that can be merged. */
function mergedInto<R extends Timed>(
  file: string,
  { record, read, merge }: Placing<R>,
): ReturnType<NonNullable<Placing<R>['merge']>> {
  if (merge === undefined || !existsSync(file)) return null;
  try {
    return merge(read(recordText(file), file), record);
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error;
    return null;
  }
}

/** Why the record that is there stays, as the beginning of a line; null where there is none, or it can be replaced. */
function whyKept<R extends Timed>(file: string, { record, read, loss }: Placing<R>): string | null {
  if (!existsSync(file)) return null;
  let older: R;
  try {
    older = read(recordText(file), file);
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error;
    return `kept, as it can't be read: ${error.message}; `;
  }
  const [began, ended] = [Date.parse(record.started), Date.parse(older.started) + older.duration];
  // A record from the future is one of a clock that was wrong.
  if (ended > began && ended <= Date.now()) return `kept: ${file} was written while this command ran; `;
  const lost = loss(older, record);
  return lost === null ? null : `kept: ${file} ${lost}; `;
}

function inOwnPlace<R extends Timed>(home: string, { record, files }: Placing<R>): string[] {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? ownPlace(record.started) : `${ownPlace(record.started)}-${number}`;
    try {
      if (!existsSync(path.join(home, name))) return writeApart(home, name, files(record, path.join(home, name), true));
    } catch (error) {
      // Another command that began at the same moment was faster, and the next name may be free.
      if (!existsSync(path.join(home, name))) throw error;
    }
  }
}

/** The record alone, where there may be room for it. */
function elsewhere<R>(home: string, { name, record }: Placing<R>, because: unknown): PlacedRecord {
  const failure = `the reports can't be written into '${home}' (${message(because)})`;
  let folder: string | undefined;
  try {
    folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-'));
    const file = path.join(folder, name);
    writeFileSync(file, `${JSON.stringify(record)}\n`);
    return { files: [file], failure: `${failure}: the record is ${file}; read it with 'bindspec report ${file}'` };
  } catch (error) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    const both = `${failure}, and the record can't be written into '${os.tmpdir()}' (${message(error)})`;
    return { files: [], failure: `${both}: make room, or run it again with --format json and keep its output` };
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
