import type { Verdict } from '../../record/record.ts';

/** How what a platform did in a cell stands to what the others did; the most telling first. */
const STANDINGS = ['error', 'deviates', 'unjudged', 'differs', 'same', 'unobserved'] as const;
export type Standing = (typeof STANDINGS)[number];

/** A cell on one platform: its verdict, and the number of the group of platforms that did the same; null where nothing was observed. */
export interface Stand {
  verdict: Verdict;
  group: number | null;
}

/**
 * How the observations of one cell stand to each other, on the platforms that are compared, in their order; null where it
 * was not chosen.
 *
 * - `error`: the harness went wrong, so nothing is known;
 * - `deviates`: it did not do what is expected of it, whether that is on a list of known deviations or not;
 * - `unjudged`: it did something else than most, and no one has said what to expect of it;
 * - `differs`: it did something else than most, which is documented or allowed;
 * - `same`: what most did;
 * - `unobserved`: it was skipped, or nothing was observed.
 *
 * Where as many did one thing as another, neither is what most did: who was judged to pass is not called different, unless
 * others pass with another outcome. Then the first group of these is the one that the rest differs from.
 */
export function standingsOf(stands: readonly (Stand | null)[]): (Standing | null)[] {
  const sizes = new Map<number, number>();
  for (const stand of stands) {
    if (stand !== null && stand.group !== null) sizes.set(stand.group, (sizes.get(stand.group) ?? 0) + 1);
  }
  const largest = Math.max(0, ...sizes.values());
  const tied = [...sizes].filter(([, size]) => size === largest).map(([group]) => group);
  const isTied = tied.length > 1;
  const passes = (group: number) => stands.some((stand) => stand?.group === group && stand.verdict === 'pass');
  const usual = isTied ? tied.toSorted((one, other) => one - other).find(passes) : tied[0];
  return stands.map((stand) => {
    if (stand === null) return null;
    const { verdict, group } = stand;
    if (verdict === 'error') return 'error';
    if (verdict === 'fail' || verdict === 'known' || verdict === 'stale') return 'deviates';
    if (verdict === 'skipped' || group === null) return 'unobserved';
    if (group === usual && (!isTied || verdict === 'pass')) return 'same';
    return verdict === 'unjudged' ? 'unjudged' : 'differs';
  });
}

/** The most telling of some standings; null of none. */
export function mostTelling(standings: readonly (Standing | null)[]): Standing | null {
  return STANDINGS.find((one) => standings.includes(one)) ?? null;
}
