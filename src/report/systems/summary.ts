import { PROVENANCES } from '../../experiment/experiment.ts';
import { byKey } from '../by-key.ts';
import { NO_ANSWER, type Knowing, type PlatformAnswer, type SystemAnswer } from './answer.ts';
import { worst } from './observed-answer.ts';
import { wordOfLikeness } from './word.ts';

const STRENGTH: readonly Knowing[] = [...PROVENANCES, 'other-version'];

/**
 * The answer to a question, of the answers to its cases on one system. The most telling likeness decides, and the word is
 * that of the cases that have it, if they share one.
 */
export function summaryOf(cases: readonly SystemAnswer[], isLinux: boolean): SystemAnswer {
  const answered = cases.filter(({ basis }) => basis !== 'none');
  if (answered.length === 0) return NO_ANSWER;
  const likeness = worst(answered.map((one) => one.likeness));
  const alike = answered.filter((one) => one.likeness === likeness);
  const observed = answered.filter(({ basis }) => basis === 'observed');
  return {
    word: sharedWord(answered, isLinux),
    likeness,
    basis: alike.some(({ basis }) => basis === 'observed') ? 'observed' : 'known',
    cases: { answered: answered.length, observed: observed.length, alike: alike.length },
    on: platformsIn(answered, isLinux),
    known: [...new Set(answered.flatMap(({ known }) => known))].toSorted(
      (one, other) => STRENGTH.indexOf(one) - STRENGTH.indexOf(other),
    ),
    cite: citedBy(answered),
    because: [...new Set(alike.flatMap(({ because }) => because))],
  };
}

function platformsIn(answered: readonly SystemAnswer[], isLinux: boolean): PlatformAnswer[] {
  const all = answered.flatMap(({ on }) => on);
  return [...byKey(all, ({ platform }) => platform)].map(([platform, own]) => ({
    platform,
    word: sharedWord(own, isLinux),
    likeness: worst(own.map((one) => one.likeness)),
  }));
}

/** The word that the most telling of some answers share; on Linux, from which the others differ, that all share. */
function sharedWord(answers: readonly Pick<SystemAnswer, 'word' | 'likeness'>[], isLinux: boolean): string {
  const likeness = worst(answers.map((one) => one.likeness));
  const telling = isLinux ? answers : answers.filter((one) => one.likeness === likeness);
  const said = new Set(telling.map(({ word }) => word));
  const [only = ''] = said;
  if (said.size === 1 && only !== '') return only;
  return wordOfLikeness(likeness, isLinux);
}

function citedBy(answered: readonly SystemAnswer[]): SystemAnswer['cite'] {
  const found = new Map(answered.flatMap(({ cite }) => cite).map((one) => [JSON.stringify(one), one]));
  return [...found.values()];
}
