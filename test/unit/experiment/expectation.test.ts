import { describe, expect, it } from 'vitest';
import { disagreements, inWords, leaves } from '../../../src/experiment/expectation.ts';

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
    [['a', 'b'], 'a, b'],
    [[], 'none'],
  ])('%j reads: %s', (expected, words) => expect(inWords(expected)).toBe(words));

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
