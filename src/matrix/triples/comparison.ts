import type { Model } from '../../model/index.ts';
import type { TriplesRecord } from '../../record/triples.ts';
import type { Block } from '../blocks.ts';
import { encodePlaces, widthFor } from '../digits.ts';
import { Legend } from '../legend.ts';
import { agrees, decidingRule, likeliest, type Prediction } from '../prediction.ts';
import type { Results } from '../results.ts';
import { spellSpec, type Spec } from '../sockets.ts';
import type { TripleCorner } from './axes.ts';
import { prefixOf, triplesIn, tripleCommand, type TripleBlock } from './blocks.ts';
import { allowsPrefix, likeliestPrefix, type PrefixPrediction } from './prediction.ts';
import { quirksOf } from './quirks.ts';
import type { TripleResults } from './results.ts';

/** How many mismatches are spelled out. */
const MOST_TOLD = 100;

type ComparedTriples = Pick<
  TriplesRecord,
  'sockets' | 'answers' | 'rows' | 'blocks' | 'pairs' | 'quirks' | 'rules' | 'mismatches' | 'counts'
>;

/** The triples of one prefix, and what the model says about them. */
interface Judged {
  readonly block: TripleBlock;
  readonly prefix: number;
  readonly prediction: PrefixPrediction;
  readonly thirds: readonly Prediction[];
}

/** Compares the answers about triples with a model, one prefix after another. */
export class TripleComparison {
  readonly #results: TripleResults;
  readonly #more: readonly string[];
  readonly #rules = new Legend<string>();
  /** The rule that decides on each triple of a block, as a place in the legend. */
  readonly #deciding = new Map<TripleBlock, Uint16Array>();
  readonly #mismatches: TriplesRecord['mismatches'] = [];
  readonly #counts = { agree: 0, mismatches: 0, refused: 0 };
  readonly #verdicts = new Map<Prediction, Map<number, boolean>>();

  /** @param more words that a command to run a triple again must also have */
  constructor(results: TripleResults, more: readonly string[]) {
    this.#results = results;
    this.#more = more;
  }

  /** Compares the triples of a prefix, all of which have an answer. */
  judge({ block, prefix, prediction, thirds }: Judged): void {
    const row = this.#results.prefix(block, prefix);
    const answers = this.#results.answers.list;
    const count = block.third.length;
    if (typeof row === 'number') {
      const answer = answers[row] ?? '';
      this.#counts.refused += count;
      if (allowsPrefix(prediction, answer)) this.#counts.agree += count;
      else this.#prefixMismatch(block, prefix, answer, prediction);
      return;
    }
    const rules = this.#rulesOf(block);
    for (const [third, said] of thirds.entries()) {
      const place = row?.[third] ?? -1;
      const rule = decidingRule(said) ?? '';
      rules[prefix * count + third] = this.#rules.place(rule, () => rule);
      if (this.#agrees(place, answers[place] ?? '', said)) this.#counts.agree += 1;
      else this.#mismatch(block, prefix, third, answers[place] ?? '', likeliest(said), rule);
    }
  }

  /** The parts of a record. `pairs` are the results of the pairs that the triples are compared with. */
  record(model: Model, blocks: readonly TripleBlock[], pairBlocks: readonly Block[], pairs: Results): ComparedTriples {
    const sockets = new Legend<Spec>();
    const rows = new Legend<string>();
    const answers = new Legend<string>();
    const place = (spec: Spec) => sockets.place(spellSpec(spec), () => spec);
    const answer = (text: string) => answers.place(text, () => text);
    const list = this.#results.answers.list.map(answer);
    const pairList = pairs.answers.list.map(answer);
    const answerWidth = widthFor(answers.list.length);
    const rowOf = (places: readonly number[]) => {
      const text = encodePlaces(places, answerWidth);
      return rows.place(text, () => text);
    };
    const none = rows.place('', () => '');
    const blockRows = blocks.map((block) =>
      Array.from({ length: block.first.length * block.second.length }, (_, prefix) => {
        const row = this.#results.prefix(block, prefix);
        if (row === null) return none;
        return rowOf(typeof row === 'number' ? [list[row] ?? 0] : Array.from(row, (one) => list[one] ?? 0));
      }),
    );
    const pairRows = pairBlocks.map((block) =>
      block.first.map((_, first) => {
        const row = pairs.row(block, first);
        return row === null ? none : rowOf(row.map((one) => pairList[one] ?? 0));
      }),
    );
    const width = widthFor(rows.list.length);
    const encoded: TriplesRecord['blocks'] = blocks.map((block, index) => ({
      protocol: block.protocol,
      state: block.state,
      uid: block.uid,
      first: block.first.map(place),
      second: block.second.map(place),
      third: block.third.map(place),
      kernel: encodePlaces(blockRows[index] ?? [], width),
    }));
    const encodedPairs = pairBlocks.map((block, index) => ({
      protocol: block.protocol,
      state: block.state as TriplesRecord['pairs'][number]['state'],
      uid: block.uid,
      first: block.first.map(place),
      second: block.second.map(place),
      kernel: encodePlaces(pairRows[index] ?? [], width),
    }));
    const parts = {
      sockets: sockets.list.map(({ name, letters }) => ({ ...name, letters })),
      answers: answers.list,
      rows: rows.list,
      blocks: encoded,
      pairs: encodedPairs,
    };
    const quirks = quirksOf(parts, (index, at) => {
      const rules = this.#deciding.get(blocks[index] as TripleBlock);
      return this.#rules.list[rules?.[at] ?? -1] ?? '';
    });
    const triples = blocks.reduce((sum, block) => sum + triplesIn(block), 0);
    const { agree, mismatches } = this.#counts;
    return {
      ...parts,
      quirks,
      rules: rulesNamed(model, [...quirks, ...this.#mismatches]),
      mismatches: this.#mismatches,
      counts: {
        triples,
        ...this.#counts,
        notRun: triples - agree - mismatches,
        unexplained: quirks.reduce((sum, quirk) => sum + quirk.triples, 0),
        skipped: 0,
      },
    };
  }

  #rulesOf(block: TripleBlock): Uint16Array {
    let rules = this.#deciding.get(block);
    if (rules === undefined) this.#deciding.set(block, (rules = new Uint16Array(triplesIn(block))));
    return rules;
  }

  #agrees(place: number, answer: string, said: Prediction): boolean {
    let known = this.#verdicts.get(said);
    if (known === undefined) this.#verdicts.set(said, (known = new Map()));
    let agreed = known.get(place);
    if (agreed === undefined) known.set(place, (agreed = agrees(answer, said)));
    return agreed;
  }

  /** All triples of a prefix are mismatches if the answer about its first two sockets is one. */
  #prefixMismatch(block: TripleBlock, prefix: number, kernel: string, prediction: PrefixPrediction): void {
    const { refused, first, second } = prediction;
    const rule = decidingRule(refused === 'first' ? first : second) ?? '';
    for (const third of block.third.keys()) {
      this.#mismatch(block, prefix, third, kernel, likeliestPrefix(prediction), rule);
    }
  }

  #mismatch(block: TripleBlock, prefix: number, third: number, kernel: string, model: string, rule: string): void {
    this.#counts.mismatches += 1;
    if (this.#mismatches.length >= MOST_TOLD) return;
    const { protocol, state, uid } = block;
    const corner: TripleCorner = { protocol, state, uid };
    const sockets = [...prefixOf(block, prefix), block.third[third] as Spec] as const;
    const [one, two, three] = [spellSpec(sockets[0]), spellSpec(sockets[1]), spellSpec(sockets[2])];
    const command = tripleCommand(corner, sockets, this.#more);
    this.#mismatches.push({ ...corner, first: one, second: two, third: three, kernel, model, rule, command });
  }
}

/** The rules of some entries, with their text for people. */
function rulesNamed(model: Model, entries: readonly { readonly rule: string }[]): ComparedTriples['rules'] {
  const used = new Set(entries.map(({ rule }) => rule));
  return model.rules
    .filter(({ id }) => used.has(id))
    .map(({ id, prose, source, known }) => ({ id, prose, source: `${source.name}, ${source.where}`, known }));
}
