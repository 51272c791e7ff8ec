import { expect, test } from 'vitest';
import { unknown } from '../../../src/text/unknown.ts';

const KNOWN = ['conflict/reuse', 'reach', 'reach/bound-to', 'udp', 'listening', 'http-server-default', 'id'];

test.each([
  ['REACH', 'reach'],
  ['raech', 'reach'],
  ['reech', 'reach'],
  ['rech', 'reach'],
  ['reachh', 'reach'],
  ['upd', 'udp'],
  ['reuse', 'conflict/reuse'],
  ['resue', 'conflict/reuse'],
  ['conflict/reause', 'conflict/reuse'],
  ['http-server', 'http-server-default'],
  ['ID', 'id'],
])('%s is near to %s', (word, near) => {
  expect(unknown('word', word, KNOWN, 'there are some')).toBe(`unknown word '${word}'; did you mean '${near}'?`);
});

test.each(['', 'x', 'ux', 'ie', 'moon', 'conflict/nothing-of-the-kind', 'toString', 'x'.repeat(100_000)])(
  '%.20s is near to nothing, so that what there is is said instead',
  (word) => {
    expect(unknown('word', word, KNOWN, 'there are some')).toBe(`unknown word '${word}'; there are some`);
  },
);
