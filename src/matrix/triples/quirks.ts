import type { Quirk, TriplesRecord } from '../../record/triples.ts';
import { spellRecorded } from '../recorded-sockets.ts';
import { TripleReader, type TripleAnswers } from './reading.ts';

/**
 * The triples whose answer is not what their two pairs say together, in groups: by protocol, the rule that decides, what the
 * pairs say, and the answer. The largest group of a protocol is first, and the first triple of a group is its example.
 * @param ruleOf the rule that decides on a triple: by the place of its block, and its own place in that
 */
export function quirksOf(
  record: TripleAnswers & Pick<TriplesRecord, 'sockets'>,
  ruleOf: (block: number, triple: number) => string,
): Quirk[] {
  const spelled = record.sockets.map(spellRecorded);
  const groups = new Map<string, Quirk>();
  const reader = new TripleReader(record);
  for (const [index, block] of record.blocks.entries()) {
    const { protocol, state, uid, second, third } = block;
    for (const prefix of reader.prefixes(block)) {
      for (const one of prefix.unexplained) {
        const { pairs, kernel } = one;
        const rule = ruleOf(index, (prefix.first * second.length + prefix.second) * third.length + one.third);
        const key = JSON.stringify([protocol, rule, pairs, kernel]);
        const group = groups.get(key);
        if (group !== undefined) {
          group.triples += 1;
          continue;
        }
        const named = (place: number | undefined) => spelled[place ?? -1] ?? '';
        const sockets = {
          first: named(block.first[prefix.first]),
          second: named(second[prefix.second]),
          third: named(third[one.third]),
        };
        groups.set(key, { protocol, rule, pairs, kernel, triples: 1, example: { protocol, state, uid, ...sockets } });
      }
    }
  }
  return [...groups.values()].toSorted(
    (a, b) => b.protocol.localeCompare(a.protocol) || b.triples - a.triples || (a.rule < b.rule ? -1 : 1),
  );
}
