import { execa } from 'execa';
import { PROTOCOL_VERSION, type Hello, type Operation, type Reply, type Result } from '../protocol/messages.ts';
import { helloSchema, replySchema } from '../protocol/schema.ts';
import { HarnessError } from './harness-error.ts';
import { endWithUs } from '../process/end-with-us.ts';
import { killTree } from '../process/kill-tree.ts';
import { remedyOf, tasksExhausted } from '../process/limits.ts';
import { Deadline, paced } from '../process/pace.ts';

/** The longest line an agent may print, in characters; a batch of thousands of results stays far below it. */
const LONGEST_LINE = 16_000_000;
/** How much of what an agent printed is quoted in a message. */
const QUOTED = 120;
/** The same for its last output before it ends, which may say what to do about it. */
const QUOTED_OF_END = 400;
/**
 * How long an agent may take to start, and to answer in addition to the time that its operations wait. This is the default,
 * in milliseconds on a quiet machine. It may be on the other side of the world.
 */
const GRACE = 20_000;
/**
 * How long an agent may take to end by itself once its stdin is closed, in milliseconds on a quiet machine. It is never
 * longer than the time that the agent may take to answer.
 */
const GOODBYE = 2000;

export interface AgentSettings {
  /** The command, including the host's launch words. */
  command: readonly string[];
  /** Its name in messages, for example "the agent on guinness". */
  title: string;
  /** Milliseconds an agent may take to start, and to answer in addition to its operations' own waits, on a quiet machine. */
  grace?: number;
  /** Where the agent may outlive the process that was started for it: the command that ends it, given its number there. */
  ender?: readonly string[];
  /** The clock that the agents of its host share. */
  clock?: HostClock;
  /** Ends it while it is still starting. */
  signal?: AbortSignal;
}

/** The harness's knowledge of the clock of a host. */
export class HostClock {
  #offset = Number.POSITIVE_INFINITY;

  /** Harness clock minus agent clock, in milliseconds; zero where they are the same clock. */
  get offset(): number {
    return Number.isFinite(this.#offset) ? this.#offset : 0;
  }

  /** Notes the difference of a message's two times. It includes the time on the way, so the smallest is the most exact. */
  note(difference: number): void {
    this.#offset = Math.min(this.#offset, difference);
  }
}

/** The answer of an agent to a request that it carried out. */
type Answer = Exclude<Reply, { fault: string }>;

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

/**
 * One agent as the harness sees it: started, greeted, asked, ended. If the agent does anything wrong, it is ended; the
 * request that waits, and every later one, fails with a `HarnessError` that says what was wrong.
 */
export class AgentProcess {
  readonly #settings: AgentSettings;
  readonly #clock: HostClock;
  readonly #child: Child;
  readonly #pending = new Map<number, Waiting>();
  #failure: HarnessError | null = null;
  #greet: { resolve: (hello: Hello) => void; reject: (error: Error) => void } | null = null;
  #rest: string[] = [];
  #restLength = 0;
  #complaints = '';
  #nextId = 1;
  #gone = false;
  /** Its number on its own host, once it is known. */
  #farPid: number | null = null;
  #farEnd: Promise<void> = Promise.resolve();

  private constructor(settings: AgentSettings) {
    this.#settings = settings;
    this.#clock = settings.clock ?? new HostClock();
    this.#child = start(settings.command);
    endWithUs(this.#child);
    this.#child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.#read(chunk));
    this.#child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (this.#complaints.length < 2000) this.#complaints += chunk;
    });
    // If the agent has died, its end reports that; the error of writing to it does not matter.
    this.#child.stdin.on('error', () => undefined);
    void this.#child.then((ended) => this.#ended(ended));
  }

  /** Starts an agent and waits for its first line. @throws HarnessError when its greeting is not what it must be. */
  static async start(settings: AgentSettings): Promise<{ agent: AgentProcess; hello: Hello }> {
    const agent = new AgentProcess(settings);
    const greeting = new Promise<Hello>((resolve, reject) => {
      agent.#greet = { resolve, reject };
    });
    const { signal } = settings;
    const give = () => void agent.#fail('was ended');
    if (signal?.aborted === true) give();
    signal?.addEventListener('abort', give, { once: true });
    try {
      return { agent, hello: await agent.#within(greeting, 0, 'did not say hello', tasksExhausted) };
    } finally {
      signal?.removeEventListener('abort', give);
    }
  }

  get #grace(): number {
    return this.#settings.grace ?? GRACE;
  }

  /** Harness clock minus agent clock, in milliseconds. */
  get clockOffset(): number {
    return this.#clock.offset;
  }

  /** Whether it can still be asked. */
  get usable(): boolean {
    return this.#failure === null;
  }

  /**
   * Has the operations done and returns their results; fewer than were asked if `halt` stopped at one of them.
   * @throws HarnessError when the agent died, did not answer in time, or answered something else.
   */
  async ask(operations: readonly Operation[], halt: boolean): Promise<Result[]> {
    const reply = await this.#request(operations, { halt });
    if (!('results' in reply)) throw this.#fail('answered with outcomes where results were asked for');
    const { results } = reply;
    const stopped = halt && (results.at(-1)?.outcome ?? 'ok') !== 'ok';
    if (results.length > operations.length || (!stopped && results.length < operations.length)) {
      throw this.#fail(`answered ${operations.length} operations with ${results.length} results`);
    }
    return results;
  }

  /**
   * Has the operations done and returns one text for each: its outcome, or what getsockname returned, as
   * `terseName` writes it.
   * @throws HarnessError as `ask` does.
   */
  async askTersely(operations: readonly Operation[]): Promise<string[]> {
    const reply = await this.#request(operations, { terse: true });
    if (!('outcomes' in reply)) throw this.#fail('answered with results where outcomes were asked for');
    const { outcomes } = reply;
    if (outcomes.length !== operations.length) {
      throw this.#fail(`answered ${operations.length} operations with ${outcomes.length} outcomes`);
    }
    return outcomes;
  }

  async #request(operations: readonly Operation[], how: { halt: boolean } | { terse: true }): Promise<Answer> {
    if (this.#failure) throw this.#failure;
    const id = this.#nextId++;
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
    this.#child.stdin.write(`${JSON.stringify({ id, operations, ...how })}\n`);
    const waits = operations.reduce((sum, operation) => sum + ('within' in operation ? (operation.within ?? 0) : 0), 0);
    const names = operations.slice(0, QUOTED).map((operation) => operation.op);
    return this.#within(answer, waits, `did not answer to ${clip(names.join(', '))}`);
  }

  /**
   * Closes its stdin; an agent then ends by itself, and is killed if it does not. A request that still waits for its answer
   * fails at once. Never throws.
   */
  async end(): Promise<void> {
    this.#giveUp('was ended');
    this.#child.stdin.end();
    const cancel = new Deadline(Math.min(GOODBYE, this.#grace)).whenPassed(() => this.#kill());
    await this.#child.catch(() => undefined);
    cancel();
    await this.#farEnd;
  }

  /**
   * Has it killed by SIGKILL, with all its sockets open, and waits until it is gone. Never throws. Every later request fails
   * with the message that it was killed.
   */
  async kill(): Promise<void> {
    this.#giveUp('was killed');
    // The agent kills itself, so that nothing else is killed, wherever it runs; the code that waits for it then sees its end.
    this.#child.stdin.write(
      `${JSON.stringify({ id: this.#nextId++, operations: [{ op: 'die' }] satisfies Operation[] })}\n`,
    );
    const cancel = new Deadline(Math.min(GOODBYE, this.#grace)).whenPassed(() => this.#kill());
    await this.#child.catch(() => undefined);
    cancel();
    await this.#farEnd;
  }

  /**
   * Waits for something, in addition to the milliseconds that the agent itself was to wait; fails if it does not happen. `why`
   * then returns a possible reason; null where none is known.
   */
  async #within<T>(promise: Promise<T>, waits: number, what: string, why = unknownReason): Promise<T> {
    let look: NodeJS.Immediate | undefined;
    const deadline = new Deadline(this.#grace, waits);
    // Timers come before pipes in a turn of the event loop. If the harness did not get the processor in time, the timer
    // has run out and the answer is there. So the pipe is looked at once more before the agent is blamed.
    const cancel = deadline.whenPassed(() => {
      look = setImmediate(() => this.#fail(`${what} within ${deadline.allowed} ms${reason(why())}`));
    });
    try {
      return await promise;
    } finally {
      cancel();
      clearImmediate(look);
    }
  }

  #read(chunk: string): void {
    if (this.#failure) return;
    this.#restLength += chunk.length;
    const lines = chunk.split('\n');
    if (lines.length === 1) {
      this.#rest.push(chunk);
      if (this.#restLength > LONGEST_LINE)
        this.#fail(`printed more than ${LONGEST_LINE} characters without ending the line`);
      return;
    }
    lines[0] = this.#rest.join('') + (lines[0] ?? '');
    const rest = lines.pop() ?? '';
    this.#rest = [rest];
    this.#restLength = rest.length;
    for (const line of lines) {
      if (this.#failure) return;
      this.#line(line);
    }
  }

  #line(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      this.#fail(`printed a line that is not JSON: ${clip(line)}`);
      return;
    }
    if (this.#greet) this.#hello(message, line);
    else this.#reply(message, line);
  }

  #hello(message: unknown, line: string): void {
    const version = (message as { protocol?: unknown } | null)?.protocol;
    if (typeof version === 'number' && version !== PROTOCOL_VERSION) {
      this.#fail(
        `speaks protocol ${version}, this bindspec speaks ${PROTOCOL_VERSION}: use agents of the same version`,
      );
      return;
    }
    const hello = helloSchema.safeParse(message);
    if (!hello.success) {
      this.#fail(`did not greet as an agent does: ${clip(line)}`);
      return;
    }
    const offset = harnessClock() - hello.data.clock;
    // The processes of one machine share one monotonic clock, unless the agent runs on a system that has a clock of its own.
    // With a shared clock, the difference is only the time that the message was on its way.
    const shared = hello.data.system === process.platform && offset >= 0 && offset < paced(this.#grace);
    this.#clock.note(shared ? 0 : offset);
    this.#farPid = hello.data.pid;
    const greet = this.#greet;
    this.#greet = null;
    greet?.resolve(hello.data);
  }

  #reply(message: unknown, line: string): void {
    const reply = replySchema.safeParse(message);
    if (!reply.success) {
      const issue = reply.error.issues[0];
      this.#fail(`sent something that is not a reply (${issue?.message ?? 'malformed'}): ${clip(line)}`);
      return;
    }
    const waiting = this.#pending.get(reply.data.id);
    if (!waiting) {
      this.#fail(`answered request ${reply.data.id}, which it was not asked: ${clip(line)}`);
      return;
    }
    this.#pending.delete(reply.data.id);
    if ('fault' in reply.data) waiting.reject(new HarnessError(`${this.#settings.title} refused: ${reply.data.fault}`));
    else waiting.resolve(reply.data);
  }

  #ended(ended: {
    exitCode?: number | undefined;
    signal?: string | undefined;
    originalMessage?: string | undefined;
  }): void {
    this.#gone = true;
    const how =
      ended.signal === undefined
        ? ended.exitCode === undefined
          ? ''
          : ` with exit code ${ended.exitCode}`
        : ` by ${ended.signal}`;
    const why = this.#complaints.trim() || ended.originalMessage || '';
    const said = why === '' ? '' : `: ${clip(lastLine(why), QUOTED_OF_END)}`;
    this.#fail(`ended${how}${said}${reason(remedyOf(why))}`);
  }

  #fail(what: string): HarnessError {
    if (this.#failure) return this.#failure;
    const failure = this.#giveUp(what);
    this.#kill();
    return failure;
  }

  /** From now on it answers no one: requests that wait fail with the reason, and so does every later request. */
  #giveUp(what: string): HarnessError {
    if (this.#failure) return this.#failure;
    const failure = new HarnessError(`${this.#settings.title} ${what}`);
    this.#failure = failure;
    this.#greet?.reject(failure);
    this.#greet = null;
    for (const waiting of this.#pending.values()) waiting.reject(failure);
    this.#pending.clear();
    return failure;
  }

  #kill(): void {
    this.#killFar();
    // If the process has ended, another process may have its number by now.
    if (this.#gone) return;
    this.#child.stdin.destroy();
    if (this.#child.pid !== undefined) killTree(this.#child.pid);
    this.#child.kill('SIGKILL');
  }

  /** Does it once. The process started here may be a client; its end does not stop an agent that does not read its stdin. */
  #killFar(): void {
    const { ender } = this.#settings;
    if (ender === undefined || this.#farPid === null) return;
    const [file, ...words] = [...ender, String(this.#farPid)];
    this.#farPid = null;
    // If even this fails, nothing more can be done.
    const ending = execa(file, words, {
      reject: false,
      stdio: 'ignore',
      timeout: paced(FAR_END),
      killSignal: 'SIGKILL',
    });
    this.#farEnd = ending.then(() => undefined);
  }
}

/** How long it may take to reach a host and end an agent there, in milliseconds on a quiet machine. */
const FAR_END = 30_000;

/**
 * The differences of an agent's environment from the harness's. Node 20 reads and checks every certificate in this file
 * when it starts, which takes longer than the rest of an agent's start; an agent makes no connection that needs one.
 */
const AGENT_ENVIRONMENT = { NODE_EXTRA_CA_CERTS: undefined };

function start(command: readonly string[]) {
  const [file = '', ...words] = command;
  // In a session of its own, so that the signal of a terminal's Ctrl-C reaches only the harness, which then ends its agents.
  return execa(file, words, {
    detached: process.platform !== 'win32',
    env: AGENT_ENVIRONMENT,
    reject: false,
    buffer: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
}
type Child = ReturnType<typeof start>;

/** The harness's monotonic clock in milliseconds. */
export function harnessClock(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

function unknownReason(): string | null {
  return null;
}

function reason(text: string | null): string {
  return text === null ? '' : `; ${text}`;
}

function clip(text: string, most = QUOTED): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** The line that names the error, in a message of several lines, for example that of an uncaught error. */
function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0] ?? '';
}
