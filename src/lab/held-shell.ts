import { execa } from 'execa';
import { killTree } from '../process/kill-tree.ts';
import { Deadline } from '../process/pace.ts';

/** How long a shell may take to end once its stdin is closed, in milliseconds on a quiet machine. */
const GOODBYE = 10_000;

/**
 * A shell that reads its commands from a pipe whose other end the harness holds. Where it is the first process of a pid
 * namespace, everything in there goes with it, and it goes with the harness, however it ends.
 */
export class HeldShell {
  readonly #shell: Shell;
  readonly #deadline: number;
  readonly #lines: string[] = [];
  #complaints = '';
  #rest = '';
  #ended = false;
  #wake: () => void = () => undefined;

  /** Starts the command; `deadline` is how long it may take for one line, in milliseconds on a quiet machine. */
  constructor(command: readonly string[], deadline: number) {
    this.#deadline = deadline;
    const shell = start(command);
    this.#shell = shell;
    shell.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (this.#rest + chunk).split('\n');
      this.#rest = lines.pop() ?? '';
      this.#lines.push(...lines);
      this.#wake();
    });
    shell.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#complaints += chunk;
    });
    // A shell that has ended can't be written to; next() reports that it ended.
    shell.stdin.on('error', () => undefined);
    // Its end, not that of its output: what it complained about is complete by then.
    void shell.then(() => this.#end());
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }

  write(text: string): void {
    this.#shell.stdin.write(text);
  }

  /** The first line of what it complained about; empty where it did not. */
  get complaint(): string {
    return this.#complaints.trim().split('\n')[0] ?? '';
  }

  /** The next line that it prints; null when it has ended, or printed none in time. */
  async next(): Promise<string | null> {
    const deadline = new Deadline(this.#deadline);
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return line;
      if (this.#ended || deadline.passed) return null;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Lets it end, and with it what it holds; one that does not is killed. Never throws. */
  async close(): Promise<void> {
    this.#shell.stdin.end();
    const cancel = new Deadline(GOODBYE).whenPassed(() => this.#kill());
    await this.#shell;
    cancel();
  }

  #kill(): void {
    if (this.#shell.pid !== undefined) killTree(this.#shell.pid);
    this.#shell.kill('SIGKILL');
  }
}

function start([file = '', ...words]: readonly string[]) {
  return execa(file, words, {
    // What a terminal sends at Ctrl-C is for the harness; the shell goes when the harness lets it go.
    detached: true,
    reject: false,
    buffer: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
}
type Shell = ReturnType<typeof start>;
