import { configured } from './configured.ts';
import { isHere, readLine, type Row } from './line.ts';
import { isMessageOfError } from './message.ts';
import { readPasted, shown } from './pasted.ts';
import type { Reading } from './reading.ts';
import { distinct, failuresIn, ofProtocol, onPort, onSystem, readingsOf } from './select.ts';
import { joined, NO_SETTINGS, settingsAmong, type Settings } from './settings.ts';
import { unfolded } from './unfolded.ts';
import { isUnitLine } from './unit.ts';
import { Unreadable } from './unreadable.ts';

/** What some texts say of sockets. */
export interface ReadTexts {
  /** The sockets in the order in which they were bound, or are taken to be; the question is about the last one. */
  readonly readings: readonly Reading[];
  /**
   * For each further error of the texts, the sockets of its own question; the last of them could not be bound. The one in
   * `readings` decides, and each of these has to be mended too.
   */
  readonly others: readonly (readonly Reading[])[];
  /** What was left out of pasted lines, in words; empty where nothing was. */
  readonly leftOut: readonly string[];
  /** The settings of the machine that stood among the lines. */
  readonly settings: Settings;
}

/** How many errors of one text are answered beside the first. */
const MOST_OTHERS = 8;

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
    // The lines of a message or of a unit, one a text: among them some say nothing of a socket.
    const isWhole = texts.length > 1 && texts.some((text) => isMessageOfError(text) || isUnitLine(text));
    if (!(error instanceof Unreadable) || !isWhole) throw error;
    return readEach([texts.join('\n')]);
  }
}

function readEach(texts: readonly string[]): ReadTexts {
  const leftOut: string[] = [];
  let settings = NO_SETTINGS;
  const rows = texts.map(unfolded).flatMap((text): Row[] => {
    const among = settingsAmong(text.split(/\r?\n/));
    settings = joined(settings, among.settings);
    if (text.trim().includes('\n')) return readPasted(text, leftOut, among.used);
    if (among.used.size > 0) return [];
    return readLine(text, {}, []).map((reading) => ({ reading, pasted: false }));
  });
  const there = configured(distinct(rows.filter(({ reading }) => reading.failure === undefined)), leftOut);
  const failures = failuresIn(rows);
  const [first, ...others] = failures.map((failed) => onSystem(ofProtocol(failed, there), there, failures));
  const last = first ?? there.findLast((row) => !row.pasted || isHere(row)) ?? there.at(-1);
  if (last === undefined) throw onlySettings(texts.join(' '));
  const question = (asked: Row, out: string[]) =>
    readingsOf([...onPort(there, asked, out).filter((row) => row !== asked), asked]);
  if (others.length > MOST_OTHERS) leftOut.push(`${others.length - MOST_OTHERS} more errors: ask about each by itself`);
  return {
    readings: question(last, leftOut),
    others: others.slice(0, MOST_OTHERS).map((failed) => question(failed, [])),
    leftOut,
    settings,
  };
}

function onlySettings(text: string): Unreadable {
  const understood = 'settings of a machine are understood beside sockets: name a socket too, for example :3000';
  return new Unreadable(shown([text]), { text: shown([text]), position: 1 }, understood);
}
