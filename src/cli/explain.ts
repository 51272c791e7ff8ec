import { readFileSync } from 'node:fs';
import process from 'node:process';
import { explain } from '../explain/explain.ts';
import type { Explanation } from '../explain/explanation.ts';
import { BadSetting } from '../explain/reader/settings.ts';
import { BadPlan } from '../plan/bad-plan.ts';
import { isPlan } from '../plan/parse.ts';
import { shellWord } from '../report/words.ts';
import { Unreadable } from '../explain/reader/unreadable.ts';
import { BadWanted, readWanted } from '../explain/wanted.ts';
import { EXIT, UserError } from './exit.ts';
import type { Here } from './explain-here.ts';
import { tellExplanation } from './explain-text.ts';
import type { RunPlace } from './in-lab.ts';
import { sayJson } from './terminal.ts';

export interface ExplainOptions extends RunPlace {
  system?: string;
  kernel?: string;
  release?: string[];
  setting?: string[];
  to?: string;
  from?: string;
  why: boolean;
  here: boolean;
  format: 'pretty' | 'json';
}

/** `bindspec explain`. Returns the exit code. @throws UserError for what can't be read or done. */
export async function explainCommand(given: string[], options: ExplainOptions): Promise<number> {
  const texts = withInput(given);
  const first = explained(texts, options);
  if (options.here && texts.some(isPlan)) {
    throw new UserError(
      `--here puts sockets into their states; a plan is played by: bindspec explore --replay ${shellWord(first.plan)}`,
    );
  }
  // What can't be done here still has the answer of the models; the reason is said after it.
  const { here, refusal } = options.here ? await hereOrWhyNot(first, options) : {};
  // The settings that this machine has count for the answer too, unless others were given.
  const setting = [...(here?.settings ?? []), ...(options.setting ?? [])];
  const explanation = here === undefined ? first : explained(texts, { ...options, setting });
  if (options.format === 'json') sayJson({ ...explanation, ...(here === undefined ? {} : { here }) }, 1);
  else
    tellExplanation(explanation, here, {
      why: options.why,
      receivers: options.to !== undefined || options.from !== undefined,
    });
  if (refusal !== undefined) throw refusal;
  return here === undefined || here.agrees ? EXIT.expected : EXIT.failed;
}

async function hereOrWhyNot(
  explanation: Explanation,
  options: ExplainOptions,
): Promise<{ here?: Here; refusal?: UserError }> {
  try {
    return { here: await (await import('./explain-here.ts')).explainHere(explanation, options) };
  } catch (error) {
    if (error instanceof UserError) return { refusal: error };
    throw error;
  }
}

/** The number of bytes of standard input that are read; a listing of a busy machine has some hundred thousand. */
const MOST_INPUT = 4_000_000;

/** The texts with standard input in the place of `-`; without any text, what is piped in. @throws UserError */
function withInput(texts: readonly string[]): string[] {
  const none = 'name the sockets, for example: bindspec explain :3000; or pipe an error message or a listing in';
  if (texts.length === 0 && process.stdin.isTTY) throw new UserError(none);
  const all = texts.length === 0 ? ['-'] : texts;
  if (!all.includes('-')) return [...all];
  let input: string;
  try {
    input = readFileSync(0).toString('utf8');
  } catch (error) {
    throw new UserError(`standard input can't be read: ${(error as Error).message}`);
  }
  if (input.length > MOST_INPUT) throw new UserError(`standard input has more than ${MOST_INPUT} bytes`);
  if (input.trim() === '') throw new UserError(texts.length === 0 ? none : 'standard input is empty');
  return all.map((text) => (text === '-' ? input : text));
}

function explained(texts: readonly string[], wanted: ExplainOptions): Explanation {
  try {
    return explain(texts, readWanted(wanted));
  } catch (error) {
    const isUsers = [Unreadable, BadWanted, BadPlan, BadSetting].some((kind) => error instanceof kind);
    if (isUsers) throw new UserError((error as Error).message);
    throw error;
  }
}
