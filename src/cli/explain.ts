import { explain, type Explanation } from '../explain/explain.ts';
import { Unreadable } from '../explain/unreadable.ts';
import { models } from '../model/index.ts';
import type { SystemName } from '../model/types.ts';
import { EXIT, UserError } from './exit.ts';
import { tellExplanation } from './explain-text.ts';
import type { LabChoice } from './lab-option.ts';
import { sayJson } from './terminal.ts';

export interface ExplainOptions {
  system?: string;
  kernel?: string;
  here: boolean;
  lab: LabChoice;
  format: 'pretty' | 'json';
}

/** `bindspec explain`. Returns the exit code. @throws UserError for what can't be read or done. */
export async function explainCommand(texts: string[], options: ExplainOptions): Promise<number> {
  const explanation = explained(texts, options);
  const here = options.here
    ? await (await import('./explain-here.ts')).explainHere(explanation, options.lab)
    : undefined;
  if (options.format === 'json') sayJson({ ...explanation, ...(here === undefined ? {} : { here }) }, 1);
  else tellExplanation(explanation, here);
  return here === undefined || here.agrees ? EXIT.expected : EXIT.failed;
}

function explained(texts: readonly string[], { system, kernel }: ExplainOptions): Explanation {
  if (kernel !== undefined && !/^\d{1,4}\.\d{1,4}([.-]|$)/.test(kernel)) {
    throw new UserError(`'${kernel}' is no version of a Linux kernel; it is written as in --kernel 6.1.0`);
  }
  try {
    return explain(texts, {
      ...(system === undefined ? {} : { systems: systemsOf(system) }),
      ...(kernel === undefined ? {} : { kernel }),
    });
  } catch (error) {
    if (error instanceof Unreadable) throw new UserError(error.message);
    throw error;
  }
}

function systemsOf(text: string): SystemName[] {
  const known = Object.keys(models) as SystemName[];
  return text.split(',').map((word) => {
    const name = word.trim().toLowerCase();
    const system = known.find((one) => one === (name === 'macos' ? 'darwin' : name));
    if (system === undefined) {
      throw new UserError(`there is no model of the system '${word}'; there are ${known.join(', ')}`);
    }
    return system;
  });
}
