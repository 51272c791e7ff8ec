import { readConfig } from './config.ts';
import { readCode } from './code.ts';
import type { Context } from './draft.ts';
import { readListing, type Listed } from './listing.ts';
import { isMessageOfError, readMessage } from './message.ts';
import { readPublished } from './published.ts';
import { readSpelled } from './read.ts';
import type { Reading } from './reading.ts';
import type { SystemName } from '../../model/types.ts';
import { spell } from './spell.ts';
import { joined, NO_SETTINGS, settingsAmong, type Settings } from './settings.ts';
import { Unreadable } from './unreadable.ts';

/** What some texts say of sockets. */
export interface ReadTexts {
  /** The sockets in the order in which they were bound, or are taken to be; the question is about the last one. */
  readonly readings: readonly Reading[];
  /** What was left out of pasted lines, in words; empty where nothing was. */
  readonly leftOut: readonly string[];
  /** The settings of the machine that stood among the lines. */
  readonly settings: Settings;
}

/**
 * Reads one socket: in the spelling of bindspec, Go or a URL, or as a line of a listing, of a configuration or of an error
 * message.
 * @throws Unreadable, and nothing else.
 */
export function readSocket(text: string): Reading {
  const [reading] = readLine(text, {}, []);
  if (reading === undefined) throw new Unreadable(text, { text, position: 1 }, 'it names no socket');
  return reading;
}

/**
 * Reads the sockets of several texts, each of one line or of many that were pasted. A socket that an error message says
 * could not be bound is the one that is asked about, wherever it stands.
 * @throws Unreadable for a text that names no socket
 */
export function readTexts(texts: readonly string[]): ReadTexts {
  try {
    return readEach(texts);
  } catch (error) {
    // The lines of a message, one a text: among them some say nothing of a socket.
    if (!(error instanceof Unreadable) || texts.length < 2 || !texts.some(isMessageOfError)) throw error;
    return readEach([texts.join('\n')]);
  }
}

function readEach(texts: readonly string[]): ReadTexts {
  const leftOut: string[] = [];
  let settings = NO_SETTINGS;
  const rows = texts.flatMap((text): Row[] => {
    const among = settingsAmong(text.split(/\r?\n/));
    settings = joined(settings, among.settings);
    if (text.trim().includes('\n')) return readPasted(text, leftOut, among.used);
    if (among.used.size > 0) return [];
    return readLine(text, {}, []).map((reading) => ({ reading, pasted: false }));
  });
  const failed = distinct(rows.filter(({ reading }) => reading.failure !== undefined));
  const named = failed.filter(({ reading }) => reading.noPort !== true);
  const [first, ...others] = withoutRepeated(named.length > 0 ? named : failed.slice(0, 1));
  for (const { reading } of others) {
    leftOut.push(`${spell(reading.socket)}, which could not be bound either: ask about it by itself`);
  }
  const there = rows.filter(({ reading }) => reading.failure === undefined);
  const asked = first === undefined ? undefined : onSystem(ofProtocol(first, there), there);
  const last = asked ?? there.findLast((row) => !row.pasted || isHere(row)) ?? there.at(-1);
  const kept = onPort(distinct(there), last, leftOut).filter((row) => row !== last);
  if (last === undefined) throw onlySettings(texts.join(' '));
  return { readings: [...kept, last].map(({ reading }) => reading), leftOut, settings };
}

/** A failure that may be of either protocol is of the one that a row on its port has, if only one of them has. */
function ofProtocol(failed: Row, there: readonly Row[]): Row {
  const { reading } = failed;
  if (reading.either !== true) return failed;
  const own = there.filter((row) => row.reading.socket.port === reading.socket.port);
  if (own.length === 0 || own.some((row) => row.reading.socket.protocol === 'tcp')) return failed;
  const { either: _, otherwise: __, ...rest } = reading;
  return { ...failed, reading: { ...rest, socket: { ...reading.socket, protocol: 'udp' } } };
}

/** Rows that only the tools of one system print: of ss, and of the netstat of Linux and of Windows. */
const SYSTEM_ROWS: readonly (readonly [RegExp, readonly SystemName[]])[] = [
  [/^\s*(?:(?:tcp|udp)\s+)?(?:LISTEN|UNCONN|ESTAB)\s+\d+\s+\d+\s/, ['linux', 'gvisor']],
  [/^\s*(?:tcp|udp)6?\s+\d+\s+\d+\s+\S+:(?:\d+|\*|[a-z]\S*)\s+\S+:(?:\d+|\*|[a-z]\S*)(?:\s|$)/, ['linux', 'gvisor']],
  [/^\s*TCP\s+\S+:\d+\s+\S+\s+[A-ZÄÖÜ]+\s+\d+\s*$/, ['windows']],
];

/** A failure that does not say its system is on the one whose tool printed the rows beside it. */
function onSystem(failed: Row, there: readonly Row[]): Row {
  const { failure } = failed.reading;
  if (failure === undefined || failure.systems.length > 0) return failed;
  const found = SYSTEM_ROWS.find(([pattern]) => there.some(({ reading }) => pattern.test(reading.text)));
  if (found === undefined) return failed;
  const told = { ...failure, systems: found[1], sign: 'the rows beside it' };
  return { ...failed, reading: { ...failed.reading, failure: told } };
}

/** The failures without those that only name the port of another: a second line about the same socket. */
function withoutRepeated(failed: readonly Row[]): readonly Row[] {
  const isSame = (one: Row, other: Row) =>
    one.reading.socket.port === other.reading.socket.port &&
    one.reading.socket.protocol === other.reading.socket.protocol;
  const full = failed.filter(({ reading }) => reading.noAddress !== true);
  return failed.filter(
    (row, place) =>
      row.reading.noAddress !== true || ![...full, ...failed.slice(0, place)].some((other) => isSame(other, row)),
  );
}

function onlySettings(text: string): Unreadable {
  const understood = 'settings of a machine are understood beside sockets: name a socket too, for example :3000';
  return new Unreadable(shown([text]), { text: shown([text]), position: 1 }, understood);
}

/** A socket that was read, and whether it is from a text of several lines, where others stand that do not matter. */
interface Row {
  readonly reading: Reading;
  readonly pasted: boolean;
}

/** Reads a line as whatever it is. @throws Unreadable */
function readLine(line: string, context: Context, around: readonly string[]): readonly Reading[] {
  const config = readConfig(line, around) ?? readCode(line, around);
  if (config !== null) return [config];
  let unreadable: Unreadable;
  try {
    return [readSpelled(line, context)];
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    unreadable = error;
  }
  const listed = readListing(line);
  if (listed !== null) return [listed];
  const published = readPublished(line, around);
  // What is published already is there as a whole; of what is asked for, one socket is the question.
  if (published !== null)
    return published.every(({ holder }) => holder !== undefined) ? published : published.slice(0, 1);
  if (isMessageOfError(line)) return [readMessage([line])];
  throw unreadable;
}

/** The first lines of listings. */
const HEADER =
  /^\s*(Netid\b|State\s+Recv-Q|Recv-Q\s|Proto\b|Active (?:Internet|UNIX|LOCAL)|Aktive Verbindungen|COMMAND\s+PID|USER\s+COMMAND|LocalAddress|-{3,}|CONTAINER ID|NAMES|sl\s+local_address|\[(?:Socket|Unit|Install)\])/i;

function readPasted(text: string, leftOut: string[], used: ReadonlySet<number>): Row[] {
  const lines = text.split(/\r?\n/);
  const context = contextOf(lines);
  const read: Reading[] = [];
  const errors: number[] = [];
  const loose: string[] = [];
  let first: Unreadable | undefined;
  const aroundOf = (place: number) => lines.slice(Math.max(place - 6, 0), place + 7);
  for (const [place, line] of lines.entries()) {
    if (line.trim() === '' || HEADER.test(line) || used.has(place)) continue;
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

/** The rows that a line of a listing or of a configuration has; none for other lines. */
function readRows(line: string, context: Context, around: readonly string[]): readonly Reading[] {
  const config = readConfig(line, around);
  if (config !== null) return [config];
  const published = readPublished(line, around);
  if (published !== null) return published;
  const listed = readListing(line);
  if (listed !== null) return [listed];
  try {
    return [readSpelled(line, context)];
  } catch (error) {
    if (error instanceof Unreadable) return [];
    throw error;
  }
}

/** Which ss printed the lines, as far as one of them tells. */
function contextOf(lines: readonly string[]): Context {
  const rows = lines.filter((line) =>
    /^\s*(?:(?:tcp|udp)\s+)?(?:LISTEN|UNCONN|ESTAB|TIME-WAIT|CLOSE-WAIT|FIN-WAIT-\d)\s+\d+\s/.test(line),
  );
  if (rows.some((row) => /\s:::\S+/.test(row))) return { ss: 'old' };
  return rows.some((row) => /\s(?:0\.0\.0\.0|\[::\]):\S+\s/.test(row)) ? { ss: 'new' } : {};
}

/** Each socket once: processes may share one, and each of its connections is a row of its own. */
function distinct(rows: readonly Row[]): Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const { socket, holder, failure } = row.reading;
    const { identity } = row.reading as Listed;
    const who = failure !== undefined || !isHere(row) ? '' : (identity ?? `${holder?.pid ?? ''}`);
    const key = `${spell(socket)} ${who}`;
    const isNew = !row.pasted || !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/**
 * The rows that matter for the one that is asked about. Among pasted lines those are the ones of its port, without the
 * connections of a listener that is there.
 */
function onPort(rows: readonly Row[], asked: Row | undefined, leftOut: string[]): readonly Row[] {
  if (asked === undefined || asked.reading.noPort === true) return rows;
  const { protocol, port } = asked.reading.socket;
  const isOwn = ({ reading: { socket } }: Row) => socket.protocol === protocol && socket.port === port;
  const own = rows.filter((row) => !row.pasted || isOwn(row));
  const others = rows.length - own.length;
  if (others > 0) {
    leftOut.push(`${others === 1 ? 'a socket' : `${others} sockets`} of other ports or of the other protocol`);
  }
  const listens = own.some((row) => isOwn(row) && row.reading.socket.state === 'listening');
  const kept = own.filter((row) => !row.pasted || row === asked || !listens || isHere(row));
  const connections = own.length - kept.length;
  if (connections > 0) {
    leftOut.push(`${connections === 1 ? 'a connection' : `${connections} connections`} of a listener that is there`);
  }
  return kept;
}

/** Whether the socket is bound or listens, and has no connection. */
function isHere({ reading: { socket } }: Row): boolean {
  return socket.state === undefined || socket.state === 'bound' || socket.state === 'listening';
}

function quoted(lines: readonly string[]): string {
  const [line = ''] = lines;
  return `'${shown([line])}'${lines.length > 1 ? ', ...' : ''}`;
}

function shown([line = '']: readonly string[]): string {
  return line.trim().length > 60 ? `${line.trim().slice(0, 57)}...` : line.trim();
}
