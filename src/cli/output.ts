import { fstatSync, writeSync } from 'node:fs';
import process from 'node:process';
import { EXIT } from './exit.ts';

type Failure = NodeJS.ErrnoException;

/** Why stdout and stderr can no longer be written to; null while they can. */
const lost: { stdout: Failure | null; stderr: Failure | null } = { stdout: null, stderr: null };

/**
 * Prints on stdout. Once that could not be written, nothing more is printed and nothing is thrown: a run goes on, because
 * its reports are worth more than its lines.
 */
export function print(text: string): void {
  write('stdout', text);
}

/** Prints on stderr; what can't be written there is lost, and changes nothing. */
export function printError(text: string): void {
  write('stderr', text);
}

/** From now on, reports output that can't be written, and has the process end with the exit code for it. */
export function watchOutput(): void {
  process.stdout.on('error', (error: Failure) => lose('stdout', error));
  process.stderr.on('error', (error: Failure) => lose('stderr', error));
  process.on('exit', (code) => {
    process.exitCode = withOutput(code);
  });
}

/** The exit code of a command that would end with `code`, were it not for output that could not be written. */
function withOutput(code: number): number {
  // A reader that has seen enough, like head, is not an error.
  if (lost.stdout === null || isClosedPipe(lost.stdout)) return code;
  return code === EXIT.interrupted ? code : EXIT.harness;
}

function write(to: 'stdout' | 'stderr', text: string): void {
  if (lost[to] !== null) return;
  try {
    if (isFile(to)) writeWhole(process[to].fd, text);
    else process[to].write(text);
  } catch (error) {
    lose(to, error as Failure);
  }
}

/** Node writes a file once and does not look how much of it there was room for. @throws Error as write(2) does */
function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}

const files: { stdout?: boolean; stderr?: boolean } = {};

function isFile(to: 'stdout' | 'stderr'): boolean {
  files[to] ??= fstatSync(process[to].fd).isFile();
  return files[to];
}

function lose(to: 'stdout' | 'stderr', error: Failure): void {
  if (lost[to] !== null) return;
  lost[to] = error;
  if (to === 'stderr' || isClosedPipe(error)) return;
  printError(`bindspec: stdout can't be written to (${error.message}); the command continues without it\n`);
}

/** Windows says EOF for what is EPIPE elsewhere. */
function isClosedPipe({ code }: Failure): boolean {
  return code === 'EPIPE' || code === 'EOF';
}
