import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { endWithUs } from '../../process/end-with-us.ts';
import { plainText } from '../../program/output.ts';
import { SHIM, startText, type Launch } from './launch.ts';
import type { Room, Namespaces } from './namespaces.ts';

/** How much of what a program prints is kept, in characters, from its beginning and from its end. */
const MOST_OUTPUT = 32_768;
/** What a shell ends with for a command that it does not find, or may not run. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const BY_SIGNAL = 128;

/** How the process that was started ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal?: string;
}

/** One start of a program in a room, and every process that comes from it. */
export class Instance {
  #files = '';
  #head = '';
  #tail = '';
  #told = '';
  #exit: Exit | null = null;
  /** The process file system of its own processes: there are few in it. */
  readonly #proc: string;
  /** When it was started, on the clock of `performance.now`. */
  readonly began = performance.now();

  private constructor(child: ChildProcess, proc: string) {
    this.#proc = proc;
    endWithUs(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => this.#keep(chunk));
    }
    const told = child.stdio[3];
    if (told !== null && told !== undefined && 'setEncoding' in told) {
      told.setEncoding('utf8').on('data', (chunk: string) => this.#tell(chunk));
    }
    child.stdin?.on('error', () => undefined);
    child.on('error', () => {
      this.#exit ??= { code: NOT_FOUND };
    });
    child.on('exit', () => {
      // Only what starts it has ended: the program was killed with it, or it never began.
      this.#exit ??= { code: null, signal: 'SIGKILL' };
    });
  }

  /** Starts it. Its mount namespace is its own, so that its processes are known from all others. */
  static start(stage: Namespaces, room: Room, launch: Launch, how: { terminal: boolean; trace: boolean }): Instance {
    const [file, ...words] = [
      ...stage.enter(room),
      'unshare',
      '--mount',
      '--propagation',
      'unchanged',
      'sh',
      '-c',
      startText(launch, how),
    ];
    const child = spawn(file ?? 'nsenter', words, {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    return new Instance(child, `/proc/${room.pid}/root/proc`);
  }

  /** How the process that was started ended; null while it runs. */
  get exit(): Exit | null {
    return this.#exit;
  }

  /** What it printed, without colours and the like. */
  get output(): string {
    return plainText(this.#tail === '' ? this.#head : `${this.#head}\n${this.#tail}`);
  }

  /** Its mount namespace, as the kernel names it; empty before it has one. */
  get files(): string {
    return this.#files;
  }

  /** The processes that come from it, what starts it left out, by their numbers here. */
  processes(): number[] {
    if (this.#files === '') return [];
    return entriesOf('/proc').flatMap((entry) => {
      try {
        if (readlinkSync(`/proc/${entry}/ns/mnt`) !== this.#files) return [];
        return isShim(entry) ? [] : [Number(entry)];
      } catch {
        return [];
      }
    });
  }

  /** Whether a thread of it runs, or waits for a processor or for the disk. One that is being started or ends is at work. */
  isAtWork(): boolean {
    if (this.#files === '' || (this.#exit === null && this.processes().length === 0)) return true;
    return entriesOf(this.#proc).some((pid) => {
      try {
        if (readlinkSync(`${this.#proc}/${pid}/ns/mnt`) !== this.#files) return false;
        return entriesOf(`${this.#proc}/${pid}/task`).some((task) =>
          /\) [RD] [^)]*$/.test(readFileSync(`${this.#proc}/${pid}/task/${task}/stat`, 'latin1')),
        );
      } catch {
        // It has ended.
        return false;
      }
    });
  }

  /** Kills its processes, and what started them, and no others. */
  async kill(): Promise<void> {
    for (let turn = 0; turn < 100; turn += 1) {
      const pids = this.processes();
      for (const pid of pids) kill(pid);
      if (pids.length === 0) break;
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
    for (const pid of this.#shims()) kill(pid);
  }

  #shims(): number[] {
    return entriesOf('/proc').flatMap((entry) => {
      try {
        return readlinkSync(`/proc/${entry}/ns/mnt`) === this.#files ? [Number(entry)] : [];
      } catch {
        return [];
      }
    });
  }

  #keep(chunk: string): void {
    const room = MOST_OUTPUT - this.#head.length;
    if (room > 0) this.#head += chunk.slice(0, room);
    if (chunk.length > room) this.#tail = (this.#tail + chunk.slice(Math.max(0, room))).slice(-MOST_OUTPUT);
  }

  #tell(chunk: string): void {
    this.#told += chunk;
    const lines = this.#told.split('\n');
    this.#told = lines.pop() ?? '';
    for (const line of lines) {
      const [word, text = ''] = line.split(' ');
      if (word === 'files') this.#files = text;
      if (word === 'exit') this.#exit = exitOf(Number(text));
      if (word === 'missing') this.#exit = { code: NOT_FOUND };
    }
  }
}

/** The numbers in a folder of the process file system; none where it has gone. */
function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((entry) => /^\d+$/.test(entry));
  } catch {
    return [];
  }
}

/** A shell has one number for both ways to end. */
function exitOf(code: number): Exit {
  const name = SIGNALS[code - BY_SIGNAL];
  return code > BY_SIGNAL && name !== undefined ? { code: null, signal: name } : { code };
}

/** Whether an exit means that there was nothing to start. */
export function isMissing({ code }: Exit, output: string): boolean {
  if (code !== NOT_FOUND && code !== NOT_EXECUTABLE) return false;
  return /No such file|not found|Permission denied|Exec format/i.test(output) || output === '';
}

/** The signals of Linux that end programs, by their numbers on every machine. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

/** What is needed to start a program, or to trace it, is not of the program. */
function isShim(pid: string): boolean {
  if (readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(SHIM)) return true;
  if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))) return true;
  const name = readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
  return name === 'strace' || name === 'unshare';
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
