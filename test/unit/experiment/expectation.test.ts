import { describe, expect, it } from 'vitest';
import { disagreements, inWords, laidOver, leaves, partOf, placesIn } from '../../../src/experiment/expectation.ts';

const agrees = (expected: unknown, observed: unknown) => disagreements(expected, observed).length === 0;

describe('an expectation', () => {
  it.each<[unknown, unknown, boolean]>([
    ['ok', 'ok', true],
    ['ok', 'EINVAL', false],
    [1, '1', false],
    [null, null, true],
    [null, undefined, false],
    [undefined, undefined, true],
    [Number.NaN, Number.NaN, true],
    [{ oneOf: ['ok', 'EINVAL'] }, 'EINVAL', true],
    [{ oneOf: ['ok', 'EINVAL'] }, 'EACCES', false],
    [{ oneOf: [] }, 'ok', false],
    [{ oneOf: ['ok', null] }, null, true],
    [{ oneOf: ['ok', null] }, undefined, false],
    [{ not: 'ok' }, 'EINVAL', true],
    [{ not: 'ok' }, 'ok', false],
    [{ atLeast: 2 }, 2, true],
    [{ atLeast: 2 }, 1.9, false],
    [{ atMost: 2 }, 2, true],
    [{ atMost: 2 }, 2.1, false],
    [{ atLeast: 2 }, '3', false],
    [{ atLeast: 2 }, null, false],
    [{ atMost: 2 }, Number.NaN, false],
    [{ atLeast: 10, atMost: 30 }, 10, true],
    [{ atLeast: 10, atMost: 30 }, 30, true],
    [{ atLeast: 10, atMost: 30 }, 9, false],
    [{ atLeast: 10, atMost: 30 }, 31, false],
    [{ atLeast: 10, atMost: 30 }, '20', false],
    [{ atMost: 30, atLeast: 10 }, { atLeast: 10, atMost: 30 }, false],
    // An object that has more keys than those of one matcher is compared key by key.
    [{ not: 'ok', other: 1 }, { not: 'ok', other: 1 }, true],
    [{ not: 'ok', other: 1 }, 'EINVAL', false],
    [{ not: 'ok', oneOf: ['ok'] }, 'ok', false],
    [{ oneOf: ['ok'], other: 1 }, { oneOf: ['ok'], other: 1 }, true],
    [{ atLeast: 1, not: 2 }, 3, false],
    [{}, { anything: 1 }, true],
    [{}, 'text', false],
    [{}, null, false],
    [[], [], true],
    [[], [1], false],
    [['a', { oneOf: ['b', 'c'] }], ['a', 'c'], true],
    [['a', 'b'], ['b', 'a'], false],
    [['a'], 'a', false],
    [{ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }, true],
    [{ a: { b: 1 } }, { a: null }, false],
    [{ a: 1 }, {}, false],
  ])('%j of %j: %j', (expected, observed, result) => {
    expect(agrees(expected, observed)).toBe(result);
  });

  it('is contradicted at every place where it is', () => {
    const expected = { a: 'ok', b: { c: [1, { d: { atLeast: 5 } }], e: 'x' }, f: { g: 1 }, h: { oneOf: [1] } };
    const observed = { a: 'EINVAL', b: { c: [1, { d: 4 }], e: 'x' } };
    expect(disagreements(expected, observed)).toEqual([
      { path: 'a', expected: 'ok', observed: 'EINVAL' },
      { path: 'b.c[1].d', expected: { atLeast: 5 }, observed: 4 },
      { path: 'f', expected: { g: 1 }, observed: null },
      { path: 'h', expected: { oneOf: [1] }, observed: null },
    ]);
    expect(disagreements('ok', 'EINVAL')).toEqual([{ path: '', expected: 'ok', observed: 'EINVAL' }]);
    expect(disagreements({ list: [1, 2] }, { list: [1] })).toEqual([{ path: 'list', expected: [1, 2], observed: [1] }]);
  });

  it.each<[unknown, string]>([
    ['EADDRINUSE', 'EADDRINUSE'],
    [null, 'nothing'],
    [3, '3'],
    [{ oneOf: ['ok', 'EINVAL', null] }, 'ok or EINVAL or nothing'],
    [{ not: 'ok' }, 'anything but ok'],
    [{ atLeast: 2 }, 'at least 2'],
    [{ atMost: 2 }, 'at most 2'],
    [{ atMost: 30, atLeast: 10 }, 'from 10 to 30'],
    [{ not: 'ok', other: 1 }, '{"not":"ok","other":1}'],
    [['a', 'b'], 'a, b'],
    [[], 'none'],
  ])('%j reads: %s', (expected, words) => expect(inWords(expected)).toBe(words));

  it('is laid over another, key by key, where neither is a matcher or a list', () => {
    const base = { a: { b: 1, c: [1, 2] }, d: { oneOf: [1, 2] }, e: { not: 'x', f: 1 } };
    expect(laidOver(base, { a: { c: [3] }, d: { atLeast: 1 }, e: { not: 'y' }, g: 1 })).toEqual({
      a: { b: 1, c: [3] },
      d: { atLeast: 1 },
      // Only the second of these is a matcher, and a matcher replaces.
      e: { not: 'y' },
      g: 1,
    });
    expect(laidOver({ a: { not: 'x', f: 1 } }, { a: { f: 2 } })).toEqual({ a: { not: 'x', f: 2 } });
  });

  it('has places, and parts at them', () => {
    const whole = { a: 1, b: { c: { oneOf: ['x'] }, d: ['y'], e: { f: 2 } }, g: { atLeast: 1, atMost: 2 } };
    expect(placesIn(whole)).toEqual(['a', 'b.c', 'b.d', 'b.e.f', 'g']);
    expect(placesIn('ok')).toEqual(['']);
    const part = (...places: string[]) => partOf(whole, (place) => places.includes(place));
    expect(part('b.c', 'g')).toEqual({ b: { c: { oneOf: ['x'] } }, g: { atLeast: 1, atMost: 2 } });
    expect(part('b.e')).toEqual({ b: { e: { f: 2 } } });
    expect(part('g.atLeast', 'h')).toBeUndefined();
    expect(part('')).toBe(whole);
  });

  it('has leaves with their paths', () => {
    expect(leaves({ a: 1, b: { c: { oneOf: ['x'] }, d: ['y'], e: [{ f: 2 }], g: {} } })).toEqual([
      ['a', 1],
      ['b.c', { oneOf: ['x'] }],
      ['b.d', ['y']],
      ['b.e.0.f', 2],
      ['b.g', {}],
    ]);
    expect(leaves('ok')).toEqual([['', 'ok']]);
  });
});
