import { readFileSync, statSync } from 'node:fs';
import { BadRecord, readAny, type AnyRecord } from '../record/read.ts';

/**
 * The most bytes that are read as a record: forty times the largest that bindspec has written so far, and little enough
 * that what is made of it fits into the memory that Node takes without being asked.
 */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The text of a file that is to be a record.
 * @throws BadRecord when it can't be read, is no file, or is larger than any record.
 */
export function recordText(file: string): string {
  try {
    const found = statSync(file);
    if (!found.isFile()) throw new BadRecord(file, 'it is no file', 'name a record, or a folder that has some');
    if (found.size > MOST_BYTES) {
      const size = Math.ceil(found.size / 1024 / 1024);
      throw new BadRecord(file, `it has ${size} MiB, and no record has more than 64`, 'see what wrote it');
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof BadRecord) throw error;
    throw new BadRecord(file, `it can't be read: ${(error as Error).message}`, 'see that it is there and may be read');
  }
}

/** Reads a record of whichever kind from a file. @throws BadRecord when it can't be read or is none. */
export function recordFrom(file: string): AnyRecord {
  return readAny(recordText(file), file);
}
