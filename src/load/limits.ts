import type { MatrixRecord } from '../record/matrix.ts';
import type { TriplesRecord } from '../record/triples.ts';

/**
 * How deeply values may be nested. What an experiment observes is only a few levels deep. The code that reads it calls
 * itself for each level, so that a much deeper value would overflow the stack.
 */
const MOST_DEPTH = 50;
/**
 * How many values a record may have in all (ten times as many as the largest record so far), and how many values one list
 * or object in it may have. The schema reports each value that is wrong, and such a report takes a thousand times as much
 * memory as the digit and the comma that caused it.
 */
const MOST_VALUES = 1_000_000;
const MOST_ITEMS = 10_000;
/** The most pairs that a matrix may have: twenty times as many as there are. Each is one digit, so size tells little. */
const MOST_PAIRS = 1_000_000;

/** The most triples, likewise: some four times as many as there are. */
const MOST_TRIPLES = 12_000_000;

/** Why a value that was read as JSON is too large to be a record, in words; null where it is not too large. */
export function excess(value: unknown): string | null {
  // This keeps its own stack, because the value may be too deep for the stack of the language.
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

/** Why a matrix has too many pairs to be a record, in words; null where it does not have too many. */
export function excessOfPairs({ blocks }: Pick<MatrixRecord, 'blocks'>): string | null {
  const pairs = blocks.reduce((sum, { first, second }) => sum + first.length * second.length, 0);
  return pairs > MOST_PAIRS ? `it has more than ${MOST_PAIRS.toLocaleString('en-US')} pairs` : null;
}

/** Why there are too many triples for a record, in words; null where there are not too many. */
export function excessOfTriples({ blocks }: Pick<TriplesRecord, 'blocks'>): string | null {
  const triples = blocks.reduce(
    (sum, { first, second, third }) => sum + first.length * second.length * third.length,
    0,
  );
  return triples > MOST_TRIPLES ? `it has more than ${MOST_TRIPLES.toLocaleString('en-US')} triples` : null;
}
