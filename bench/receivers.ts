import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import type { Lab } from '../src/lab/lab.ts';
import { netns } from '../src/lab/netns.ts';
import { onPath } from '../src/lab/programs.ts';
import { NO_DEVICES } from '../src/matrix/axes.ts';
import { receiverPlanOf, type ReceiverBlock } from '../src/matrix/receivers/blocks.ts';
import { blockPredictor } from '../src/matrix/receivers/prediction.ts';
import { namesOf } from '../src/matrix/sockets.ts';
import { models } from '../src/model/index.ts';
import type { Protocol } from '../src/model/types.ts';
import { runReceivers } from '../src/runner/matrix/receivers/run.ts';
import { ReceiverWork } from '../src/runner/matrix/receivers/work.ts';
import { AgentPool } from '../src/runner/pool.ts';
import { Unavailable } from '../src/process/unavailable.ts';
import { median } from './ratio.ts';

const ROUNDS = 3;
const GRACE = 20_000;
/** The C program, which is not compiled into `dist`. */
const SOURCE = path.resolve(import.meta.dirname, '../../bench/receivers-one.c');
const STATES = { udp: 'bound/bound', tcp: 'listening/listening' } as const;

/**
 * Probes per second to pairs whose sockets belong to two processes, sent by a third and from the neighbour, in turn with a
 * C program that does the same binds and probes in one process, without the neighbour. Then the whole block.
 */
export async function receivers(): Promise<string[]> {
  const lines: string[] = [];
  let lab: Lab;
  try {
    lab = await netns.open();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return [`skipped: receivers, because ${error.message}; ${error.enable}`];
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-bench-'));
  try {
    const program = await compiled(folder);
    for (const protocol of ['udp', 'tcp'] as const) {
      const rates = { agents: [] as number[], one: [] as number[] };
      for (let round = 0; round < ROUNDS; round += 1) {
        rates.agents.push(await betweenAgents(lab, protocol));
        if (program !== null) rates.one.push(await inC(lab, program, protocol));
      }
      const name = protocol.toUpperCase();
      const [ours, theirs] = [median(rates.agents), median(rates.one)];
      lines.push(
        program === null
          ? `${Math.round(ours)}  ${name} probes a second; against C skipped, because the program cc is not installed; apt-get install gcc libc6-dev`
          : `${(ours / theirs).toFixed(2)}  ${name} probes against a C program that does binds and probes in one process  (${Math.round(ours)} / ${Math.round(theirs)} a second)`,
      );
    }
  } finally {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return [...lines, await wholeBlock()];
}

/** Probes per second in one lab, from the end of the first chunk on, when all processes are there. */
async function betweenAgents(lab: Lab, protocol: Protocol): Promise<number> {
  const { facts } = lab;
  const asked = { protocol, state: STATES[protocol], uid: 'same', devices: NO_DEVICES };
  const choice = { ...namesOf(facts), system: 'linux', lab: facts.lab };
  const { blocks } = receiverPlanOf(asked, choice, [NO_DEVICES], facts, () => null);
  const predictor = blockPredictor({ model: models.linux, setting: {}, owner: 0, peers: facts });
  const pool = new AgentPool(lab, { fresh: false, grace: GRACE });
  let began: number | undefined;
  let first = 0;
  let done = 0;
  const did = (pairs: number) => {
    done += pairs;
    if (began !== undefined) return;
    began = performance.now();
    first = done;
  };
  try {
    await new ReceiverWork(blocks, predictor, new AbortController().signal, did).in(pool, facts);
  } finally {
    await pool.close();
  }
  const probes = blocks.reduce((sum, block) => sum + probesIn(block, predictor), 0);
  return ((probes * (done - first)) / done / (performance.now() - (began ?? 0))) * 1000;
}

/** How many probes the pairs of a block get, without those that only show every member of a group. */
function probesIn(block: ReceiverBlock, predictor: ReturnType<typeof blockPredictor>): number {
  const predict = predictor(block);
  const pairs = Array.from({ length: block.first.length * block.second.length }, (_, pair) => pair);
  return pairs.filter((pair) => predict(pair).together === 'yes').length * block.ways.length;
}

async function compiled(folder: string): Promise<string | null> {
  if (!onPath('cc')) return null;
  const program = path.join(folder, 'receivers-one');
  await execa('cc', ['-O2', '-D_GNU_SOURCE', '-o', program, SOURCE]);
  return program;
}

async function inC(lab: Lab, program: string, protocol: Protocol): Promise<number> {
  const [command = '', ...words] = lab.launch('machine');
  const { stdout } = await execa(command, [...words, program, protocol, '10816']);
  return Number(stdout.split(' ')[0]);
}

async function wholeBlock(): Promise<string> {
  const { counts, duration } = await runReceivers(
    netns,
    {
      version: 'bench',
      asked: {},
      jobs: Math.min(4, os.availableParallelism() + 1),
      more: [],
      grace: GRACE,
      signal: new AbortController().signal,
    },
    { started: () => undefined, did: () => undefined },
  );
  return `${(duration / 1000).toFixed(1)} s  who receives, the whole block: ${counts.pairs} pairs, ${counts.cells} probes, ${counts.mismatches} mismatches`;
}
