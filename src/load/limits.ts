import type { MatrixRecord } from '../record/matrix.ts';

/**
 * How deep values may lie in one another. What an experiment observes is a few deep, and what reads it goes down level by
 * level, so that a deeper one would end in an overflow of the stack.
 */
const MOST_DEPTH = 50;
/**
 * How many values a record may have in all, ten times as many as the largest so far, and how many a list or an object of
 * it. The schema tells of each that is wrong, which takes a thousand times the room of a digit and a comma.
 */
const MOST_VALUES = 1_000_000;
const MOST_ITEMS = 10_000;
/** The most pairs of a matrix: twenty times as many as there are. A digit stands for each, so the size tells little. */
const MOST_PAIRS = 1_000_000;

/** Why a value that was read as JSON is too much to be a record, in words; null where it is not. */
export function excess(value: unknown): string | null {
  // A stack of its own, because the value may be deeper than that of the language.
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  let values = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > MOST_DEPTH) return `its values lie more than ${MOST_DEPTH} deep in one another`;
    if (typeof next.value !== 'object' || next.value === null) continue;
    const inner = Object.values(next.value);
    if (inner.length > MOST_ITEMS) return `a list in it has more than ${MOST_ITEMS.toLocaleString('en-US')} entries`;
    values += inner.length;
    if (values > MOST_VALUES) return `it has more than ${MOST_VALUES.toLocaleString('en-US')} values`;
    for (const one of inner) {
      if (typeof one === 'object' && one !== null) open.push({ value: one, depth: next.depth + 1 });
    }
  }
  return null;
}

/** Why a matrix has too many pairs to be a record, in words; null where it has not. */
export function excessOfPairs({ blocks }: Pick<MatrixRecord, 'blocks'>): string | null {
  const pairs = blocks.reduce((sum, { first, second }) => sum + first.length * second.length, 0);
  return pairs > MOST_PAIRS ? `it has more than ${MOST_PAIRS.toLocaleString('en-US')} pairs` : null;
}
