import { spellStates } from '../../matrix/receivers/axes.ts';
import { countPair, noCounts } from '../../matrix/receivers/counts.ts';
import { receiverReader } from '../../matrix/receivers/reading.ts';
import { waysKey } from '../../matrix/receivers/ways.ts';
import { spellRecorded } from '../../matrix/recorded-sockets.ts';
import { spellSpec } from '../../matrix/sockets.ts';
import type { ReceiversBlock, ReceiversRecord } from '../../record/receivers.ts';
import { wrongComplete, wrongCount, wrongParts } from './counts.ts';
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
  const { alone: _, ...counts } = noCounts();
  const mismatches = new Set<string>();
  const wrong = wrongParts('its parts', () => {
    const read = receiverReader(record);
    for (const block of record.blocks) {
      for (const pair of read(block).flat()) {
        countPair(counts, pair.answer, pair.prediction, pair.wrong);
        if (pair.wrong === null) continue;
        const spelled = `${cornerOf(block)} ${spellSpec(pair.first)} ${spellSpec(pair.second)}`;
        for (const cell of pair.wrong === 'together' ? [null] : pair.wrong) {
          mismatches.add(`${spelled} ${cell === null ? null : block.ways[cell]}`);
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
      const { first, second, way } = told;
      return mismatches.has(`${cornerOf(told)} ${first} ${second} ${way}`) ? null : 'no pair is such a mismatch';
    })
  );
}
