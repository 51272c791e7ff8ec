import type { Native, Returned } from '../native/types.ts';

/** Words of outcomes, by their codes: the code of a word is its place. */
export class Words {
  readonly #native: Native;
  readonly #list: string[] = ['ok', 'silence'];

  constructor(native: Native) {
    this.#native = native;
  }

  /** All words up to now. */
  get legend(): string[] {
    return [...this.#list];
  }

  /** What a call returned, in a word. */
  of(returned: Returned): string {
    return returned < 0 ? this.#native.errnoName(-returned) : `${returned} bytes`;
  }

  /** The code of a word. */
  code(word: string): number {
    const place = this.#list.indexOf(word);
    return place < 0 ? this.#list.push(word) - 1 : place;
  }
}
