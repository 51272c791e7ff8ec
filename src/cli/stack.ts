import { STACKS } from '../stack/index.ts';
import { StackUnavailable, type Fetch } from '../stack/stack.ts';
import { UserError } from './exit.ts';
import { knownStack } from './stack-of.ts';
import { paint, say } from './terminal.ts';

export interface PrepareOptions {
  plan: boolean;
}

/** `bindspec stack prepare`. @throws UserError for a name that is none, and when it can't be had. */
export async function prepareCommand(name: string, { plan: only }: PrepareOptions): Promise<void> {
  const stack = await knownStack(name);
  try {
    const plan = await stack.plan();
    say(paint('bold', `${stack.title}: ${plan.length === 0 ? 'nothing to fetch' : 'to fetch'}`));
    for (const fetch of plan) say(`  ${inWords(fetch)}`);
    if (only) return;
    await stack.prepare((line) => say(line));
  } catch (error) {
    if (!(error instanceof StackUnavailable)) throw error;
    throw new UserError(`the stack ${name} can't be prepared: ${error.message}; ${error.enable}`);
  }
  const missing = await stack.missing();
  if (missing) throw new UserError(`the stack ${name} is still not ready: ${missing.reason}; ${missing.enable}`);
  say(`${paint('green', '✓')} ready: npx bindspec run --stack ${name}`);
}

/** `bindspec stack list`: every stack, and whether it is ready. */
export async function stacksCommand(): Promise<void> {
  for (const name of STACKS) {
    const stack = await knownStack(name);
    const missing = await stack.missing();
    say(`${missing ? paint('red', '✗') : paint('green', '✓')} ${paint('bold', name)}  ${stack.title}`);
    if (missing) say(`    not here: ${missing.reason}\n    ${paint('cyan', missing.enable)}`);
  }
}

function inWords({ what, from, bytes }: Fetch): string {
  return `${what}, from ${from}${bytes === null ? '' : `, ${(bytes / 1e6).toFixed(1)} MB`}`;
}
