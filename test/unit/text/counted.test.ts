import { expect, test } from 'vitest';
import { counted } from '../../../src/text/counted.ts';

test('a number has its noun, and commas as in English', () => {
  for (const number of [0, 1, 12, 999, 1000, 12_345, 999_999, 1_000_000, 1_234_567_890]) {
    expect(counted(number, 'pair')).toBe(`${number.toLocaleString('en-US')} ${number === 1 ? 'pair' : 'pairs'}`);
  }
  expect(counted(2, 'reply', 'replies')).toBe('2 replies');
});
