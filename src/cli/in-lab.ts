import process from 'node:process';
import { LabUnavailable, type LabKind } from '../lab/lab.ts';
import { HarnessError } from '../verdict/harness-error.ts';
import { EXIT, UserError } from './exit.ts';
import { labFor, type LabChoice } from './labs.ts';

/** Does something in a kind of lab. @throws UserError when the lab can't be had, or no agent be started in it. */
export async function inLab<T>(choice: LabChoice, work: (kind: LabKind) => Promise<T>): Promise<T> {
  try {
    const kind = await labFor(choice, (why) => {
      process.stderr.write(
        `bindspec: the host lab is used, because ${why.message}; to enable the netns lab: ${why.enable}\n`,
      );
    });
    return await work(kind);
  } catch (error) {
    if (error instanceof LabUnavailable)
      throw new UserError(`the ${choice} lab can't be had: ${error.message}; ${error.enable}`);
    if (error instanceof HarnessError) throw new UserError(error.message, EXIT.harness);
    throw error;
  }
}
