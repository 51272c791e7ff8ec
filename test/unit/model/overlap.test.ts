import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMapped, isMulticast } from '../../../src/model/address.ts';
import { claimsOf, overlap } from '../../../src/model/overlap.ts';
import { socket } from './table.ts';

const NAMES = [
  '0.0.0.0',
  '127.0.0.1',
  '127.0.0.2',
  ':: v6only',
  ':: dual',
  '::1',
  '::ffff:0.0.0.0',
  '::ffff:127.0.0.1',
];

function claims(name: string) {
  const { family, address, v6only = false } = socket(name);
  return claimsOf(family, address, v6only);
}

test('overlap is symmetric, and every name overlaps itself', () => {
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES), (one, other) => {
      expect(overlap(claims(one), claims(other))).toBe(overlap(claims(other), claims(one)));
      expect(overlap(claims(one), claims(one))).toBe(true);
    }),
  );
});

test('a wildcard overlaps whatever a specific address of its stacks overlaps', () => {
  for (const other of NAMES) {
    if (overlap(claims('127.0.0.1'), claims(other)))
      expect(overlap(claims('0.0.0.0'), claims(other)), other).toBe(true);
    if (overlap(claims('::1'), claims(other))) expect(overlap(claims(':: v6only'), claims(other)), other).toBe(true);
  }
});

test('claims of the two stacks', () => {
  expect(NAMES.map((name) => [name, claims(name)])).toEqual([
    ['0.0.0.0', { v4: '*', v6: undefined }],
    ['127.0.0.1', { v4: '127.0.0.1', v6: undefined }],
    ['127.0.0.2', { v4: '127.0.0.2', v6: undefined }],
    [':: v6only', { v4: undefined, v6: '*' }],
    [':: dual', { v4: '*', v6: '*' }],
    ['::1', { v4: undefined, v6: '::1' }],
    ['::ffff:0.0.0.0', { v4: '*', v6: undefined }],
    ['::ffff:127.0.0.1', { v4: '127.0.0.1', v6: undefined }],
  ]);
});

test('kinds of addresses', () => {
  expect(['::ffff:10.0.0.1', '::ffff:1', '::1', '10.0.0.1'].map(isMapped)).toEqual([true, false, false, false]);
  expect(['224.0.0.1', '239.9.9.9', '240.0.0.1', 'ff02::1', '::ffff:224.0.0.1', '::1'].map(isMulticast)).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
  ]);
});
