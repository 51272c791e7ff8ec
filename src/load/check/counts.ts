/**
 * Names a count of a record that is not what was counted in it, in words; null where they are the same.
 * @param told the counts of the record
 * @param found what was counted
 * @param name what the record calls its counts
 */
export function wrongCount<Name extends string>(
  told: Readonly<Record<NoInfer<Name>, number>>,
  found: Readonly<Record<Name, number>>,
  name = 'counts',
): string | null {
  for (const [one, count] of Object.entries(found) as [Name, number][]) {
    if (told[one] !== count) return `${name}.${one} is ${told[one]}, and it has ${count}`;
  }
  return null;
}

/** A record is not complete if some of it was not run. @param unit what is counted */
export function wrongComplete(complete: boolean, notRun: number, unit: 'pairs' | 'triples'): string | null {
  return complete && notRun > 0 ? `it says that it is complete, and ${notRun} ${unit} were not run` : null;
}

/** Reads the parts of a record. Returns why they do not fit together, in words; null where they do. */
export function wrongParts(what: string, read: () => void): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `${what} do not fit together: ${error.message}`;
  }
}
