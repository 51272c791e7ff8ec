import type { Platform } from '../record/record.ts';
import { isTerminal, print } from './output.ts';
import { paint, say } from './terminal.ts';
import { systemInWords } from '../record/system-title.ts';

/** What a matrix is made of. */
type Noun = 'pairs' | 'triples' | 'single binds';

/** Tells how a matrix goes on: what it is about, and on a terminal how many pairs or triples are done. */
export class PairProgress {
  readonly #version: string;
  readonly #wanted: boolean;
  readonly #noun: Noun;
  #total = 0;
  #done = 0;
  #status = false;

  constructor(version: string, wanted: boolean, noun: Noun) {
    this.#version = version;
    this.#wanted = wanted;
    this.#noun = noun;
  }

  /** @param total how many pairs or triples there are */
  began(platform: Platform, lab: string, total: number): void {
    this.#total = total;
    if (!this.#wanted) return;
    const where = `${systemInWords(platform)} (${platform.architecture}), ${lab} lab`;
    say(`${paint('bold', `bindspec ${this.#version}`)} on ${where}, ${total === 0 ? '' : `${total} `}${this.#noun}`);
  }

  /** @param more how many more are done */
  did(more: number): void {
    this.#done += more;
    if (!this.#wanted || !isTerminal('stdout')) return;
    this.end();
    print(paint('gray', `${this.#done}/${this.#total} ${this.#noun}`));
    this.#status = true;
  }

  /** Takes the status line away. */
  end(): void {
    if (this.#status) print('\r\x1b[K');
    this.#status = false;
  }
}
