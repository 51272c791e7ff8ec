import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { type Lab } from '../src/lab/lab.ts';
import { netns } from '../src/lab/netns.ts';
import { onPath } from '../src/lab/programs.ts';
import { NO_DEVICES } from '../src/matrix/axes.ts';
import { matrixPlanOf, type Block } from '../src/matrix/blocks.ts';
import { namesOf } from '../src/matrix/sockets.ts';
import { attempt, clear, prepare, type Chunk } from '../src/runner/matrix/chunk.ts';
import { Crew } from '../src/runner/matrix/crew.ts';
import { PortBlocks } from '../src/runner/matrix/port-block.ts';
import { runMatrix } from '../src/runner/matrix/run.ts';
import { AgentPool } from '../src/runner/pool.ts';
import { median } from './ratio.ts';
import { Unavailable } from '../src/process/unavailable.ts';

const ROUNDS = 5;
const COUNT = 27_040;
const CHUNK = 1000;
const FORKS = 3000;
const GRACE = 20_000;
/** The C programs, which are not compiled into `dist`. */
const SOURCES = path.resolve(import.meta.dirname, '../../bench');

/**
 * UDP pairs per second between two agents, in turn with two C programs that make the same pairs: both binds in one
 * process, and the second in a process that is forked for it. Then the whole matrix.
 */
export async function pairs(): Promise<string[]> {
  let lab: Lab;
  try {
    lab = await netns.open();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return [`skipped: pairs, because ${error.message}; ${error.enable}`];
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-bench-'));
  const pool = new AgentPool(lab, { fresh: false, grace: GRACE });
  try {
    const crew = new Crew(pool, lab.facts);
    const ports = new PortBlocks(lab.facts);
    const block = udpBlock(lab);
    const programs = await compiled(folder);
    const rates = { agents: [] as number[], one: [] as number[], fork: [] as number[] };
    await betweenAgents(block, COUNT, crew, ports);
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.agents.push(await betweenAgents(block, COUNT, crew, ports));
      if (!programs) continue;
      rates.one.push(await inC(lab, programs.one, COUNT));
      rates.fork.push(await inC(lab, programs.fork, FORKS));
    }
    const [small, large] = [
      await betweenAgents(block, COUNT, crew, ports),
      await betweenAgents(block, COUNT * 4, crew, ports),
    ];
    return [
      `${Math.round(median(rates.agents))}  UDP pairs a second between two processes, median of ${ROUNDS}`,
      ...(programs
        ? [
            against('a C program that forks for each pair', rates.agents, rates.fork),
            against('a C program that does both binds in one process', rates.agents, rates.one),
          ]
        : ['skipped: pairs against C, because the program cc is not installed; apt-get install gcc libc6-dev']),
      `${(small / large).toFixed(2)}  time for a pair among ${COUNT * 4} against one among ${COUNT}`,
      await whole(),
    ];
  } finally {
    await pool.close();
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function against(what: string, agents: readonly number[], others: readonly number[]): string {
  const [ours, theirs] = [median(agents), median(others)];
  return `${(ours / theirs).toFixed(2)}  UDP pairs against ${what}  (${Math.round(ours)} / ${Math.round(theirs)} a second)`;
}

function udpBlock(lab: Lab): Block {
  const asked = { protocol: 'udp', state: 'bound', uid: 'same', devices: NO_DEVICES };
  const choice = { ...namesOf(lab.facts), system: 'linux', lab: lab.facts.lab };
  const [block] = matrixPlanOf(asked, choice, [NO_DEVICES], () => null).blocks;
  if (!block) throw new Error('the lab has no pairs');
  return block;
}

/** Pairs per second. While the second sockets of a chunk are bound, the first ones of the next are. */
async function betweenAgents(block: Block, count: number, crew: Crew, ports: PortBlocks): Promise<number> {
  const size = block.first.length * block.second.length;
  const chunks: Chunk[] = [];
  for (let from = 0; from < count; from += CHUNK) {
    const length = Math.min(CHUNK, count - from);
    chunks.push({ block, pairs: Array.from({ length }, (_, index) => (from + index) % size) });
  }
  const began = performance.now();
  const begin = () => {
    const chunk = chunks.shift();
    return chunk && prepare(chunk, crew, ports);
  };
  for (let now = begin(); now;) {
    const ready = await now;
    now = begin();
    await attempt(ready, crew);
    await clear(ready, crew);
  }
  return (count / (performance.now() - began)) * 1000;
}

async function compiled(folder: string): Promise<{ one: string; fork: string } | null> {
  if (!onPath('cc')) return null;
  const build = async (name: string) => {
    const program = path.join(folder, name);
    await execa('cc', ['-O2', '-o', program, path.join(SOURCES, `${name}.c`)]);
    return program;
  };
  return { one: await build('pairs-one'), fork: await build('pairs-fork') };
}

async function inC(lab: Lab, program: string, count: number): Promise<number> {
  const [command = '', ...words] = lab.launch('machine');
  const { stdout } = await execa(command, [...words, program, `${count}`]);
  return Number(stdout.split(' ')[0]);
}

async function whole(): Promise<string> {
  const { counts, duration } = await runMatrix(
    netns,
    {
      version: 'bench',
      asked: {},
      jobs: Math.min(4, os.availableParallelism()),
      more: [],
      grace: GRACE,
      signal: new AbortController().signal,
    },
    { started: () => undefined, did: () => undefined },
  );
  const memory = Math.round(process.memoryUsage().rss / 1_000_000);
  return `${(duration / 1000).toFixed(1)} s  the whole matrix: ${counts.pairs} pairs, ${counts.mismatches} mismatches, ${memory} MB in the harness`;
}
