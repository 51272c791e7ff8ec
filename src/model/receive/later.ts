/** The longest chain of states that wait to be worked out. It bounds the depth of the calls that work out the last one. */
const LONGEST = 64;

/**
 * A state that is worked out when it is first read, and then kept. Most simulations are never asked who receives, and
 * following that takes longer than following the names.
 */
export class Later<State> {
  #make: (() => State) | null;
  #state: State | undefined;
  /** How many states, this one included, must be worked out to read it. */
  readonly #waiting: number;

  private constructor(make: () => State, waiting: number) {
    this.#make = make;
    this.#waiting = waiting;
  }

  /** A state that is there. */
  static of<State>(state: State): Later<State> {
    return new Later(() => state, 0);
  }

  /** The state after a change to this one. The change is a pure function. */
  followed(change: (state: State) => State): Later<State> {
    const next = new Later(() => change(this.read()), this.#make === null ? 1 : this.#waiting + 1);
    if (next.#waiting > LONGEST) next.read();
    return next;
  }

  read(): State {
    if (this.#make !== null) {
      this.#state = this.#make();
      // The state that it was made from is no longer held.
      this.#make = null;
    }
    return this.#state as State;
  }
}
