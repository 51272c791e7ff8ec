import { classOf, isError } from '../../protocol/outcome-class.ts';
import type { ToldOutcome } from '../outcomes.ts';
import type { Likeness } from './answer.ts';

/** Words that are longer than this are not shown in a cell. */
const LONGEST_WORD = 16;

/** Where there are several outcomes, or one that no word is short enough for, there is no word. */
const SEVERAL = '';

/** The words of readers for classes of errors, where they are shorter or more usual than the name of the class. */
const READERS_WORDS: Readonly<Record<string, string>> = {
  'address-in-use': 'in use',
  'address-not-available': 'no address',
  'already-connected': 'connected',
  'connection-aborted': 'aborted',
  'connection-refused': 'refused',
  'connection-reset': 'reset',
  'destination-required': 'no target',
  'family-not-supported': 'no family',
  'invalid-argument': 'invalid',
  'message-too-long': 'too long',
  'no-such-device': 'no device',
  'no-such-name': 'no name',
  'no-such-option': 'no option',
  'not-supported': 'unsupported',
  'permission-denied': 'denied',
  'shut-down': 'shut down',
  'would-block': 'would block',
};

const WENT_WELL: ReadonlySet<string> = new Set(['ok', 'answered']);

/**
 * What came of a case, in one word for readers: the error, if there is one; who received, where that was the question;
 * `works` where all went well; empty where there are several outcomes.
 */
export function readersWord(outcomes: readonly ToldOutcome[]): string {
  const received = outcomes.filter(({ place }) => /^receive[sd]\b/.test(place));
  const others = outcomes.filter((outcome) => !received.includes(outcome));
  const failed = wordsOf(others).filter((word) => !WENT_WELL.has(word));
  if (failed.length === 1) return failed[0] ?? SEVERAL;
  if (failed.length > 1) return SEVERAL;
  const heard = [...new Set(received.map(({ observed }) => observed))];
  if (heard.length > 0) return receivers(heard);
  const well = wordsOf(others);
  if (well.includes('answered')) return 'answered';
  if (well.length > 0) return 'works';
  const plain = [...new Set(others.map(({ observed }) => observed))];
  return plain.length === 1 ? named(plain[0] ?? '') : plain.length === 0 ? '' : SEVERAL;
}

/** A name is its own word; numbers and the like say nothing without what they count. */
function named(text: string): string {
  return /[a-z]/i.test(text) && !['null', 'true', 'false', 'none', 'nothing'].includes(text) ? short(text) : SEVERAL;
}

/** The different words for the outcomes of calls; names, counts and addresses have none. */
function wordsOf(outcomes: readonly ToldOutcome[]): string[] {
  const words = outcomes.flatMap(({ observed }) => observed.split(/, | or /).map(callWord));
  return [...new Set(words.filter((word) => word !== null))];
}

function callWord(outcome: string): string | null {
  if (WENT_WELL.has(outcome) || outcome === 'silence') return outcome;
  if (outcome === 'no answer') return 'silence';
  if (outcome === 'eof') return 'closed';
  if (outcome === 'not available here') return 'no option';
  if (!isError(outcome)) return null;
  const found = classOf(outcome);
  return found === null ? short(outcome) : (READERS_WORDS[found] ?? found.replaceAll('-', ' '));
}

/** Who received, in a word. */
function receivers(heard: readonly string[]): string {
  if (heard.length > 1) return SEVERAL;
  const [only = ''] = heard;
  if (only === 'ok') return 'works';
  if (only.includes(' or ')) return 'any of them';
  return callWord(only) ?? named(only);
}

function short(text: string): string {
  return text.length > LONGEST_WORD ? SEVERAL : text;
}

/** What is said where no word is shared: on Linux, from which the others differ, and on the others. */
export function wordOfLikeness(likeness: Likeness, isLinux: boolean): string {
  if (isLinux) return 'depends';
  if (likeness === 'deviates') return 'unexpected';
  return likeness === 'none' ? '' : likeness;
}
