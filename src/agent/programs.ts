import type { ChildProcess } from 'node:child_process';

/** What a program may print before the rest is left out, in characters. */
const MOST_OUTPUT = 65_536;

/** A program that the agent started, as a user would start it. */
export interface Program {
  child: ChildProcess;
  output: string;
  exit: number | null;
}

/**
 * Starts a program with its output collected and no input.
 * @returns the program, or the symbolic name of the error (`ENOENT` where it is not installed).
 */
export async function spawnProgram(command: string, args: string[]): Promise<Program | string> {
  const { spawn } = await import('node:child_process');
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const program: Program = { child, output: '', exit: null };
  const collect = (chunk: Buffer) => {
    if (program.output.length < MOST_OUTPUT) program.output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.on('exit', (code) => {
    program.exit = code ?? -1;
  });
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(program));
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
