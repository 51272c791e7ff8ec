import { explain, type Explanation } from '../explain/explain.ts';
import { BadPlan } from '../plan/bad-plan.ts';
import { isPlan } from '../plan/parse.ts';
import { shellWord } from '../report/words.ts';
import { Unreadable } from '../explain/unreadable.ts';
import { BadWanted, readWanted } from '../explain/wanted.ts';
import { EXIT, UserError } from './exit.ts';
import { tellExplanation } from './explain-text.ts';
import type { RunPlace } from './in-lab.ts';
import { sayJson } from './terminal.ts';

export interface ExplainOptions extends RunPlace {
  system?: string;
  kernel?: string;
  here: boolean;
  format: 'pretty' | 'json';
}

/** `bindspec explain`. Returns the exit code. @throws UserError for what can't be read or done. */
export async function explainCommand(texts: string[], options: ExplainOptions): Promise<number> {
  const explanation = explained(texts, options);
  if (options.here && texts.some(isPlan)) {
    throw new UserError(
      `--here puts sockets into their states; a plan is played by: bindspec explore --replay ${shellWord(explanation.plan)}`,
    );
  }
  const here = options.here ? await (await import('./explain-here.ts')).explainHere(explanation, options) : undefined;
  if (options.format === 'json') sayJson({ ...explanation, ...(here === undefined ? {} : { here }) }, 1);
  else tellExplanation(explanation, here);
  return here === undefined || here.agrees ? EXIT.expected : EXIT.failed;
}

function explained(texts: readonly string[], wanted: ExplainOptions): Explanation {
  try {
    return explain(texts, readWanted(wanted));
  } catch (error) {
    if (error instanceof Unreadable || error instanceof BadWanted || error instanceof BadPlan)
      throw new UserError(error.message);
    throw error;
  }
}
