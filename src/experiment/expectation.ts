/**
 * What may be observed, in the shape of what is observed: plain data, so that records and pages can show it. An
 * object names the keys that are judged; an array is judged element by element; a plain value must be equal.
 */
export type Expectation<T> = [T] extends [string | number | boolean | null | undefined]
  ? Scalar<T>
  : T extends readonly (infer Element)[]
    ? readonly Expectation<Element>[]
    : { readonly [Key in keyof T]?: Expectation<T[Key]> };

type Scalar<T> =
  | T
  | { readonly oneOf: readonly T[] }
  | { readonly not: T }
  | (T extends number ? { readonly atLeast: T } | { readonly atMost: T } : never);

/** One place where an observation is not what was expected; `path` is empty for the whole. */
export interface Disagreement {
  path: string;
  expected: unknown;
  observed: unknown;
}

/** Whether a plain value is the one that was expected. */
type Sameness = (expected: unknown, observed: unknown) => boolean;

/**
 * Compares all of an observation with an expectation, and returns every place where they disagree. Plain values must be
 * equal, unless `same` says what else will do.
 */
export function disagreements(expected: unknown, observed: unknown, same: Sameness = Object.is): Disagreement[] {
  return compare(expected, observed, '', same);
}

function compare(expected: unknown, observed: unknown, path: string, same: Sameness): Disagreement[] {
  if (isMatcher(expected)) return matches(expected, observed, same) ? [] : [disagreement(path, expected, observed)];
  if (Array.isArray(expected)) {
    if (!Array.isArray(observed) || observed.length !== expected.length)
      return [disagreement(path, expected, observed)];
    return expected.flatMap((element, index) => compare(element, observed[index], `${path}[${index}]`, same));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof observed !== 'object' || observed === null) return [disagreement(path, expected, observed)];
    return Object.entries(expected).flatMap(([key, value]) =>
      compare(value, (observed as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`, same),
    );
  }
  return same(expected, observed) ? [] : [disagreement(path, expected, observed)];
}

/** What was not observed at all is `null`, which is what a record can hold. */
function disagreement(path: string, expected: unknown, observed: unknown): Disagreement {
  return { path, expected, observed: observed ?? null };
}

type Matcher = { oneOf: unknown[] } | { not: unknown } | { atLeast: number } | { atMost: number };

function isMatcher(value: unknown): value is Matcher {
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && ['oneOf', 'not', 'atLeast', 'atMost'].includes(keys[0] ?? '');
}

function matches(matcher: Matcher, observed: unknown, same: Sameness): boolean {
  if ('oneOf' in matcher) return matcher.oneOf.some((allowed) => same(allowed, observed));
  if ('not' in matcher) return !same(matcher.not, observed);
  if (typeof observed !== 'number') return false;
  return 'atLeast' in matcher ? observed >= matcher.atLeast : observed <= matcher.atMost;
}

/** An expectation's or observation's leaf in words, as people read it. */
export function inWords(expected: unknown): string {
  if (expected === undefined || expected === null) return 'nothing';
  if (Array.isArray(expected)) return expected.length === 0 ? 'none' : expected.map(inWords).join(', ');
  if (!isMatcher(expected)) return typeof expected === 'string' ? expected : JSON.stringify(expected);
  if ('oneOf' in expected) return expected.oneOf.map(inWords).join(' or ');
  if ('not' in expected) return `anything but ${inWords(expected.not)}`;
  return 'atLeast' in expected ? `at least ${expected.atLeast}` : `at most ${expected.atMost}`;
}

/** Every leaf of an expectation or observation with its path, in order. */
export function leaves(value: unknown, path = ''): [path: string, leaf: unknown][] {
  if (typeof value !== 'object' || value === null || isMatcher(value)) return [[path, value]];
  if (Array.isArray(value) && value.every((element) => typeof element !== 'object')) return [[path, value]];
  const entries = Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
  return entries.length === 0 ? [[path, value]] : entries;
}
