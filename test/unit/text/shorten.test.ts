import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortMessage } from '../../../src/text/shorten.ts';

const LONG = 'y'.repeat(3_000_000);

test.each([
  ['a short one', "unknown lab 'netn'; did you mean 'netns'?"],
  [
    'a long one whose words are short',
    `there are ${Array.from({ length: 50 }, (_, index) => `number${index}`).join(', ')}; isn't that enough, for all who can't?`,
  ],
])('%s is left as it is', (_, message) => {
  expect(shortMessage(message)).toBe(message);
});

test.each([
  ['quoted', `unknown lab '${LONG}'; there are more`],
  ['quoted, with spaces and line ends', `in '${`${LONG} \n`.repeat(2)}': it can't be read; there are more`],
  ['quoted, with quotes', `in '${"it's 'so' ".repeat(100_000)}': it can't be read; there are more`],
  ['at the beginning', `${LONG}: it is a FIFO; there are more`],
  ['full of quotes that are not closed', `it was ${"('x".repeat(1_000_000)}; there are more`],
  ['as many words', `${'word '.repeat(100_000)}; there are more`],
])('input that is %s is cut, and what to do is still said', (_, message) => {
  const short = shortMessage(message);
  expect(short.length).toBeLessThan(1600);
  expect(short).toContain('…');
  expect(short.slice(0, 10)).toBe(message.slice(0, 10));
  expect(short).toMatch(/there are more$/);
});

test('no message is too long, whatever it is made of', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constant("'"), fc.constant('z'.repeat(500)))), (parts) => {
      expect(shortMessage(parts.join(' ')).length).toBeLessThanOrEqual(1500);
    }),
  );
});
