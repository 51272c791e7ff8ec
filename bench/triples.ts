import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { netns } from '../src/lab/netns.ts';
import { onPath } from '../src/lab/programs.ts';
import { Unavailable } from '../src/process/unavailable.ts';
import { runTriples } from '../src/runner/matrix/triples/run.ts';

const GRACE = 20_000;
/** The C program, which is not compiled into `dist`. */
const SOURCE = path.resolve(import.meta.dirname, '../../bench/triples-one.c');

/**
 * Triples of one owner per second, with everything that a run does, in turn with a C program that makes the same three
 * sockets of each on a fresh port. Only triples whose first two sockets can be made count.
 */
export async function triples(): Promise<string[]> {
  if (!onPath('cc')) {
    return ['skipped: triples against C, because the program cc is not installed; apt-get install gcc libc6-dev'];
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-bench-'));
  try {
    const program = path.join(folder, 'triples-one');
    await execa('cc', ['-O2', '-o', program, SOURCE]);
    const lines: string[] = [];
    for (const protocol of ['udp', 'tcp']) {
      const [ours, theirs] = [await played(protocol), await inC(program, protocol)];
      const figures = `(${Math.round(ours)} / ${Math.round(theirs)} a second)`;
      lines.push(
        `${(ours / theirs).toFixed(2)}  ${protocol.toUpperCase()} triples against a C program that does the three binds in one process  ${figures}`,
      );
    }
    return lines;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return [`skipped: triples, because ${error.message}; ${error.enable}`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function played(protocol: string): Promise<number> {
  const { counts, duration } = await runTriples(
    netns,
    {
      version: 'bench',
      asked: { protocol, state: 'bound/bound', uid: 'same' },
      jobs: Math.min(4, os.availableParallelism()),
      more: [],
      grace: GRACE,
      signal: new AbortController().signal,
    },
    { started: () => undefined, did: () => undefined },
  );
  if (counts.mismatches > 0) throw new Error(`${counts.mismatches} triples are not as the model says`);
  return ((counts.triples - counts.refused) / duration) * 1000;
}

/** In a lab of its own, so that it has the same addresses. */
async function inC(program: string, protocol: string): Promise<number> {
  const lab = await netns.open();
  try {
    const [command = '', ...words] = lab.launch('machine');
    const { stdout } = await execa(command, [...words, program, protocol]);
    return Number(stdout.split(' ')[0]);
  } finally {
    await lab.close();
  }
}
