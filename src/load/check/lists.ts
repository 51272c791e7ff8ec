/** Names an entry that a list has twice, in words; null where there is none. `name` is the list's key. */
export function twice<T>(list: readonly T[], name: string, keyOf: (one: T) => string): string | null {
  const places = new Map<string, number>();
  for (const [place, one] of list.entries()) {
    const key = keyOf(one);
    const before = places.get(key);
    if (before !== undefined) return `${name}[${place}] is '${key}', as is ${name}[${before}]`;
    places.set(key, place);
  }
  return null;
}

/** The first thing that is wrong with any item of a list, with its place; null where nothing is wrong. */
export function firstWrong<T>(list: readonly T[], name: string, wrong: (one: T) => string | null): string | null {
  for (const [place, one] of list.entries()) {
    const found = wrong(one);
    if (found !== null) return `${name}[${place}]: ${found}`;
  }
  return null;
}
