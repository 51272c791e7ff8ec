import { readCode } from './code.ts';
import { contextOf, readRows, type Row } from './line.ts';
import { isMessageOfError, readMessage } from './message.ts';
import type { Reading } from './reading.ts';
import { isBlockMark } from './unfolded.ts';
import { isUnitLine, isUnitSetting } from './unit.ts';
import { Unreadable } from './unreadable.ts';

/** The first lines of listings. */
const HEADER =
  /^\s*(Netid\b|State\s+Recv-Q|Recv-Q\s|Proto\b|Active (?:Internet|UNIX|LOCAL)|Aktive Verbindungen|COMMAND\s+PID|USER\s+COMMAND|LocalAddress|-{3,}|CONTAINER ID|NAMES|sl\s+local_address|\[(?:Socket|Unit|Install)\])/i;

/** Reads the lines of a text that was pasted. @throws Unreadable where none names a socket */
export function readPasted(text: string, leftOut: string[], used: ReadonlySet<number>): Row[] {
  const lines = text.split(/\r?\n/);
  const context = contextOf(lines);
  const read: Reading[] = [];
  const errors: number[] = [];
  const loose: string[] = [];
  let first: Unreadable | undefined;
  const isUnit = lines.some(isUnitLine);
  const aroundOf = (place: number) => (isUnit ? lines : lines.slice(Math.max(place - 6, 0), place + 7));
  for (const [place, line] of lines.entries()) {
    if (line.trim() === '' || HEADER.test(line) || used.has(place) || isBlockMark(line)) continue;
    if (isUnit && isUnitSetting(line)) continue;
    try {
      const around = aroundOf(place);
      const found = isMessage(line) ? [] : readRows(line, context, around);
      if (found.length > 0) read.push(...found);
      else if (isMessageOfError(line)) errors.push(place);
      else loose.push(line.trim());
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      first ??= error;
      loose.push(line.trim());
    }
  }
  // Code and settings name the socket only where nothing else does: in the trace of an error they say the same once more.
  if (read.length === 0 && errors.length === 0) {
    for (const [place, line] of lines.entries()) {
      const found = readCode(line, aroundOf(place));
      if (found === null) continue;
      read.push(found);
      loose.splice(loose.indexOf(line.trim()), 1);
    }
  }
  const failed: Reading[] = [];
  for (const place of errors) {
    try {
      failed.push(readMessage(lines, place));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      first ??= error;
    }
  }
  if (read.length === 0 && failed.length === 0 && used.size === 0) {
    throw first ?? new Unreadable(shown(lines), { text: shown(lines), position: 1 }, 'no line of it names a socket');
  }
  if (loose.length > 0) {
    const count = loose.length === 1 ? 'a line that names' : `${loose.length} lines that name`;
    leftOut.push(`${count} no socket: ${quoted(loose)}`);
  }
  return [...read, ...failed].map((reading) => ({ reading, pasted: true }));
}

/** A line of prose that says that something failed is a message, even where it begins like a socket. */
function isMessage(line: string): boolean {
  return isMessageOfError(line) && !/^\s*(?:tcp|udp)(?:4|6|46)?\s/i.test(line);
}

function quoted(lines: readonly string[]): string {
  const [line = ''] = lines;
  return `'${shown([line])}'${lines.length > 1 ? ', ...' : ''}`;
}

/** The first of some lines, cut. */
export function shown([line = '']: readonly string[]): string {
  return line.trim().length > 60 ? `${line.trim().slice(0, 57)}...` : line.trim();
}
