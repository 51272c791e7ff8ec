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

/** Why a name could be bound at all, where that needed a rule and no socket stands in the way. */
export function because(found: Prediction, free: RuleId, why: Prediction | undefined): Prediction {
  return why === undefined || found.rule !== free || found.outcomes[0] !== 'ok' ? found : why;
}

/** Whether a prediction is that the call fails, whatever else. */
export function isRefusal(prediction: Prediction | undefined): prediction is Prediction {
  return prediction !== undefined && prediction.outcomes[0] !== 'ok';
}
