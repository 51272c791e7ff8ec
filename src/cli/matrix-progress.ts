import process from 'node:process';
import type { MatrixPlan } from '../matrix/blocks.ts';
import type { Platform } from '../record/record.ts';
import type { MatrixListener } from '../runner/matrix/run.ts';
import { print } from './output.ts';
import { paint, say } from './terminal.ts';
import { systemInWords } from '../record/system-title.ts';

/** Tells how a matrix goes on: what it is about, and on a terminal how many pairs are done. */
export class MatrixProgress implements MatrixListener {
  readonly #version: string;
  readonly #wanted: boolean;
  #total = 0;
  #done = 0;
  #status = false;

  constructor(version: string, wanted: boolean) {
    this.#version = version;
    this.#wanted = wanted;
  }

  started(platform: Platform, lab: string, { blocks }: MatrixPlan): void {
    this.#total = blocks.reduce((sum, { first, second }) => sum + first.length * second.length, 0);
    if (!this.#wanted) return;
    const where = `${systemInWords(platform)} (${platform.architecture}), ${lab} lab`;
    say(`${paint('bold', `bindspec ${this.#version}`)} on ${where}, ${this.#total} pairs`);
  }

  did(pairs: number): void {
    this.#done += pairs;
    if (!this.#wanted || !process.stdout.isTTY) return;
    this.end();
    print(paint('gray', `${this.#done}/${this.#total} pairs`));
    this.#status = true;
  }

  /** Takes the status line away. */
  end(): void {
    if (this.#status) print('\r\x1b[K');
    this.#status = false;
  }
}
