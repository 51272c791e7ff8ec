import { tripleInWords } from '../../matrix/triples/axes.ts';
import type { TriplesRecord } from '../../record/triples.ts';
import { tripleAsPlan } from '../matrix/triples/text.ts';
import type { PageTriples } from './data.ts';

/** What the page shows of some records of triples. */
export function pageTriples(records: readonly TriplesRecord[]): PageTriples[] {
  return records.map((record): PageTriples => {
    const { platform, complete, blocks, counts, quirks, rules } = record;
    return {
      name: `${platform.id} (${platform.release})`,
      complete,
      blocks: blocks.map((block) => tripleInWords(block)),
      counts,
      quirks: quirks.map(({ protocol, rule, pairs, kernel, triples, example }) => ({
        protocol,
        rule,
        pairs,
        kernel,
        triples,
        prose: rules.find(({ id }) => id === rule)?.prose ?? '',
        plan: tripleAsPlan(record, example, example) ?? '',
      })),
    };
  });
}
