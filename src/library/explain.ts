/**
 * Explanations as a module for other programs: `import { explain } from 'bindspec/explain'`. It reads sockets, listings and
 * error messages as people write them, and asks the models. No system call is made, and no native module is loaded.
 */
export { explain } from '../explain/explain.ts';
export { readSocket, readTexts } from '../explain/reader/read-texts.ts';
export { readSettings, BadSetting } from '../explain/reader/settings.ts';
export { spell } from '../explain/reader/spell.ts';
export { Unreadable } from '../explain/reader/unreadable.ts';
export { sentenceOf } from '../explain/sentences.ts';
export { adviceOf, assumedOf, groundsOf } from '../explain/told.ts';
export { BadPlan } from '../plan/bad-plan.ts';
export type { Explanation, Taken, Wanted } from '../explain/explanation.ts';
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
