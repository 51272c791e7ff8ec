import type { Outcome, Prediction, RuleId } from './types.ts';

/** A prediction of one or several outcomes by a rule, with the socket that the rule looked at. */
export function decide(
  outcome: Outcome | readonly Outcome[],
  rule: RuleId,
  holder?: { readonly id: number },
): Prediction {
  const outcomes = typeof outcome === 'string' ? [outcome] : outcome;
  return holder === undefined ? { outcomes, rule } : { outcomes, rule, holder: holder.id };
}
