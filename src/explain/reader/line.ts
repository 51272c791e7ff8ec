import { readCode } from './code.ts';
import { readConfig } from './config.ts';
import type { Context } from './draft.ts';
import { readListing } from './listing.ts';
import { isMessageOfError, readMessage } from './message.ts';
import { readPublished } from './published.ts';
import { readSpelled } from './read.ts';
import type { Reading } from './reading.ts';
import { originOf } from './row-systems.ts';
import { Unreadable } from './unreadable.ts';

/** A socket that was read, and whether it is from a text of several lines, where others stand that do not matter. */
export interface Row {
  readonly reading: Reading;
  readonly pasted: boolean;
}

/** Reads a line as whatever it is. @throws Unreadable */
export function readLine(line: string, context: Context, around: readonly string[]): readonly Reading[] {
  const config = readConfig(line, around) ?? readCode(line, around);
  if (config !== null) return [config];
  let unreadable: Unreadable;
  try {
    return [withOrigin(readSpelled(line, context), line)];
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    unreadable = error;
  }
  const listed = readListing(line);
  if (listed !== null) return [withOrigin(listed, line)];
  const published = readPublished(line, around);
  // What is published already is there as a whole; of what is asked for, one socket is the question.
  if (published !== null)
    return published.every(({ holder }) => holder !== undefined) ? published : published.slice(0, 1);
  if (isMessageOfError(line)) return [readMessage([line])];
  throw unreadable;
}

/** The rows that a line of a listing or of a configuration has; none for other lines. */
export function readRows(line: string, context: Context, around: readonly string[]): readonly Reading[] {
  const config = readConfig(line, around);
  if (config !== null) return [config];
  const published = readPublished(line, around);
  if (published !== null) return published;
  const listed = readListing(line);
  if (listed !== null) return [withOrigin(listed, line)];
  try {
    return [withOrigin(readSpelled(line, context), line)];
  } catch (error) {
    if (error instanceof Unreadable) return [];
    throw error;
  }
}

/** Which ss printed the lines, as far as one of them tells. */
export function contextOf(lines: readonly string[]): Context {
  const rows = lines.filter((line) =>
    /^\s*(?:(?:tcp|udp)\s+)?(?:LISTEN|UNCONN|ESTAB|TIME-WAIT|CLOSE-WAIT|FIN-WAIT-\d)\s+\d+\s/.test(line),
  );
  if (rows.some((row) => /\s:::\S+/.test(row))) return { ss: 'old' };
  return rows.some((row) => /\s(?:0\.0\.0\.0|\[::\]):\S+\s/.test(row)) ? { ss: 'new' } : {};
}

/** A row with the systems whose tools print it. */
function withOrigin(reading: Reading, line: string): Reading {
  const origin = originOf(line);
  return origin === undefined ? reading : { ...reading, origin };
}

/** Whether the socket is bound or listens, and has no connection. */
export function isHere({ reading: { socket } }: Row): boolean {
  return socket.state === undefined || socket.state === 'bound' || socket.state === 'listening';
}
