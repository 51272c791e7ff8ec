import { spellStates } from '../../matrix/receivers/axes.ts';
import { receiverReader } from '../../matrix/receivers/reading.ts';
import { waysKey } from '../../matrix/receivers/ways.ts';
import { spellRecorded } from '../../matrix/recorded-sockets.ts';
import { spellSpec } from '../../matrix/sockets.ts';
import type { ReceiversBlock, ReceiversRecord } from '../../record/receivers.ts';
import { firstWrong, twice } from './lists.ts';
import { wrongPlatform } from './platform.ts';

/**
 * How the parts of a record of who receives contradict each other, in words; null where they agree. Its parts must name
 * only what exists in it, so that no reader has to check that, and its counts must be those of its pairs.
 */
export function wrongInReceivers(record: ReceiversRecord): string | null {
  if (record.blocks.length + record.skipped.length === 0) return 'it has no pairs';
  return (
    wrongPlatform(record.platform) ??
    twice(record.sockets, 'sockets', spellRecorded) ??
    twice(record.ways, 'ways', waysKey) ??
    twice(record.blocks, 'blocks', cornerOf) ??
    firstWrong(
      record.blocks,
      'blocks',
      ({ first, second, ways }) =>
        twice(first, 'first', String) ?? twice(second, 'second', String) ?? twice(ways, 'ways', String),
    ) ??
    wrongPairs(record)
  );
}

function cornerOf({ protocol, states, uid, devices }: Pick<ReceiversBlock, 'protocol' | 'states' | 'uid' | 'devices'>) {
  return `${protocol} ${spellStates(states)} ${uid} ${devices}`;
}

function wrongPairs(record: ReceiversRecord): string | null {
  const counts = {
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
  const mismatches = new Set<string>();
  try {
    const read = receiverReader(record);
    for (const block of record.blocks) {
      for (const { first, second, answer, prediction, wrong } of read(block).flat()) {
        counts.pairs += 1;
        if (answer === null) {
          counts.notRun += 1;
          continue;
        }
        if ('words' in answer) {
          counts.together += 1;
          counts.cells += answer.words.length;
          counts.unknown += prediction.cells.filter(({ outcomes }) => outcomes.length === 0).length;
        }
        if (wrong === null) counts.agree += 1;
        else {
          counts.mismatches += 1;
          const pair = `${cornerOf(block)} ${spellSpec(first)} ${spellSpec(second)}`;
          for (const cell of wrong === 'together' ? [null] : wrong) {
            mismatches.add(`${pair} ${cell === null ? null : block.ways[cell]}`);
          }
        }
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `its parts do not fit together: ${error.message}`;
  }
  for (const { pairs } of record.skipped) counts.skipped += pairs;
  for (const [name, count] of Object.entries(counts) as [keyof typeof counts, number][]) {
    if (name !== 'alone' && record.counts[name] !== count)
      return `counts.${name} is ${record.counts[name]}, and it has ${count}`;
  }
  if (record.complete && counts.notRun > 0)
    return `it says that it is complete, and ${counts.notRun} pairs were not run`;
  return firstWrong(record.mismatches, 'mismatches', (told) => {
    const { first, second, way } = told;
    return mismatches.has(`${cornerOf(told)} ${first} ${second} ${way}`) ? null : 'no pair is such a mismatch';
  });
}
