import type { MatrixRecord } from '../../record/matrix.ts';
import { visible } from '../../text/visible.ts';

/** What the mismatches of pairs, triples and receivers all have. */
type Told = Pick<MatrixRecord['mismatches'][number], 'kernel' | 'model' | 'rule' | 'command'>;

/**
 * A mismatch as lines: what it is about, both answers, the rule that decided and what it says, what runs it again, and its
 * plan.
 * @param corner the corner in words
 * @param about the sockets, and the probe if there is one, each with the word for it
 * @param plan undefined where plans can't say it
 */
export function toldMismatch(
  { rules }: Pick<MatrixRecord, 'rules'>,
  corner: string,
  about: Readonly<Record<string, string>>,
  { kernel, model, rule, command }: Told,
  plan: string | undefined,
): string[] {
  const { prose = '', source = '' } = rules.find(({ id }) => id === rule) ?? {};
  const told = {
    ...about,
    kernel,
    model,
    // The model names no rule where two sockets are not there together.
    ...(rule === '' ? {} : { rule: `${rule}: ${prose}`, '': source }),
    again: command,
    ...(plan === undefined ? {} : { plan }),
  };
  return [corner, ...Object.entries(told).map(([word, text]) => `  ${word.padEnd(7)} ${text}`)].map(visible);
}
