import { closeSync, mkdtempSync, openSync, readFileSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { type GuestRequest, type GuestResult } from '../stack.ts';
import { archive, FILE } from './cpio.ts';
import { MODULES, GUEST_REQUEST } from './init.ts';
import { readResults, type Order } from './messages.ts';
import type { Module } from './modules.ts';
import { ALL_LINES, FIRST_SOCKET } from './qemu.ts';
import { Deadline } from '../../process/pace.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** How long a machine may take until its first process runs, in milliseconds on a quiet host; emulated it takes seconds. */
const BOOT_DEADLINE = 120_000;
/** How much of a console is kept, and how much of it is shown if a kernel failed, in characters. */
const CONSOLE_KEPT = 20_000;
const CONSOLE_TOLD = 3;

/** A machine of its own: how it is started, and what runs on it. */
export interface GuestPlan {
  /** As it is called in messages, for example `kernel:6.1`. */
  name: string;
  /** The archive of files that every guest has. */
  base: string;
  modules: readonly Module[];
  /** How many times slower than this machine it may be; deadlines are stretched by as much. */
  pace: number;
  /** Words that are appended to a command line unless it has the option, for example `--jobs=2`. */
  defaults: (argv: readonly string[]) => readonly string[];
  /** The words that start it, given the file of its archive. Its serial lines are sockets, from descriptor 3 on. */
  command: (archive: string) => readonly string[];
}

/**
 * Starts a machine, has it do a command line, passes on what that prints, and ends it.
 * @throws Unavailable when it does not boot, or ends before the command line has.
 */
export async function runGuest(plan: GuestPlan, request: GuestRequest): Promise<GuestResult> {
  const file = openArchive(plan, orderOf(plan, request));
  const child = start(plan.command(`/proc/${process.pid}/fd/${file}`));
  try {
    return await follow(plan, request, child);
  } finally {
    child.kill('SIGKILL');
    await child;
    closeSync(file);
  }
}

/** The command line in the guest: options that were not given get the values for a slow machine. */
function orderOf({ name, pace, defaults }: GuestPlan, { argv, files, reports }: GuestRequest): Order {
  const given = new Set(argv.map((word) => word.split('=')[0]));
  const [command = '', ...rest] = argv;
  const more = defaults(argv).filter((word) => !given.has(word.split('=')[0]));
  const passed = ['NO_COLOR', 'FORCE_COLOR', 'BINDSPEC_DEBUG'].flatMap((variable) => {
    const value = process.env[variable];
    return value === undefined ? [] : [[variable, value] as const];
  });
  return {
    argv: [command, ...more, ...rest],
    files,
    reports,
    environment: { ...Object.fromEntries(passed), BINDSPEC_STACK: name, BINDSPEC_PACE: String(pace) },
    columns: process.stdout.isTTY ? process.stdout.columns : null,
  };
}

/**
 * The archive of one run: the archive of every guest, followed by another with the order and the modules. The file has
 * no name any more when it is returned, so that nothing can be left of it.
 */
function openArchive({ base, modules }: GuestPlan, order: Order): number {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bindspec-guest-'));
  const file = path.join(folder, 'archive');
  const descriptor = openSync(file, 'wx+', 0o600);
  unlinkSync(file);
  rmdirSync(folder);
  const own = archive([
    { path: GUEST_REQUEST.slice(1), mode: FILE, content: Buffer.from(JSON.stringify(order)) },
    ...modules.map(({ name, content }, index) => ({
      path: `${MODULES.slice(1)}/${String(index).padStart(2, '0')}-${name}.ko`,
      mode: FILE,
      content,
    })),
  ]);
  for (const part of [readFileSync(base), own]) {
    for (let written = 0; written < part.length;) written += writeSync(descriptor, part, written);
  }
  return descriptor;
}

/**
 * Starts the emulator so that it ends with this process however it ends: the kernel is asked to kill it when its parent
 * dies, and if the parent had died before that was asked, it is not started at all.
 */
function start(command: readonly string[]) {
  const guarded = ['--pdeathsig', 'KILL', 'sh', '-c', `[ "$PPID" = ${process.pid} ] && exec "$@"`, 'sh', ...command];
  return execa('setpriv', guarded, {
    // What a terminal sends at Ctrl-C is for this process, which then ends the machine.
    detached: true,
    reject: false,
    buffer: false,
    stdio: ['ignore', 'ignore', 'pipe', ...ALL_LINES.map(() => 'pipe' as const)],
  });
}
type Child = ReturnType<typeof start>;

async function follow(plan: GuestPlan, request: GuestRequest, child: Child): Promise<GuestResult> {
  const [stdout, stderr, result, console] = ALL_LINES.map((_, index) => child.stdio[FIRST_SOCKET + index] as Readable);
  stdout?.setEncoding('utf8').on('data', (chunk: string) => request.print(chunk, 'stdout'));
  stderr?.setEncoding('utf8').on('data', (chunk: string) => request.print(chunk, 'stderr'));
  const messages = keep(console);
  const complaints = keep(child.stderr);
  for (const stream of [stdout, stderr, result, console]) stream?.on('error', () => undefined);

  let received: Buffer = Buffer.alloc(0);
  let odd: Error | null = null;
  let progress = readResults(received);
  const onEnd = () => child.kill('SIGKILL');
  const booted = new Deadline(BOOT_DEADLINE).whenPassed(onEnd);
  result?.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    try {
      progress = readResults(received);
    } catch (error) {
      odd = error as Error;
    }
    if (progress.ready) booted();
    // The output came before the result; what is left of it is read to the end of its stream.
    if (progress.outcome || progress.died !== null || odd) onEnd();
  });
  if (request.signal.aborted) onEnd();
  request.signal.addEventListener('abort', onEnd, { once: true });
  await child;
  booted();
  request.signal.removeEventListener('abort', onEnd);
  await Promise.all([stdout, stderr].map((stream) => ended(stream)));

  if (progress.outcome) return progress.outcome;
  if (request.signal.aborted) return { exitCode: 130, reports: new Map() };
  throw failure(plan.name, { ...progress, odd, console: messages(), complaints: complaints() });
}

/** Keeps the last of what a stream brings. */
function keep(stream: Readable | null | undefined): () => string {
  let kept = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    kept = (kept + chunk).slice(-CONSOLE_KEPT);
  });
  return () => kept;
}

function ended(stream: Readable | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (!stream || stream.closed) resolve();
    else stream.once('close', () => resolve());
  });
}

interface Failed {
  ready: boolean;
  died: number | null;
  odd: Error | null;
  console: string;
  complaints: string;
}

/** Why there is no result, on one line. */
export function failure(name: string, { ready, died, odd, console, complaints }: Failed): Unavailable {
  const last = lastWords(console);
  const told = last === '' ? '' : `: ${last}`;
  if (odd) return new Unavailable(`${name} sent an unexpected answer (${odd.message})`, 'try again');
  if (complaints.trim() !== '') {
    const complaint = complaints.trim().split('\n').at(-1) ?? '';
    return new Unavailable(`${name} can't be started: ${complaint}`, "read the emulator's message");
  }
  if (died !== null) {
    const how = died > 128 ? `by signal ${died - 128}` : `with ${died}`;
    const why = /out of memory/i.test(console) ? ', out of memory' : '';
    return new Unavailable(`bindspec died inside ${name} ${how}${why}${told}`, 'try with fewer --jobs');
  }
  if (ready) return new Unavailable(`${name} ended before its run did${told}`, 'try again');
  return new Unavailable(`${name} does not boot${told || ' and prints nothing'}`, 'choose another kernel');
}

/** The lines of a console that say most: from the panic on where there is one, else the last. */
function lastWords(console: string): string {
  const all = console
    .split('\n')
    .map((line) => line.replace(/^\[ *[\d.]+\] /, '').trim())
    .filter(Boolean);
  const panic = all.findIndex((line) => line.includes('Kernel panic'));
  const told = panic < 0 ? all.slice(-CONSOLE_TOLD) : all.slice(panic, panic + 1);
  return told.join(' / ');
}
