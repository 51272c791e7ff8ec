import type { ChildProcess, spawn } from 'node:child_process';

/** How much a program may print before the rest is left out, in characters. */
const MOST_OUTPUT = 65_536;

/** A program that the agent started, as a user would start it. */
export interface Program {
  child: ChildProcess;
  /** Null once it runs, or the symbolic name of the error (`ENOENT` where it is not installed). */
  started: Promise<string | null>;
  output: string;
  exit: number | null;
  /** Settled once it has ended and its output is all there. */
  ended: Promise<void>;
}

/** How long output that a program's children may still print is waited for once it has ended, in milliseconds. */
const LAST_OUTPUT = 20;

/** Loaded when the first program is started, because most agents start none. */
export async function loadSpawn(): Promise<typeof spawn> {
  return (await import('node:child_process')).spawn;
}

/** Starts a program without input and collects its output; the sockets it inherits are its descriptors from 3 on. */
export function startProgram(
  start: typeof spawn,
  command: string,
  args: string[],
  inherited: readonly number[],
): Program {
  const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe', ...inherited] });
  const started = new Promise<string | null>((resolve, reject) => {
    child.once('spawn', () => resolve(null));
    // An error that the system returned has a code; any other error is a fault.
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === undefined) reject(error);
      else resolve(error.code);
    });
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('exit', () => setTimeout(resolve, LAST_OUTPUT));
  });
  const program: Program = { child, started, output: '', exit: null, ended };
  const collect = (chunk: Buffer) => {
    if (program.output.length < MOST_OUTPUT) program.output += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  child.on('exit', (code) => {
    program.exit = code ?? -1;
  });
  return program;
}

/** Waits until a program has ended, but no longer than `within` milliseconds. */
export async function endedWithin(program: Program, within: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, within);
  });
  await Promise.race([program.ended, late]);
  clearTimeout(timer);
}
