import { expect, it } from 'vitest';
import { excessOfPairs } from '../../../src/load/limits.ts';

/** A block with the given numbers of first sockets and of second sockets. */
const block = (first: number, second: number) => ({
  ...({} as Parameters<typeof excessOfPairs>[0]['blocks'][number]),
  first: Array.from({ length: first }, () => 0),
  second: Array.from({ length: second }, () => 0),
});

it('the pairs of a matrix are counted as each first socket with each second one', () => {
  expect(excessOfPairs({ blocks: [block(100, 100)] })).toBeNull();
  expect(excessOfPairs({ blocks: [block(5000, 5000)] })).toMatch(/^it has more than [\d,]+ pairs$/);
  expect(excessOfPairs({ blocks: Array.from({ length: 30 }, () => block(1000, 1000)) })).not.toBeNull();
});
