import { Legend } from '../legend.ts';
import type { TripleBlock } from './blocks.ts';

/** The answers about the triples of some blocks, as far as they were run. */
export class TripleResults {
  readonly answers = new Legend<string>();
  readonly #prefixes = new Map<TripleBlock, (Int16Array | number | undefined)[]>();

  /** Notes that the first two sockets could not both be made, and why. */
  refuse(block: TripleBlock, prefix: number, answer: string): void {
    this.#of(block)[prefix] = this.#place(answer);
  }

  /** Notes that the first two sockets could be made. */
  made(block: TripleBlock, prefix: number): void {
    this.#row(block, prefix);
  }

  /** The thirds of a prefix that have no answer yet; none where its first two sockets could not be made. */
  missing(block: TripleBlock, prefix: number): number[] {
    const row = this.#prefixes.get(block)?.[prefix];
    if (typeof row === 'number') return [];
    return [...block.third.keys()].filter((third) => row === undefined || row[third] === -1);
  }

  /** Notes the answer of one third socket beside the two. */
  note(block: TripleBlock, prefix: number, third: number, answer: string): void {
    this.#row(block, prefix)[third] = this.#place(answer);
  }

  /**
   * What is known of a prefix, as places in `answers`: one place where its two sockets could not be made, or one for each
   * third socket; null where not all were run.
   */
  prefix(block: TripleBlock, prefix: number): number | Int16Array | null {
    const row = this.#prefixes.get(block)?.[prefix];
    if (row === undefined || (row instanceof Int16Array && row.includes(-1))) return null;
    return row;
  }

  #row(block: TripleBlock, prefix: number): Int16Array {
    const all = this.#of(block);
    const row = all[prefix];
    if (row instanceof Int16Array) return row;
    const made = new Int16Array(block.third.length).fill(-1);
    all[prefix] = made;
    return made;
  }

  #of(block: TripleBlock) {
    let all = this.#prefixes.get(block);
    if (all === undefined) {
      all = Array.from({ length: block.first.length * block.second.length });
      this.#prefixes.set(block, all);
    }
    return all;
  }

  #place(answer: string): number {
    return this.answers.place(answer, () => answer);
  }
}
