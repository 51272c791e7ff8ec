import { spellRecorded } from '../../matrix/recorded-sockets.ts';
import { pairKey } from '../../matrix/triples/pairs.ts';
import { TripleReader } from '../../matrix/triples/reading.ts';
import type { Quirk, TriplesRecord } from '../../record/triples.ts';
import { wrongComplete, wrongCount, wrongParts } from './counts.ts';
import { firstWrong, twice } from './lists.ts';
import { wrongPlatform } from './platform.ts';

/**
 * How the parts of a record of triples contradict each other, in words; null where they agree. Its parts must name only
 * what exists in it, and its counts must be those of its triples. What the model says about a triple is not in the record,
 * so the numbers of those that agree, and of each rule, can only be checked in sum.
 */
export function wrongInTriples(record: TriplesRecord): string | null {
  if (record.blocks.length + record.skipped.length === 0) return 'it has no triples';
  return (
    wrongPlatform(record.platform) ??
    twice(record.sockets, 'sockets', spellRecorded) ??
    twice(record.blocks, 'blocks', ({ protocol, state, uid }) => `${protocol} ${state} ${uid}`) ??
    twice(record.pairs, 'pairs', pairKey) ??
    twice(record.quirks, 'quirks', ({ rule, ...quirk }) => `${groupOf(quirk)} ${rule}`) ??
    firstWrong(
      record.blocks,
      'blocks',
      ({ first, second, third }) =>
        twice(first, 'first', String) ?? twice(second, 'second', String) ?? twice(third, 'third', String),
    ) ??
    wrongTriples(record)
  );
}

function wrongTriples(record: TriplesRecord): string | null {
  const { agree, mismatches } = record.counts;
  const counts = { triples: 0, notRun: 0, refused: 0, unexplained: 0, skipped: 0 };
  const groups = new Map<string, number>();
  const answers = new Set<string>();
  const told = new Set(record.mismatches.map(keyOf));
  const wrong = wrongParts('its parts', () => {
    const reader = new TripleReader(record);
    const spelled = record.sockets.map(spellRecorded);
    for (const block of record.blocks) {
      const { protocol, state, uid, third } = block;
      const name = (place: number | undefined) => {
        const socket = spelled[place ?? -1];
        if (socket === undefined) throw new RangeError(`there is no socket ${place}`);
        return socket;
      };
      const thirds = third.map(name);
      const [firsts, seconds] = [block.first.map(name), block.second.map(name)];
      for (const prefix of reader.prefixes(block)) {
        counts.triples += third.length;
        if (prefix.refused !== null) counts.refused += third.length;
        else if (prefix.thirds === null) counts.notRun += third.length;
        counts.unexplained += prefix.unexplained.length;
        for (const { pairs, kernel } of prefix.unexplained) {
          const group = groupOf({ protocol, pairs, kernel });
          groups.set(group, (groups.get(group) ?? 0) + 1);
        }
        if (told.size === 0) continue;
        const [first = '', second = ''] = [firsts[prefix.first], seconds[prefix.second]];
        for (const [index, one] of thirds.entries()) {
          const kernel = prefix.refused ?? prefix.thirds?.[index];
          if (kernel === undefined) continue;
          const key = keyOf({ protocol, state, uid, first, second, third: one, kernel });
          if (told.has(key)) answers.add(key);
        }
      }
    }
  });
  for (const { triples } of record.skipped) counts.skipped += triples;
  const compared = counts.triples - counts.notRun;
  return (
    wrong ??
    wrongCount(record.counts, counts) ??
    (agree + mismatches === compared
      ? null
      : `counts.agree and counts.mismatches are ${agree + mismatches} together, and it has answers for ${compared}`) ??
    (mismatches < record.mismatches.length ? `counts.mismatches is ${mismatches}, and it lists more` : null) ??
    wrongComplete(record.complete, counts.notRun, 'triples') ??
    wrongQuirks(record.quirks, groups) ??
    firstWrong(record.mismatches, 'mismatches', (one) => (answers.has(keyOf(one)) ? null : 'no triple has this answer'))
  );
}

/** The groups of one kind must have as many triples together as the record has. */
function wrongQuirks(quirks: readonly Quirk[], groups: ReadonlyMap<string, number>): string | null {
  const sums = new Map<string, number>();
  for (const quirk of quirks) sums.set(groupOf(quirk), (sums.get(groupOf(quirk)) ?? 0) + quirk.triples);
  return firstWrong(quirks, 'quirks', (quirk) => {
    const [sum, has] = [sums.get(groupOf(quirk)) ?? 0, groups.get(groupOf(quirk)) ?? 0];
    return sum === has ? null : `${sum} triples are of its kind, and the record has ${has}`;
  });
}

function groupOf({ protocol, pairs, kernel }: Pick<Quirk, 'protocol' | 'pairs' | 'kernel'>): string {
  return `${protocol}: ${pairs} -> ${kernel}`;
}

type Told = Pick<
  TriplesRecord['mismatches'][number],
  'protocol' | 'state' | 'uid' | 'first' | 'second' | 'third' | 'kernel'
>;

function keyOf({ protocol, state, uid, first, second, third, kernel }: Told): string {
  return [protocol, state, uid, first, second, third, kernel].join(' | ');
}
