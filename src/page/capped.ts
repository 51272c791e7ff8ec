/** More of a list than this is not shown: no one reads it, and a browser would be busy with it for long. */
const MOST = 1000;

/** As much of a list as is shown, and what is said of the rest; null where there is none. */
export function capped<T>(list: readonly T[], what: string): { shown: readonly T[]; rest: string | null } {
  const more = list.length - MOST;
  return { shown: list.slice(0, MOST), rest: more > 0 ? `and ${more} more ${what}` : null };
}
