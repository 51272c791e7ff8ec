import { isWildcard, unmapped } from '../model/address.ts';
import type { Question } from './question.ts';
import { NO_SETTINGS } from './reader/settings.ts';

/**
 * The question as an error message settles it: whoever was not permitted a low port lacks the privilege, and an address that was not
 * available is not one of the machine's.
 */
export function reported(question: Question): Question {
  const last = question.readings.at(-1);
  if (last?.failure === undefined) return question;
  const { kind } = last.failure;
  const { address, port } = last.socket;
  if (kind === 'not permitted' && port > 0 && port < 1024) {
    return { ...question, settings: { privileged: false, ...(question.settings ?? NO_SETTINGS) } };
  }
  if (kind === 'not available' && !isWildcard(address)) {
    return { ...question, foreign: [...(question.foreign ?? []), unmapped(address)] };
  }
  return question;
}
