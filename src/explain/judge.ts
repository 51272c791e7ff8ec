import type { SystemName } from '../model/types.ts';
import { answerOf, type Answer } from './answer.ts';
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

/** Asks the models about a changed question, and compares the answers with those to the question itself. */
export function judged(
  answers: readonly Answer[],
  changed: Question,
  { kind, changes, text, brief }: Pick<Advice, 'kind' | 'changes' | 'text' | 'brief'>,
): Advice {
  const helps: SystemName[] = [];
  const breaks: SystemName[] = [];
  const unverified: SystemName[] = [];
  for (const { system, works, refused } of answers) {
    const answer = answerOf(system, changed);
    // Sockets that could not be bound themselves prove nothing.
    const worksThen = answer.works === 'yes' && answer.refused.length <= refused.length;
    const helpsHere =
      kind === 'refuse'
        ? works === 'yes' && answer.works === 'no' && answer.refused.length <= refused.length
        : works !== 'yes' && worksThen;
    if (helpsHere) helps.push(system);
    if (helpsHere && answer.rule.unverified === true) unverified.push(system);
    if (kind === 'refuse' ? works === 'no' && answer.works !== 'no' : works === 'yes' && !worksThen)
      breaks.push(system);
  }
  return { kind, changes, text, ...(brief === undefined ? {} : { brief }), helps, breaks, unverified };
}
