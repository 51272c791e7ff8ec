import type { Missing } from '../lab/lab.ts';
import { STACKS } from '../stack/index.ts';
import { UserError } from './exit.ts';
import { knownStack } from './stack-of.ts';
import { paint, say } from './terminal.ts';
import { Unavailable } from '../process/unavailable.ts';
import type { Fetch } from '../files/fetch.ts';

export interface PrepareOptions {
  plan: boolean;
}

/** `bindspec stack prepare`. @throws UserError for a name that is none, and when it is not available. */
export async function prepareCommand(name: string, { plan: only }: PrepareOptions): Promise<void> {
  const stack = await knownStack(name);
  try {
    const plan = await stack.plan();
    say(paint('bold', `${stack.title}: ${plan.length === 0 ? 'nothing to fetch' : 'to fetch'}`));
    for (const fetch of plan) say(`  ${inWords(fetch)}`);
    if (only) return;
    await stack.prepare((line) => say(line));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    throw new UserError(`the stack ${name} can't be prepared: ${error.message}; ${error.enable}`);
  }
  const missing = await stack.missing();
  if (missing) throw new UserError(`the stack ${name} is still not ready: ${missing.reason}; ${missing.enable}`);
  say(`${paint('green', '✓')} ready: npx bindspec run --stack ${name}`);
}

/** Every stack, and what it lacks to be started here; null for one that is ready. */
export async function stacksHere(): Promise<{ name: string; title: string; missing: Missing | null }[]> {
  return Promise.all(
    STACKS.map(async (name) => {
      const stack = await knownStack(name);
      return { name, title: stack.title, missing: await stack.missing() };
    }),
  );
}

/** `bindspec stack list`: every stack, and whether it is ready. */
export async function stacksCommand(): Promise<void> {
  for (const { name, title, missing } of await stacksHere()) {
    say(`${missing ? paint('red', '✗') : paint('green', '✓')} ${paint('bold', name)}  ${title}`);
    if (missing) say(`    not here: ${missing.reason}\n    ${paint('cyan', missing.enable)}`);
  }
}

function inWords({ what, from, bytes }: Fetch): string {
  return `${what}, from ${from}${bytes === null ? '' : `, ${(bytes / 1e6).toFixed(1)} MB`}`;
}
