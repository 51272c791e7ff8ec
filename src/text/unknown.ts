/** A word is compared with the known ones only up to this length, in characters; no one mistypes a longer one. */
const LONGEST = 100;

/**
 * Says that a word is unknown, and what was probably meant: "unknown lab 'netn'; did you mean 'netns'?". Every message
 * about a word that has no meaning is made here.
 * @param kind what the word should have been, for example `lab` @param otherwise what is said where no known word is
 * near
 */
export function unknown(kind: string, word: string, known: Iterable<string>, otherwise: string): string {
  const { reason, enable } = unknownWord(kind, word, known, otherwise);
  return `${reason}; ${enable}`;
}

/** The same in its two parts: what is wrong, and what to do. */
export function unknownWord(
  kind: string,
  word: string,
  known: Iterable<string>,
  otherwise: string,
): { reason: string; enable: string } {
  const near = nearest(word, known);
  return { reason: `unknown ${kind} '${word}'`, enable: near === null ? otherwise : `did you mean '${near}'?` };
}

/**
 * The known word that is nearest to another: the same in another case, one that is a slip or two of the keyboard apart,
 * one whose last part of a path it is, or one that contains it. Null where none is near; then any guess would mislead.
 */
function nearest(word: string, known: Iterable<string>): string | null {
  const sought = word.toLowerCase();
  if (sought === '' || sought.length > LONGEST) return null;
  // Any two words of two letters are at most two slips apart.
  const most = sought.length < 3 ? 0 : Math.max(1, Math.floor(sought.length / 3));
  let best: { word: string; distance: number } | null = null;
  const candidates = [...known];
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase();
    // Half a step further than a match of the whole word, so that the whole word wins between two equally near ones.
    const last = sought.includes('/') ? undefined : lower.split('/').at(-1);
    const distance = Math.min(
      slips(sought, lower, most),
      last === undefined || last === lower ? Infinity : slips(sought, last, most) + 0.5,
    );
    if (distance < most + 1 && distance < (best?.distance ?? Infinity)) best = { word: candidate, distance };
  }
  if (best !== null) return best.word;
  return candidates.find((candidate) => sought.length > 2 && candidate.toLowerCase().includes(sought)) ?? null;
}

/**
 * How many letters must be left out, put in, changed, or swapped with their neighbour to make one word of another (the
 * optimal string alignment distance); Infinity where the lengths alone tell that it is more than `most`.
 */
function slips(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Infinity;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? Infinity;
}
