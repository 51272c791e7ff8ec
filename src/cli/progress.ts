import { counted } from '../text/counted.ts';
import type { Cell } from '../experiment/cells.ts';
import type { CellRecord, Platform } from '../record/record.ts';
import { countsInWords, countVerdicts, worstVerdict } from '../report/summary.ts';
import type { RunListener } from '../runner/run.ts';
import { isTerminal, print } from './output.ts';
import { columns, cut, paint, say, verdictWord } from './terminal.ts';
import { systemInWords } from '../record/system-title.ts';

/** Where an experiment's id begins, after its verdict; and how much room its counts are given. */
const INDENT = 11;
const COUNTS = 18;
/** Most titles fit into this, and the others can be guessed from it. */
const ENOUGH = 50;

/**
 * Tells how a run goes on: a line for each experiment as soon as all of its cells are done, and on a terminal below
 * them one status line that is rewritten.
 */
export class Progress implements RunListener {
  readonly #left = new Map<string, number>();
  readonly #done = new Map<string, CellRecord[]>();
  readonly #running = new Set<string>();
  readonly #version: string;
  readonly #widest: number;
  #total = 0;
  #finished = 0;
  #status = false;

  constructor(cells: readonly Cell[], version: string) {
    this.#version = version;
    for (const { registered } of cells) this.#left.set(registered.id, (this.#left.get(registered.id) ?? 0) + 1);
    this.#widest = Math.max(...[...this.#left.keys()].map((id) => id.length));
  }

  started(platform: Platform, lab: string, cells: number): void {
    this.#total = cells;
    const where = `${systemInWords(platform)} (${platform.architecture}), ${lab} lab`;
    say(`${paint('bold', `bindspec ${this.#version}`)} on ${where}, ${counted(cells, 'cell')}\n`);
    this.#rewrite();
  }

  began(cell: Cell): void {
    this.#running.add(cell.id);
    this.#rewrite();
  }

  ended(record: CellRecord): void {
    this.#finished += 1;
    this.#running.delete(record.id);
    const { experiment } = record;
    const done = [...(this.#done.get(experiment) ?? []), record];
    const left = (this.#left.get(experiment) ?? 0) - 1;
    this.#done.set(experiment, done);
    this.#left.set(experiment, left);
    if (left === 0) {
      this.#done.delete(experiment);
      this.#clear();
      this.#tell(experiment, done, record.title);
    }
    this.#rewrite();
  }

  /** Takes the status line away. */
  end(): void {
    this.#clear();
  }

  /** An experiment in a line, or in two where its title has no room beside it. */
  #tell(experiment: string, done: readonly CellRecord[], title: string): void {
    const counts = countsInWords(countVerdicts(done));
    const head = `${verdictWord(worstVerdict(done))} ${experiment.padEnd(this.#widest)}  ${counts}`;
    const room = columns() - INDENT - this.#widest - 2 - COUNTS - 1;
    if (room >= ENOUGH) {
      say(`${head}${' '.repeat(Math.max(COUNTS - counts.length, 0))} ${paint('gray', cut(title, room))}`);
      return;
    }
    say(head);
    say(`${' '.repeat(INDENT)}${paint('gray', cut(title, columns() - INDENT))}`);
  }

  #rewrite(): void {
    if (!isTerminal('stdout')) return;
    this.#clear();
    const [first = ''] = this.#running;
    print(paint('gray', cut(`${this.#finished}/${this.#total}  ${first}`, columns() - 1)));
    this.#status = true;
  }

  #clear(): void {
    if (this.#status) print('\r\x1b[K');
    this.#status = false;
  }
}
