import type { TriplesRecord } from '../../record/triples.ts';
import { decodePlaces, widthFor } from '../digits.ts';
import { entryAt } from '../rows.ts';
import { pairKey, pairWith, bothSay } from './pairs.ts';

/** The parts of a record that have the answers. */
export type TripleAnswers = Pick<TriplesRecord, 'answers' | 'rows' | 'blocks' | 'pairs'>;

/** A third socket whose answer its two pairs do not explain: its place, what the pairs say, and the kernel's answer. */
interface Unexplained {
  readonly third: number;
  readonly pairs: string;
  readonly kernel: string;
}

/** A prefix of a block of a record: its first two sockets, by their places in the block, and what was answered. */
export interface ReadPrefix {
  readonly first: number;
  readonly second: number;
  /** Why the first two could not both be made; null where they could, or were not run. */
  readonly refused: string | null;
  /** An answer for each third socket; null where there is none. */
  readonly thirds: readonly string[] | null;
  readonly unexplained: readonly Unexplained[];
}

/**
 * Reads the prefixes of the blocks of a record, in their order.
 * @throws RangeError for a record whose parts do not fit.
 */
export class TripleReader {
  readonly #rows: (readonly string[])[];
  readonly #width: number;
  readonly #pairs = new Map<string, { firsts: Map<number, number>; seconds: Map<number, number> }>();
  /** Prefixes whose rows are the same three have the same unexplained thirds. */
  readonly #known = new Map<string, readonly Unexplained[]>();

  constructor(record: TripleAnswers) {
    const width = widthFor(record.answers.length);
    this.#rows = record.rows.map((row) => decodePlaces(row, width).map((place) => entryAt(record.answers, place)));
    this.#width = widthFor(record.rows.length);
    for (const pairs of record.pairs) {
      const rows = this.#places(pairs.kernel, pairs.first.length);
      this.#pairs.set(pairKey(pairs), {
        firsts: new Map(pairs.first.map((socket, index) => [socket, entryAt(rows, index)])),
        seconds: new Map(pairs.second.map((socket, index) => [socket, index])),
      });
      for (const row of rows) this.#wanted(entryAt(this.#rows, row), pairs.second.length);
    }
  }

  *prefixes(block: TriplesRecord['blocks'][number]): Generator<ReadPrefix, undefined> {
    const { first, second, third } = block;
    const rows = this.#places(block.kernel, first.length * second.length);
    const [one, two] = [this.#pairsFor(block, 'first'), this.#pairsFor(block, 'second')];
    for (const [index, place] of rows.entries()) {
      const prefix = { first: Math.floor(index / second.length), second: index % second.length };
      const row = entryAt(this.#rows, place);
      const [answer = ''] = row;
      if (row.length === 1 && /^(?:first|second) /.test(answer)) {
        yield { ...prefix, refused: answer, thirds: null, unexplained: [] };
        continue;
      }
      this.#wanted(row, third.length);
      if (row.length === 0) {
        yield { ...prefix, refused: null, thirds: null, unexplained: [] };
        continue;
      }
      const [a, b] = [one(entryAt(first, prefix.first)), two(entryAt(second, prefix.second))];
      const key = `${block.third.join()} ${place} ${a?.row} ${b?.row}`;
      let unexplained = this.#known.get(key);
      if (unexplained === undefined) {
        unexplained = third.flatMap((socket, index3) => {
          const [said, other] = [a?.of(socket), b?.of(socket)];
          const pairs = said === undefined || other === undefined ? null : bothSay(said, other);
          const kernel = entryAt(row, index3);
          return pairs === null || pairs === kernel ? [] : [{ third: index3, pairs, kernel }];
        });
        this.#known.set(key, unexplained);
      }
      yield { ...prefix, refused: null, thirds: row, unexplained };
    }
    return undefined;
  }

  /** The answers of the pairs that one of the first two sockets makes with third ones. */
  #pairsFor(block: TriplesRecord['blocks'][number], place: 'first' | 'second') {
    const pairs = this.#pairs.get(pairKey(pairWith(block, place)));
    return (socket: number) => {
      const row = pairs?.firsts.get(socket);
      if (pairs === undefined || row === undefined) return undefined;
      const answers = entryAt(this.#rows, row);
      return { row, of: (third: number) => answers[pairs.seconds.get(third) ?? -1] };
    };
  }

  #places(text: string, count: number): number[] {
    const places = decodePlaces(text, this.#width);
    if (places.length !== count) throw new RangeError(`${places.length} rows are given where there are ${count}`);
    return places;
  }

  /** A row is empty where it was not run. */
  #wanted(row: readonly string[], columns: number): void {
    if (row.length !== 0 && row.length !== columns) {
      throw new RangeError(`a row of ${columns} sockets has ${row.length} answers`);
    }
  }
}
