/** A text that is not a plan. The message says which step is wrong, and what would be right. */
export class BadPlan extends Error {
  override readonly name = 'BadPlan';
}
