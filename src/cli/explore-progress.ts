import type { ExploreListener, Tally } from '../runner/explore/run.ts';
import type { Floor } from '../runner/explore/floor.ts';
import { formatPlan } from '../plan/notation.ts';
import type { Found } from '../explore/shrink.ts';
import { isTerminal, print } from './output.ts';
import { columns, cut, paint } from './terminal.ts';
import { version } from './version.ts';
import { systemInWords } from '../record/system-title.ts';

/** How often a line is printed where a line can't be rewritten, in milliseconds. */
const PLAIN_EVERY = 10_000;

/** Tells how an exploration goes on: on a terminal one status line that is rewritten, else a line now and then. */
export class ExploreProgress implements ExploreListener {
  readonly #seed: number;
  readonly #printLine: (text?: string) => void;
  #began = 0;
  #protocol = '';
  #told = 0;
  #status = false;

  constructor(seed: number, printLine: (text?: string) => void) {
    this.#seed = seed;
    this.#printLine = printLine;
  }

  started({ platform, lab, model, uids }: Floor): void {
    const where = `${systemInWords(platform)} (${platform.architecture}), ${lab.facts.lab} lab`;
    this.#printLine(`${paint('bold', `bindspec ${version()}`)} explores ${where}, against the model of ${model}`);
    this.#printLine(`seed ${this.#seed}`);
    const { reason, enable } = lab.facts.missing['second user'] ?? {};
    const line = enable?.replace('bindspec run', 'bindspec explore');
    if (uids[1] === uids[2]) this.#printLine(`both owners have one uid: ${reason} (${line})`);
    this.#told = Date.now();
  }

  progress({ protocol, sequences, operations, mismatches }: Tally): void {
    const now = Date.now();
    if (protocol !== this.#protocol) {
      this.#protocol = protocol;
      this.#began = now;
    }
    const seconds = Math.max((now - this.#began) / 1000, 0.001);
    const rate = seconds < 1 ? '' : `, ${Math.round(operations / seconds).toLocaleString('en-US')} a second`;
    this.#tell(
      `${protocol}  ${operations.toLocaleString('en-US')} operations in ${sequences.toLocaleString('en-US')} sequences, ${mismatches} mismatches${rate}`,
      now,
    );
  }

  shrinking({ plan }: Found): void {
    this.#tell(`shrinking ${formatPlan(plan)}`, Number.POSITIVE_INFINITY);
  }

  /** Takes the status line away. */
  end(): void {
    if (this.#status) print('\r\x1b[K');
    this.#status = false;
  }

  #tell(text: string, now: number): void {
    if (isTerminal('stdout')) {
      this.end();
      print(paint('gray', cut(text, columns() - 1)));
      this.#status = true;
    } else if (now - this.#told >= PLAIN_EVERY) {
      this.#told = now;
      this.#printLine(text);
    }
  }
}
