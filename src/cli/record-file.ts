import { readFileSync, statSync } from 'node:fs';
import { pairsOf } from '../matrix/reading.ts';
import type { MatrixRecord } from '../record/matrix.ts';
import { BadRecord, readAny, type AnyRecord } from '../record/read.ts';

/**
 * The most bytes that are read as a record: forty times the largest that bindspec has written so far, and little enough
 * that what is made of it fits into the memory that Node takes without being asked.
 */
const MOST_BYTES = 64 * 1024 * 1024;

/** The most pairs of a matrix: twenty times as many as there are. A digit stands for each, so the size tells little. */
const MOST_PAIRS = 1_000_000;

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
  const read = readAny(recordText(file), file);
  if (read.kind === 'matrix') fits(file, read.record);
  return read;
}

/** Sees that the parts of a matrix name only what is there, so that no reader has to. @throws BadRecord */
export function fits(file: string, record: MatrixRecord): void {
  const pairs = record.blocks.reduce((sum, { first, second }) => sum + first.length * second.length, 0);
  if (pairs > MOST_PAIRS) {
    throw new BadRecord(
      file,
      `not a record: it has more than ${MOST_PAIRS.toLocaleString('en-US')} pairs`,
      'see what wrote it',
    );
  }
  try {
    for (const block of record.blocks) pairsOf(record, block);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadRecord(
      file,
      `its parts do not fit together: ${error.message}`,
      "write it anew with 'bindspec matrix'",
    );
  }
}
