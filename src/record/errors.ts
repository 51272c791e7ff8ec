import { classOf, isError } from '../protocol/outcome-class.ts';
import type { BindRecord } from './record.ts';

type Legend = BindRecord['errors'];

/** The errors that calls returned in a run, for the legend of its record. */
export class SeenErrors {
  readonly #numbers = new Map<string, number | null>();

  /**
   * Adds the error of an outcome; an outcome that is not an error is ignored.
   * @param number the system's own number for the error, where the agent reported it
   * @param own whether it was seen on the machine under test; that number is preferred to the one of another host's system
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
