const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map(DIGITS.split('').map((digit, value) => [digit, value]));

/** How many digits are needed for a place in a list of this length. */
export function widthFor(length: number): number {
  let width = 1;
  while (length > DIGITS.length ** width) width += 1;
  return width;
}

/**
 * Writes places in a list as digits of base 64, the highest first, all of one width.
 * @throws RangeError for one too large.
 */
export function encodePlaces(places: readonly number[], width: number): string {
  return places.map((place) => digits(place, width)).join('');
}

function digits(place: number, width: number): string {
  if (!Number.isInteger(place) || place < 0 || place >= DIGITS.length ** width) {
    throw new RangeError(`${place} does not fit into ${width} digits`);
  }
  const last = DIGITS[place % DIGITS.length] ?? '';
  return width === 1 ? last : digits(Math.floor(place / DIGITS.length), width - 1) + last;
}

/** The places that `encodePlaces` wrote. @throws RangeError for anything else. */
export function decodePlaces(text: string, width: number): number[] {
  if (text.length % width !== 0) throw new RangeError(`${text.length} digits do not make a whole number of places`);
  const places: number[] = [];
  for (let at = 0; at < text.length; at += width) {
    let place = 0;
    for (const digit of text.slice(at, at + width)) {
      const value = VALUES.get(digit);
      if (value === undefined) throw new RangeError(`'${digit}' is not a digit of base 64`);
      place = place * DIGITS.length + value;
    }
    places.push(place);
  }
  return places;
}
