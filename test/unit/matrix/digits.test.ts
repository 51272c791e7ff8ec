import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePlaces, encodePlaces, widthFor } from '../../../src/matrix/digits.ts';

describe('places as digits', () => {
  it('are read back as they were written, of any list', () => {
    const lists = fc
      .integer({ min: 1, max: 4096 })
      .chain((length) => fc.tuple(fc.constant(length), fc.array(fc.nat(length - 1))));
    fc.assert(
      fc.property(lists, ([length, places]) => {
        const width = widthFor(length);
        const text = encodePlaces(places, width);
        expect(text).toHaveLength(places.length * width);
        expect(decodePlaces(text, width)).toEqual(places);
      }),
    );
  });

  it('take one digit for a list of 64, and two for one more', () => {
    expect([widthFor(1), widthFor(64), widthFor(65)]).toEqual([1, 1, 2]);
    expect(encodePlaces([0, 25, 26, 52, 62, 63], 1)).toBe('AZa0+/');
    expect(encodePlaces([64, 4095], 2)).toBe('BA//');
  });

  it('refuse what does not fit', () => {
    for (const place of [-1, 64, 1.5, Number.NaN]) expect(() => encodePlaces([place], 1)).toThrow('does not fit');
    expect(() => decodePlaces('A', 2)).toThrow('do not make a whole number');
    expect(() => decodePlaces('A-', 1)).toThrow("'-' is not a digit");
  });
});
