import { stackNamed } from '../stack/index.ts';
import { type Stack } from '../stack/stack.ts';
import { UserError } from './exit.ts';
import { Unavailable } from '../process/unavailable.ts';

/** A stack that is ready to be started. @throws UserError for a name that is none, and when something is missing. */
export async function stackToUse(name: string): Promise<Stack> {
  const stack = await knownStack(name);
  const missing = await telling(() => stack.missing());
  if (missing) throw new UserError(`the stack ${name} is not available: ${missing.reason}; ${missing.enable}`);
  return stack;
}

/** A stack, ready or not. @throws UserError for a name that is none. */
export async function knownStack(name: string): Promise<Stack> {
  return telling(() => stackNamed(name));
}

/** Does something with a stack that may not be available. @throws UserError then. */
async function telling<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Unavailable) throw new UserError(`${error.message}; ${error.enable}`);
    throw error;
  }
}
