import type { Outcome, Prediction, RuleId } from './types.ts';

/** A prediction: one or several outcomes, the rule that decided, and the socket that the rule looked at. */
export function decide(
  outcome: Outcome | readonly Outcome[],
  rule: RuleId,
  holder?: { readonly id: number },
): Prediction {
  const outcomes = typeof outcome === 'string' ? [outcome] : outcome;
  return holder === undefined ? { outcomes, rule } : { outcomes, rule, holder: holder.id };
}

/** Why the name could be bound, if no socket is in the way and a rule was needed to allow it. */
export function because(found: Prediction, free: RuleId, why: Prediction | undefined): Prediction {
  return why === undefined || found.rule !== free || found.outcomes[0] !== 'ok' ? found : why;
}

/** Whether the likeliest outcome of the prediction is that the call fails. */
export function isRefusal(prediction: Prediction | undefined): prediction is Prediction {
  return prediction !== undefined && prediction.outcomes[0] !== 'ok';
}
