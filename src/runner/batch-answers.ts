import { HarnessError } from '../harness/harness-error.ts';
import type { Result } from '../protocol/messages.ts';

/** The answers of a batch, one for each socket or probe. @throws HarnessError where the agent gave others. */
export function batchAnswers(result: Result | undefined, count: number): string[] {
  const { codes = [], legend = [] } = result ?? {};
  if (codes.length !== count) throw new HarnessError(`${count} of a batch were answered with ${codes.length} codes`);
  return codes.map((code) => {
    const answer = legend[code];
    if (answer === undefined) throw new HarnessError(`an agent answered with code ${code}, which it did not explain`);
    return answer;
  });
}
