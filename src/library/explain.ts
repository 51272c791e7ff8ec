/**
 * Explanations as a module for other programs: `import { explain } from 'bindspec/explain'`. It reads sockets, listings and
 * error messages as people write them, and asks the models. No system call is made, and no native module is loaded.
 */
export {
  checkedAdviceOf as adviceOf,
  checkedAssumedOf as assumedOf,
  checkedExplain as explain,
  checkedGroundsOf as groundsOf,
  checkedReadSettings as readSettings,
  checkedReadSocket as readSocket,
  checkedReadTexts as readTexts,
  checkedSentenceOf as sentenceOf,
  checkedSpell as spell,
} from './checked-explain.ts';
export { BadArgument } from './shape.ts';
export { BadSetting } from '../explain/reader/settings.ts';
export { Unreadable } from '../explain/reader/unreadable.ts';
export { BadPlan } from '../plan/bad-plan.ts';
export type { Explanation, Taken, Wanted } from '../explain/explanation.ts';
export type { Also } from '../explain/also.ts';
export type { Answer } from '../explain/answer.ts';
export type { Advice } from '../explain/judge.ts';
export type { Assumed } from '../explain/assumed.ts';
export type { Finder } from '../explain/find.ts';
export type { Stops } from '../explain/stops.ts';
export type { Receives } from '../explain/receives.ts';
export type { Reading } from '../explain/reader/reading.ts';
export type { Failure } from '../explain/reader/failure.ts';
export type { Settings } from '../explain/reader/settings.ts';
export type { Options, Outcome, PresentSocket, SystemName } from '../model/types.ts';
