/**
 * Does whole runs again and again, and tells whether every cell has the same verdict in each. Half of them, or as many as
 * are asked for, have a busy loop on every processor.
 *
 *     node dist/tools/repeat-runs.js [QUIET] [BUSY] [--every N] [-- SELECTORS AND OPTIONS OF RUN]
 *
 * It prints a line for every N runs, 10 when nothing is said, and one at the end. It ends with 1 after the first run in which
 * a cell has another verdict than in the run before; it prints both verdicts, the reason, and the command that runs the cell
 * again.
 */
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { OWN_PACKAGE } from '../src/process/own-package.ts';
import type { BindRecord, CellRecord } from '../src/record/record.ts';
import { processorTimeOfChildren } from './processor-time.ts';

const CLI = path.join(OWN_PACKAGE.folder, 'dist', 'src', 'cli', 'main.js');
/** No run takes this long, in milliseconds, however busy the machine is. */
const DEADLINE = 600_000;

const { quiet, busy, every, words } = asked();
const all = quiet + busy;
/** Each cell as it was in the first run, by its id. */
const first = new Map<string, CellRecord>();
/** The processor time of the quiet runs, in milliseconds. That of the busy ones has the loops in it. */
let spent = 0;
let spentOn = 0;
let differing: string[] = [];
let done = 0;
while (done < all && differing.length === 0) {
  const before = isBusy(done) ? null : processorTime();
  const { cells } = isBusy(done) ? await whileBusy(oneRun) : await oneRun();
  done += 1;
  if (before !== null) {
    spent += processorTime() - before;
    spentOn += 1;
  }
  differing = cells.flatMap((cell) => differenceOf(cell, first.get(cell.id)));
  for (const cell of cells) if (!first.has(cell.id)) first.set(cell.id, cell);
  if (done % every === 0 && done < all) say(`${done} of ${all} runs: the same verdicts so far${average()}`);
}
for (const line of differing) say(line);
if (differing.length > 0) {
  say(
    `run ${done} of ${all}, ${isBusy(done - 1) ? 'with every processor busy' : 'quiet'}: not the same verdict as before in ${differing.length} of ${first.size} cells`,
  );
  process.exitCode = 1;
} else {
  say(
    `${all} runs, ${busy} of them with every processor busy: ${first.size} cells, each has the same verdict in all${average()}`,
  );
}

/** Whether a run, counted from 0, is a busy one: they are spread evenly among all. */
function isBusy(run: number): boolean {
  return Math.floor(((run + 1) * busy) / all) > Math.floor((run * busy) / all);
}

/** Two lines about a cell that has another verdict than before, or none. */
function differenceOf(cell: CellRecord, before: CellRecord | undefined): string[] {
  if (before === undefined || before.verdict === cell.verdict) return [];
  const found = (one: CellRecord) => `${one.verdict} (${one.reason ?? JSON.stringify(one.observation)})`;
  return [`${cell.id}: ${found(before)}, then ${found(cell)}; npx bindspec run ${cell.id} --no-reports`];
}

function average(): string {
  return spentOn === 0 || process.platform !== 'linux'
    ? ''
    : `; a quiet run takes ${(spent / spentOn / 1000).toFixed(1)} s of processor time`;
}

function processorTime(): number {
  return process.platform === 'linux' ? processorTimeOfChildren() : 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What the command line asks for. Ends the process with 2 when it is wrong. */
function asked() {
  const dashes = process.argv.indexOf('--');
  const own = dashes < 0 ? process.argv.slice(2) : process.argv.slice(2, dashes);
  try {
    const { values, positionals } = parseArgs({
      args: own,
      options: { every: { type: 'string' } },
      allowPositionals: true,
    });
    const [few = 10, many = 10, ...more] = positionals.map(Number);
    const step = Number(values.every ?? 10);
    if ([few, many].every((count) => Number.isInteger(count) && count >= 0) && step >= 1 && more.length === 0) {
      return { quiet: few, busy: many, every: step, words: dashes < 0 ? [] : process.argv.slice(dashes + 1) };
    }
  } catch {
    // What was not understood is said below.
  }
  process.stderr.write('say how many runs: repeat-runs.js QUIET BUSY [--every N] [-- SELECTORS AND OPTIONS OF RUN]\n');
  return process.exit(2);
}

/** @throws Error when the run made no record */
async function oneRun(): Promise<BindRecord> {
  const run = ['run', '--no-reports', '--format', 'json', ...words];
  const { stdout, stderr, exitCode } = await execa(process.execPath, [CLI, ...run], {
    reject: false,
    timeout: DEADLINE,
    maxBuffer: 100_000_000,
    stdin: 'ignore',
  });
  if (exitCode === 0 || exitCode === 1 || stdout.startsWith('{')) return JSON.parse(stdout) as BindRecord;
  throw new Error(`a run made no record, and ended with ${exitCode}: ${stderr.split('\n').at(-1)}`);
}

/** Does something while each processor has a loop to run. */
async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  const loops = Array.from({ length: os.availableParallelism() }, () =>
    execa(process.execPath, ['-e', 'for (;;);'], { reject: false, stdio: 'ignore' }),
  );
  try {
    return await work();
  } finally {
    for (const loop of loops) loop.kill('SIGKILL');
    await Promise.all(loops);
  }
}
