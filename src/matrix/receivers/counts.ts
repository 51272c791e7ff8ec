import type { ReceiversRecord } from '../../record/receivers.ts';
import type { ReceiverAnswer } from './answer.ts';
import type { PairReceivers } from './prediction.ts';

/** The counts of a record, before its first pair. */
export function noCounts(): ReceiversRecord['counts'] {
  return {
    pairs: 0,
    together: 0,
    cells: 0,
    unknown: 0,
    agree: 0,
    mismatches: 0,
    alone: 0,
    notRun: 0,
    skipped: 0,
  };
}

/**
 * Counts a pair.
 * @param answer null where it was not run
 * @param wrong what the model does not allow of the answer, see `wrongIn`; null where it allows all
 */
export function countPair(
  counts: Omit<ReceiversRecord['counts'], 'alone' | 'skipped'>,
  answer: ReceiverAnswer | null,
  { cells }: PairReceivers,
  wrong: readonly number[] | 'together' | null,
): void {
  counts.pairs += 1;
  if (answer === null) {
    counts.notRun += 1;
    return;
  }
  if ('words' in answer) {
    counts.together += 1;
    counts.cells += answer.words.length;
    counts.unknown += cells.filter(({ outcomes }) => outcomes.length === 0).length;
  }
  counts[wrong === null ? 'agree' : 'mismatches'] += 1;
}
