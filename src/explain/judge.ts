import type { SystemName } from '../model/types.ts';
import { decisionOf, type Answer } from './answer.ts';
import type { Change } from './change.ts';
import type { Question } from './question.ts';

/** What a piece of advice changes. */
export type AdviceKind = 'end' | 'wait' | 'same name' | 'address' | 'port' | 'machine' | 'refuse';

/** Something that would make the last socket work, or would have it refused. */
export interface Advice {
  readonly kind: AdviceKind;
  /** The changes to the sockets; empty where something of the machine changes. */
  readonly changes: readonly Change[];
  /** The change, in words. */
  readonly text: string;
  /** The same in fewer words, where there is room for one line. */
  readonly brief?: string;
  /** The systems where the last socket was not certain to work, and then works. For `refuse`: where it worked, and is refused. */
  readonly helps: readonly SystemName[];
  /** The systems where it worked, and then is not certain to work. For `refuse`: where it was refused, and then works. */
  readonly breaks: readonly SystemName[];
  /** Those of `helps` where the rule that says so has been verified by no one. */
  readonly unverified: readonly SystemName[];
}

/** Words of a piece of advice; they may depend on the systems where it helps. */
type Words = string | ((helps: readonly SystemName[]) => string);

/** A piece of advice before anyone was asked where it helps. */
interface Proposed extends Pick<Advice, 'kind' | 'changes'> {
  readonly text: Words;
  readonly brief?: Words | undefined;
}

function wordsFor(words: Words, helps: readonly SystemName[]): string {
  return typeof words === 'string' ? words : words(helps);
}

/**
 * Asks the models about a changed question, and compares the answers with those to the question itself. No one is given
 * advice that helps nowhere, so that no model is asked what such advice would break.
 */
export function judged(
  answers: readonly Answer[],
  changed: Question,
  { kind, changes, text, brief }: Proposed,
): Advice {
  // Advice to refuse is for the systems where the last socket works; all other advice is for those where it may not.
  const isFor = ({ works }: Answer) => (kind === 'refuse' ? works === 'yes' : works !== 'yes');
  const helps: SystemName[] = [];
  const breaks: SystemName[] = [];
  const unverified: SystemName[] = [];
  for (const { system, refused } of answers.filter(isFor)) {
    const then = decisionOf(system, changed);
    // Sockets that could not be bound themselves prove nothing.
    if (then.works !== (kind === 'refuse' ? 'no' : 'yes') || then.refused.length > refused.length) continue;
    helps.push(system);
    if (then.rule.unverified === true) unverified.push(system);
  }
  for (const { system, works, refused } of helps.length === 0 ? [] : answers.filter((answer) => !isFor(answer))) {
    if (kind === 'refuse' && works !== 'no') continue;
    const then = decisionOf(system, changed);
    const stays =
      kind === 'refuse' ? then.works === 'no' : then.works === 'yes' && then.refused.length <= refused.length;
    if (!stays) breaks.push(system);
  }
  return {
    kind,
    changes,
    text: wordsFor(text, helps),
    ...(brief === undefined ? {} : { brief: wordsFor(brief, helps) }),
    helps,
    breaks,
    unverified,
  };
}
