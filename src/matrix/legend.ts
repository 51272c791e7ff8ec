/** Distinct things in the order in which they were first met. Each is written once, and then named by its place. */
export class Legend<T> {
  readonly list: T[] = [];
  readonly #places = new Map<string, number>();

  /** The place of a thing; the text distinguishes it from other things. */
  place(key: string, make: () => T): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.list.push(make()) - 1;
    this.#places.set(key, place);
    return place;
  }
}
