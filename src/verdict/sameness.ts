import { classOf, sameOutcome } from '../protocol/outcome-class.ts';

/** Whether a value is exactly the expected one. */
export const sameName = Object.is;

/** Whether a value is the expected one, or another system's name for the same error. */
export function sameByClass(expected: unknown, observed: unknown): boolean {
  return typeof expected === 'string' && typeof observed === 'string'
    ? sameOutcome(expected, observed)
    : Object.is(expected, observed);
}

/**
 * An expectation with the class of each error in place of its name, so that two expectations with the same meaning are
 * equal.
 */
export function withoutNames(expected: unknown): unknown {
  if (typeof expected === 'string') return classOf(expected) ?? expected;
  if (Array.isArray(expected)) return expected.map(withoutNames);
  if (typeof expected !== 'object' || expected === null) return expected;
  return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, withoutNames(value)]));
}
