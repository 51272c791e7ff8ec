import { fstatSync, statSync, writeSync } from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import { EXIT } from './exit.ts';

type Failure = NodeJS.ErrnoException;
type Output = 'stdout' | 'stderr';

const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/** Whether this process is the command's own, so that no one but `print` writes to its outputs. */
let isOwn = false;
/** The streams of Node.js that are used. To load one takes as long as much of a short command, so that most need none. */
const streams = new Set<Output>();

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
  isOwn = true;
  process.on('exit', (code) => {
    process.exitCode = withOutput(code);
  });
}

/** Whether a person sees it as it is printed. */
export function isTerminal(to: Output): boolean {
  return !(isOwn && isPlain(to)) && process[to].isTTY;
}

/** The exit code of a command that would end with `code`, were it not for output that could not be written. */
function withOutput(code: number): number {
  // A reader that has seen enough, like head, is not an error.
  if (lost.stdout === null || isClosedPipe(lost.stdout)) return code;
  return code === EXIT.interrupted ? code : EXIT.harness;
}

function write(to: Output, text: string): void {
  if (lost[to] !== null) return;
  try {
    if (isPlain(to) && isOwn && !streams.has(to)) writeWhole(to, text);
    else streamOf(to).write(text);
  } catch (error) {
    lose(to, error as Failure);
  }
}

/**
 * Writes without a stream. Node's own stream writes a file once and does not look how much of it there was room for. Where
 * another program has made a pipe one that does not wait, the stream waits for it.
 * @throws Error as write(2) does
 */
function writeWhole(to: Output, text: string): void {
  const bytes = Buffer.from(text);
  let at = 0;
  try {
    while (at < bytes.length) at += writeSync(DESCRIPTORS[to], bytes, at);
  } catch (error) {
    if ((error as Failure).code !== 'EAGAIN') throw error;
    streamOf(to).write(bytes.subarray(at));
  }
}

function streamOf(to: Output): NodeJS.WriteStream {
  const stream = process[to];
  if (isOwn && !streams.has(to)) stream.on('error', (error: Failure) => lose(to, error));
  streams.add(to);
  return stream;
}

const plain: { stdout?: boolean; stderr?: boolean } = {};

/** Whether it is a file or, where all of them are written at once, anything else but a terminal. */
function isPlain(to: Output): boolean {
  plain[to] ??= looksPlain(DESCRIPTORS[to]);
  return plain[to];
}

function looksPlain(descriptor: number): boolean {
  const found = fstatSync(descriptor);
  if (found.isFile() || process.platform === 'win32') return found.isFile();
  return !found.isCharacterDevice() || found.rdev === statSync(os.devNull).rdev;
}

function lose(to: Output, error: Failure): void {
  if (lost[to] !== null) return;
  lost[to] = error;
  if (to === 'stderr' || isClosedPipe(error)) return;
  printError(`bindspec: stdout can't be written to (${error.message}); the command continues without it\n`);
}

/** Windows says EOF for what is EPIPE elsewhere. */
function isClosedPipe({ code }: Failure): boolean {
  return code === 'EPIPE' || code === 'EOF';
}
