/**
 * What an experiment may observe, in the same shape as the observation. It is plain data, so that records and pages can
 * show it. An object names the keys that are judged; an array is judged element by element; a plain value must be equal.
 */
export type Expectation<T> = [T] extends [string | number | boolean | null | undefined]
  ? Scalar<T>
  : T extends readonly (infer Element)[]
    ? readonly Expectation<Element>[]
    : { readonly [Key in keyof T]?: Expectation<T[Key]> };

type Scalar<T> =
  | T
  | Matcher<'oneOf', { readonly oneOf: readonly T[] }>
  | Matcher<'not', { readonly not: T }>
  | (T extends number ? Matcher<'atLeast' | 'atMost', Bounds<T>> : never);

/** The bounds are inclusive, whether one or both are given. */
type Bounds<T> = { readonly atLeast: T; readonly atMost?: T } | { readonly atMost: T; readonly atLeast?: T };

/** A matcher that has the words of one kind has no words of another kind. */
type Matcher<Own extends MatcherWord, Words> = Words & { readonly [Other in Exclude<MatcherWord, Own>]?: never };

type MatcherWord = 'oneOf' | 'not' | 'atLeast' | 'atMost';

/** One place where an observation is not what was expected; `path` is empty for the whole. */
export interface Disagreement {
  path: string;
  expected: unknown;
  observed: unknown;
}

/** Whether a plain value is the one that was expected. */
type Sameness = (expected: unknown, observed: unknown) => boolean;

/**
 * Compares a whole observation with an expectation, and returns every place where they disagree. Plain values must be
 * equal, unless `same` accepts other values too.
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
      compare(value, (observed as Record<string, unknown>)[key], below(path, key), same),
    );
  }
  return same(expected, observed) ? [] : [disagreement(path, expected, observed)];
}

/** A value that was not observed is `null`, because a record can hold `null`. */
function disagreement(path: string, expected: unknown, observed: unknown): Disagreement {
  return { path, expected, observed: observed ?? null };
}

type AnyMatcher = { oneOf: unknown[] } | { not: unknown } | { atLeast?: number; atMost?: number };

/** The words of each kind of matcher. An object is a matcher only if all its words are of one kind. */
const KINDS: readonly (readonly MatcherWord[])[] = [['oneOf'], ['not'], ['atLeast', 'atMost']];

/** Whether a part of an expectation is a matcher, which several values may match; the comparison goes into any other object. */
function isMatcher(value: unknown): value is AnyMatcher {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && KINDS.some((words) => keys.every((key) => (words as readonly string[]).includes(key)));
}

/** Whether a part of an expectation is a range of numbers, with a lower bound, an upper bound, or both. */
export function isRange(value: unknown): value is { atLeast?: number; atMost?: number } {
  return isMatcher(value) && !('oneOf' in value) && !('not' in value);
}

/** Whether a part of an expectation is an object whose keys are judged one by one. */
function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isMatcher(value);
}

function matches(matcher: AnyMatcher, observed: unknown, same: Sameness): boolean {
  if ('oneOf' in matcher) return matcher.oneOf.some((allowed) => same(allowed, observed));
  if ('not' in matcher) return !same(matcher.not, observed);
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = matcher;
  return typeof observed === 'number' && observed >= atLeast && observed <= atMost;
}

/** A leaf of an expectation or an observation, in words for people. */
export function inWords(expected: unknown): string {
  if (expected === undefined || expected === null) return 'nothing';
  if (Array.isArray(expected)) return expected.length === 0 ? 'none' : expected.map(inWords).join(', ');
  if (!isMatcher(expected)) return typeof expected === 'string' ? expected : JSON.stringify(expected);
  if ('oneOf' in expected) return expected.oneOf.map(inWords).join(' or ');
  if ('not' in expected) return `anything but ${inWords(expected.not)}`;
  const { atLeast, atMost } = expected;
  if (atLeast !== undefined && atMost !== undefined) return `from ${atLeast} to ${atMost}`;
  return atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
}

/**
 * The parts of an expectation whose places are wanted; undefined where no place is wanted. A place is the path to a leaf,
 * or to an object whose keys are all wanted. A list is one leaf.
 */
export function partOf(expected: unknown, wanted: (place: string) => boolean, place = ''): unknown {
  if (wanted(place)) return expected;
  if (!isBranch(expected)) return undefined;
  const parts = Object.entries(expected)
    .map(([key, inner]) => [key, partOf(inner, wanted, below(place, key))] as const)
    .filter(([, part]) => part !== undefined);
  return parts.length === 0 ? undefined : Object.fromEntries(parts);
}

/** The places of an expectation's leaves, in order. A list is one leaf, and so is an object without keys. */
export function placesIn(expected: unknown, place = ''): string[] {
  if (!isBranch(expected) || Object.keys(expected).length === 0) return [place];
  return Object.entries(expected).flatMap(([key, inner]) => placesIn(inner, below(place, key)));
}

/** Lays a partial expectation over another, key by key. A value that is not a branch replaces the value that was there. */
export function laidOver(base: unknown, over: unknown): unknown {
  if (!isBranch(base) || !isBranch(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    merged[key] = Object.hasOwn(base, key) ? laidOver(base[key], value) : value;
  }
  return merged;
}

function below(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`;
}

/** Every leaf of an expectation or observation with its path, in order. */
export function leaves(value: unknown, path = ''): [path: string, leaf: unknown][] {
  if (typeof value !== 'object' || value === null || isMatcher(value)) return [[path, value]];
  if (Array.isArray(value) && value.every((element) => typeof element !== 'object')) return [[path, value]];
  const entries = Object.entries(value).flatMap(([key, inner]) => leaves(inner, below(path, key)));
  return entries.length === 0 ? [[path, value]] : entries;
}
