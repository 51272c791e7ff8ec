import { classOf, isError } from '../protocol/outcome-class.ts';
import type { BindRecord } from './record.ts';

type Legend = BindRecord['errors'];

/** The errors that calls came to in a run, for the legend of its record. */
export class SeenErrors {
  readonly #numbers = new Map<string, number | null>();

  /**
   * Takes note of an outcome; one that is no error is left out.
   * @param number the system's own number for it, where it was told
   * @param own whether it was seen on the machine under test, whose number goes before that of another host's system
   */
  see(outcome: string, number: number | undefined, own: boolean): void {
    if (!isError(outcome)) return;
    const there = this.#numbers.get(outcome) ?? null;
    this.#numbers.set(outcome, own ? (number ?? there) : (there ?? number ?? null));
  }

  /** Each error's number and class, in the order of their names. */
  legend(): Legend {
    return Object.fromEntries(
      [...this.#numbers]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, number]) => [name, { number, class: classOf(name) }]),
    );
  }
}
