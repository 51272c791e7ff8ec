import { readGivenText, UnreadableFile, type FileKind } from '../files/given-file.ts';
import { BadRecord, readAny, type AnyRecord } from '../load/read.ts';

/**
 * A record may have forty times the size of the largest that bindspec has written so far; that is little enough to fit
 * into Node's default memory when it is read.
 */
const RECORD: FileKind = { what: 'a record', most: 64, advice: 'name a record, or a folder that contains some' };

/** The text of a file that is to be a record. @throws BadRecord when it can't be read, or is larger than any record. */
export function recordText(file: string): string {
  try {
    return readGivenText(file, RECORD);
  } catch (error) {
    if (error instanceof UnreadableFile) throw new BadRecord(file === '' ? "''" : file, error.why, error.advice);
    throw error;
  }
}

/** Reads a record of whichever kind from a file. @throws BadRecord when it can't be read or is none. */
export function recordFrom(file: string): AnyRecord {
  return readAny(recordText(file), file);
}
