import { classOf, isError } from '../../protocol/outcome-class.ts';
import { sameAt, sameOutcomes } from '../comparison/same-outcomes.ts';
import type { ToldOutcome } from '../outcomes.ts';

/** More than this does not fit where a word is meant. */
const LONGEST = 40;

/** What is shorter, or more usual, than the name of the class of an error. */
const SHORT: Readonly<Record<string, string>> = {
  'address-in-use': 'in use',
  'connection-refused': 'refused',
  'connection-reset': 'reset',
  'permission-denied': 'denied',
  'address-not-available': 'no such address',
  'invalid-argument': 'invalid',
  'family-not-supported': 'no such family',
};

/** What an outcome of a call or of a question is in a word; null for what is neither, such as a name or a count. */
export function outcomeWord(outcome: string): string | null {
  if (outcome === 'ok' || outcome === 'answered' || outcome === 'silence') return outcome;
  if (outcome === 'eof') return 'closed';
  if (!isError(outcome)) return null;
  const found = classOf(outcome);
  return found === null ? outcome : (SHORT[found] ?? found.replaceAll('-', ' '));
}

/**
 * What was observed in a cell, in a word or a few. The outcome `ok` led up to the others, so it is shown only if there
 * is no other. Two different outcomes are both shown; for more, the number of answers is shown. A list `received` names
 * who was heard. Where there is no outcome at all, it is what was observed instead.
 * @param most what most platforms observed: if another outcome would have the same words, the words say that they differ
 */
export function headline(outcomes: readonly ToldOutcome[], most: readonly ToldOutcome[] = []): string {
  const word = wordFor(outcomes);
  if (most.length === 0 || word !== wordFor(most) || sameOutcomes(outcomes, most)) return word;
  const apart = outcomes.filter((outcome) => !sameAt(outcome, most)).map(({ place }) => place);
  if (apart.length === 0) return word;
  return `${word}, otherwise different`;
}

function wordFor(outcomes: readonly ToldOutcome[]): string {
  const heard = outcomes.find(({ place, observed }) => place === 'received' && /[a-z]/.test(observed));
  if (heard) return cut(heard.observed === 'none' ? 'heard no one' : `heard ${heard.observed}`);
  const words = outcomes.flatMap(({ observed }) => observed.split(', ').map(outcomeWord));
  const told = words.filter((word) => word !== null);
  const telling = told.filter((word) => word !== 'ok');
  const different = [...new Set(telling)];
  if (different.length === 0) return told.length > 0 ? 'ok' : instead(outcomes);
  const [only = ''] = different;
  if (different.length === 1) return only;
  const answered = telling.filter((word) => word === 'answered').length;
  if (telling.length > 2 && answered > 0) return `${answered} of ${telling.length} answered`;
  return cut(different.join(', '));
}

function instead(outcomes: readonly ToldOutcome[]): string {
  const said = outcomes.map(({ observed }) => observed).filter((observed) => /[a-z]/.test(observed));
  const from = said.length > 0 ? said : outcomes.map(({ observed }) => observed);
  return cut([...new Set(from)].join(', ') || 'nothing');
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
