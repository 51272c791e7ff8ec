import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AgentProcess } from '../../harness/agent-process.ts';
import type { DeclaredProgram, Variation } from '../../program/program.ts';
import { failedCalls } from '../../program/output.ts';
import type { ProgramRun, ProgramSocket, ProgramStart } from '../../record/program.ts';
import { onPath } from '../../lab/programs.ts';
import { paced } from '../../process/pace.ts';
import { Unavailable } from '../../process/unavailable.ts';
import { hasIPv6 } from './lan.ts';
import { Instance } from './instance.ts';
import { launchAt, preparation, TRACE, type Launch } from './launch.ts';
import { programSockets } from './look.ts';
import { Namespaces, type Room } from './namespaces.ts';
import { SURROUNDINGS } from './surroundings.ts';
import { openSockets, waitUntilUp, type WatchPatience } from './watch.ts';

/** How long the lines of preparation may take, in milliseconds on a quiet machine. */
const PREPARATION = 60_000;

/** How long a program that had a service and has only other sockets is waited for, in milliseconds on a quiet machine. */
const ENOUGH = 10_000;

/** And one that has had a socket before, to the first one; ENOUGH, or so many times what it took before. */
const LONGER = 4;

/** What all questions about one program share. */
export interface ProgramContext {
  readonly program: DeclaredProgram;
  /** An agent of the machine, outside of all namespaces. */
  readonly agent: AgentProcess;
  readonly terminal: boolean;
  readonly lowestPort?: number;
  readonly signal: AbortSignal;
  /** How many sockets the first start had, whether it was reached by one, and after how many milliseconds it had one. */
  usual?: { readonly sockets: number; readonly isService: boolean; readonly after: number };
  /** The ports that it had each time it was started. */
  own?: ReadonlySet<number>;
  /** What could not be done is noted here. */
  note(cannot: string): void;
}

/** A program on a stage of its own: one is opened for each question, so that none sees what another has left. */
export class ProgramStage {
  readonly stage: Namespaces;
  readonly launch: Launch;
  readonly #context: ProgramContext;
  readonly #variation: Variation | undefined;
  readonly #prepared = new Set<Room>();

  constructor(context: ProgramContext, stage: Namespaces, address: string, variation?: Variation) {
    this.#context = context;
    this.stage = stage;
    this.#variation = variation;
    this.launch = launchAt(context.program, address, variation);
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  /** Starts an instance and waits until it is up. */
  async start(
    how: { room?: Room; trace?: boolean } & Partial<Omit<WatchPatience, 'signal'>> = {},
  ): Promise<{ instance: Instance; start: ProgramStart; wait: () => Promise<ProgramStart> }> {
    const { room = this.stage.room, trace = false, ...patience } = how;
    await this.#prepare(room);
    const { terminal, signal, program, usual } = this.#context;
    const known = usual === undefined ? {} : { usual: usual.sockets, limit: limitOf(program, usual.after) };
    const instance = Instance.start(this.stage, room, this.launch, { terminal, trace });
    const wait = () => waitUntilUp(instance, this.stage.net, program, { ...known, ...patience, signal });
    return { instance, start: await wait(), wait };
  }

  /** The sockets of an instance now. */
  sockets(instance: Instance): Promise<ProgramSocket[]> {
    const { agent, own } = this.#context;
    return programSockets(
      { agent, stage: this.stage, launch: this.launch, ...(own === undefined ? {} : { own }) },
      instance,
    );
  }

  /** Starts an instance, and says what it has. */
  async run(how: Parameters<ProgramStage['start']>[0] = {}): Promise<{ instance: Instance; run: ProgramRun }> {
    const { instance, start: first, wait } = await this.start(how);
    let start = first;
    for (;;) {
      const before = openSockets(this.stage.net);
      const sockets = await this.sockets(instance);
      if (start.outcome !== 'up') return { instance, run: { start, sockets } };
      const isSteady = isEqual(before, openSockets(this.stage.net));
      const isEnough = sockets.some(isInternet) && (this.#context.usual?.isService !== true || isReached(sockets));
      if (isSteady && isEnough) return { instance, run: { start, sockets } };
      // A socket that has gone again was only to try a port, and helpers alone are not what it was reached by before.
      if (performance.now() - instance.began >= paced(ENOUGH)) return { instance, run: { start, sockets } };
      start = await wait();
    }
  }

  /**
   * Why a start failed: where the output does not tell, it is started once more, and its calls are traced. Returns the run
   * with the error of the call that failed.
   */
  async explained({ start, sockets }: ProgramRun): Promise<ProgramRun> {
    if (start.outcome === 'up' || start.outcome === 'missing' || !onPath('strace')) return { start, sockets };
    await this.stage.killAll();
    const { run } = await this.run({ trace: true, before: openSockets(this.stage.net), limit: ENOUGH });
    const refusal = run.start.outcome === 'up' ? undefined : refusalIn(this.failed(this.stage.room));
    if (refusal === undefined) return { start, sockets };
    return {
      start: { ...start, error: { ...start.error, name: refusal.error, call: refusal.call, certain: true } },
      sockets,
    };
  }

  /** The calls of a traced instance that failed. */
  failed(room: Room): { call: string; error: string }[] {
    try {
      return failedCalls(readFileSync(`/proc/${room.pid}/root${TRACE}`, 'utf8'));
    } catch {
      return [];
    }
  }

  /** Does the preparation once for each room. @throws Unavailable when it fails */
  async #prepare(room: Room): Promise<void> {
    if (this.#prepared.has(room)) return;
    this.#prepared.add(room);
    for (const folder of room.shared) {
      this.#context.note(`the files in ${folder} are the machine's own, and read-only`);
    }
    const failure = await shell(this.stage.enter(room), preparation(this.launch, this.#variation));
    if (failure === null) return;
    const { unit } = this.#context.program;
    const isRoot = process.getuid?.() === 0;
    const what = unit === undefined ? 'the preparation' : `what ${unit} does before its start`;
    if (isRoot) throw new Unavailable(`${what} failed: ${failure}`, 'correct it');
    throw new Unavailable(
      unit === undefined
        ? `${what} failed: ${failure}`
        : `${unit} needs root: what it does before its start failed (${failure})`,
      unit === undefined ? 'correct it, or run it with sudo' : 'run it with sudo',
    );
  }
}

/** A program that took a moment to its first socket need not be given all of its time again; in milliseconds. */
function limitOf({ ready }: DeclaredProgram, after: number): number {
  const most = ready?.limit === undefined ? Number.POSITIVE_INFINITY : ready.limit * 1000;
  return Math.min(most, Math.max(ENOUGH, after * LONGER));
}

/** The error of the first call that failed because of its address. */
export function refusalIn<T extends { readonly error: string }>(failed: readonly T[]): T | undefined {
  return failed.find(({ error }) => error !== 'EINVAL');
}

function isEqual(one: ReadonlySet<number>, other: ReadonlySet<number>): boolean {
  return one.size === other.size && [...one].every((inode) => other.has(inode));
}

function isInternet({ scope }: ProgramSocket): boolean {
  return scope !== 'local';
}

/** Whether others reach it by one of its sockets, also by a port that the kernel chose. */
function isReached(sockets: readonly ProgramSocket[]): boolean {
  return sockets.some(({ role, protocol }) => role === 'service' || (role === 'chance' && protocol === 'tcp'));
}

/** Opens a stage, plays on it, and closes it. @throws Unavailable where it can't be opened */
export async function onStage<T>(
  context: ProgramContext,
  act: (play: ProgramStage) => Promise<T>,
  { ipv6 = hasIPv6(), address = SURROUNDINGS.lan[0] ?? '', variation }: StageOptions = {},
): Promise<T> {
  const { program, lowestPort } = context;
  const stage = await Namespaces.open({
    layers: program.layers ?? [],
    ipv6,
    ...(lowestPort === undefined ? {} : { lowestPort }),
  });
  try {
    return await act(new ProgramStage(context, stage, address, variation));
  } finally {
    await stage.close();
  }
}

interface StageOptions {
  ipv6?: boolean;
  address?: string;
  variation?: Variation | undefined;
}

/** Runs shell text by some words. Returns what it complained about when it failed; null when it did not. */
function shell([file = '', ...words]: readonly string[], text: string): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(
      file,
      [...words, 'sh', '-c', text],
      { timeout: paced(PREPARATION), killSignal: 'SIGKILL', maxBuffer: 1_000_000 },
      (error, _stdout, stderr) => {
        if (error === null) resolve(null);
        else
          resolve(
            stderr.trim().split('\n').at(-1) ||
              (error.killed === true ? 'it did not end' : error.message.split('\n')[0] || 'it failed'),
          );
      },
    );
  });
}
