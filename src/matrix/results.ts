import type { Block } from './blocks.ts';
import { Legend } from './legend.ts';

/** The sockets of a block, of whichever kind. */
type Sockets = Pick<Block, 'first' | 'second'>;

/** The outcomes of the pairs of some blocks, for the pairs that were run. */
export class Results {
  readonly answers = new Legend<string>();
  readonly #places = new Map<Sockets, Int32Array>();

  /** Notes the answers of some pairs of a block. */
  note(block: Sockets, pairs: readonly number[], answers: readonly string[]): void {
    let places = this.#places.get(block);
    if (!places) {
      places = new Int32Array(block.first.length * block.second.length).fill(-1);
      this.#places.set(block, places);
    }
    for (const [index, pair] of pairs.entries()) {
      const answer = answers[index] ?? '';
      places[pair] = this.answers.place(answer, () => answer);
    }
  }

  /** The places of the answers of one first socket, in the order of the second sockets; null when not all were run. */
  row(block: Sockets, first: number): number[] | null {
    const width = block.second.length;
    const places = this.#places.get(block)?.subarray(first * width, (first + 1) * width);
    return places === undefined || places.includes(-1) ? null : [...places];
  }
}
