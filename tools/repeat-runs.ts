/**
 * Does whole runs again and again, and tells whether every cell has the same verdict in each. Half of them, or as many as
 * are asked for, have a busy loop on every processor.
 *
 *     node dist/tools/repeat-runs.js [QUIET] [BUSY] [-- OPTIONS OF RUN]
 *
 * It prints one line, after one for each cell whose verdicts differ, and ends with 1 if there is any.
 */
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { OWN_PACKAGE } from '../src/process/own-package.ts';
import type { BindRecord } from '../src/record/record.ts';

const CLI = path.join(OWN_PACKAGE.folder, 'dist', 'src', 'cli', 'main.js');
/** No run takes this long, in milliseconds, however busy the machine is. */
const DEADLINE = 600_000;

const words = process.argv.slice(2);
const dashes = words.indexOf('--');
const [quiet = 10, busy = 10] = (dashes < 0 ? words : words.slice(0, dashes)).map(Number);
const options = dashes < 0 ? [] : words.slice(dashes + 1);
if (![quiet, busy].every((count) => Number.isInteger(count) && count >= 0)) {
  process.stderr.write('say how many runs: repeat-runs.js QUIET BUSY\n');
  process.exit(2);
}

/** How often each verdict was given to a cell, by its id. */
const verdicts = new Map<string, Map<string, number>>();
for (let done = 0; done < quiet + busy; done += 1) {
  // The busy ones are spread evenly among all.
  const isBusy = Math.floor(((done + 1) * busy) / (quiet + busy)) > Math.floor((done * busy) / (quiet + busy));
  const { cells } = isBusy ? await whileBusy(oneRun) : await oneRun();
  for (const { id, verdict } of cells) {
    const counts = verdicts.get(id) ?? new Map<string, number>();
    verdicts.set(id, counts.set(verdict, (counts.get(verdict) ?? 0) + 1));
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${done + 1} of ${quiet + busy}`);
}

const differing = [...verdicts].filter(([, counts]) => counts.size > 1);
for (const [id, counts] of differing) {
  process.stdout.write(`${id}: ${[...counts].map(([verdict, count]) => `${verdict} ${count} times`).join(', ')}\n`);
}
const runs = `${quiet + busy} runs, ${busy} of them with every processor busy`;
const found =
  differing.length === 0 ? 'each has the same verdict in all' : `${differing.length} have not the same verdict in all`;
process.stdout.write(`${runs}: ${verdicts.size} cells, ${found}\n`);
process.exitCode = differing.length === 0 ? 0 : 1;

/** @throws Error when the run made no record */
async function oneRun(): Promise<BindRecord> {
  const run = ['run', '--no-reports', '--format', 'json', ...options];
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
