/** A list in which each value is there once, however often it is put in. Values are the same when their JSON is. */
export class Shared<T> {
  readonly values: T[] = [];
  private readonly places = new Map<string, number>();

  /** The place of a value in the list. */
  put(value: T): number {
    const key = JSON.stringify(value);
    const place = this.places.get(key) ?? this.values.push(value) - 1;
    this.places.set(key, place);
    return place;
  }
}
