import { decodePlaces } from './digits.ts';

// Records write answers in rows, as places in lists. Where a row or a place does not fit, the record is wrong.

/** What a list has at a place. @throws RangeError where it has no such place. */
export function entryAt<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new RangeError(`a list of ${list.length} has no place ${place}`);
  return found;
}

/**
 * The places of a row, which must have one for each column.
 * @param width how many digits a place has
 * @param what the columns are, for the message
 * @throws RangeError for another number of places, and for characters that are not digits
 */
export function rowPlaces(text: string, columns: number, width: number, what: 'pairs' | 'binds'): number[] {
  if (text.length !== columns * width) throw new RangeError(`a row of ${columns} ${what} has ${text.length} digits`);
  return decodePlaces(text, width);
}
