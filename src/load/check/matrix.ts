import { pairsOf, type Pair } from '../../matrix/reading.ts';
import { spellRecorded } from '../../matrix/recorded-sockets.ts';
import { spellSpec } from '../../matrix/sockets.ts';
import type { MatrixBlock, MatrixRecord } from '../../record/matrix.ts';
import { wrongComplete, wrongCount, wrongParts } from './counts.ts';
import { firstWrong, twice } from './lists.ts';
import { wrongPlatform } from './platform.ts';
import { wrongInSingles } from './singles.ts';

/**
 * How the parts of a matrix's record contradict each other, in words; null where they agree. Its parts must name only
 * what exists in it, so that no reader has to check that, and its counts must be those of its pairs.
 */
export function wrongInMatrix(record: MatrixRecord): string | null {
  if (record.blocks.length + record.skipped.length === 0 && record.singles === undefined) return 'it has no pairs';
  return (
    wrongPlatform(record.platform) ??
    twice(record.sockets, 'sockets', spellRecorded) ??
    twice(record.blocks, 'blocks', cornerOf) ??
    firstWrong(
      record.blocks,
      'blocks',
      ({ first, second }) => twice(first, 'first', String) ?? twice(second, 'second', String),
    ) ??
    wrongPairs(record) ??
    (record.singles === undefined ? null : wrongInSingles(record.singles))
  );
}

function cornerOf({ protocol, state, uid, devices }: Pick<MatrixBlock, 'protocol' | 'state' | 'uid' | 'devices'>) {
  return `${protocol} ${state} ${uid} ${devices}`;
}

function wrongPairs(record: MatrixRecord): string | null {
  const counts = { pairs: 0, agree: 0, mismatches: 0, notRun: 0, skipped: 0 };
  const mismatches = new Set<string>();
  const wrong = wrongParts('its parts', () => {
    for (const block of record.blocks) {
      for (const pair of pairsOf(record, block).flat()) {
        counts.pairs += 1;
        if (pair.answer === null) counts.notRun += 1;
        else if (pair.agrees) counts.agree += 1;
        else {
          counts.mismatches += 1;
          mismatches.add(toldAs(block, pair));
        }
      }
    }
  });
  for (const { pairs } of record.skipped) counts.skipped += pairs;
  return (
    wrong ??
    wrongCount(record.counts, counts) ??
    wrongComplete(record.complete, counts.notRun, 'pairs') ??
    firstWrong(record.mismatches, 'mismatches', (told) => {
      const { first, second, kernel } = told;
      return mismatches.has(`${cornerOf(told)} ${first} ${second} ${kernel}`) ? null : 'no pair is such a mismatch';
    })
  );
}

function toldAs(block: MatrixBlock, { first, second, answer }: Pair): string {
  return `${cornerOf(block)} ${spellSpec(first)} ${spellSpec(second)} ${answer}`;
}
