import type { Part, PartOptions, Trial } from '../experiment/trial.ts';
import type { LabFacts } from '../lab/lab.ts';
import type { Operation, Result } from '../protocol/messages.ts';
import type { SeenErrors } from '../record/errors.ts';
import type { TranscriptLine } from '../record/record.ts';
import { servedLine, traceLine } from '../record/transcript.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { harnessClock } from '../harness/agent-process.ts';
import type { Patience } from './patience.ts';
import type { AgentPool, Lease } from './pool.ts';

/** What a stage is set up with. */
export interface Setting {
  facts: LabFacts;
  patience: Patience;
  pool: AgentPool;
  nextPort: () => Promise<number>;
  /** Takes note of what calls come to. */
  errors: SeenErrors;
}

/** What one attempt at a cell plays on: its port, its parts, and what was said. */
export class Stage implements Trial {
  readonly facts: LabFacts;
  readonly port: number;
  readonly patience: number;
  readonly connectPatience: number;
  /** Every port that was given to the cell. */
  readonly ports: number[];
  readonly #nextPort: () => Promise<number>;
  readonly #pool: AgentPool;
  readonly #errors: SeenErrors;
  readonly #began = harnessClock();
  readonly #parts = new Map<string, Promise<{ part: Part; lease: Lease }>>();
  readonly #transcript: TranscriptLine[] = [];
  #cleared = false;

  private constructor(port: number, setting: Setting) {
    this.facts = setting.facts;
    this.port = port;
    this.ports = [port];
    this.patience = setting.patience.answer;
    this.connectPatience = setting.patience.connect;
    this.#nextPort = setting.nextPort;
    this.#pool = setting.pool;
    this.#errors = setting.errors;
  }

  static async open(setting: Setting): Promise<Stage> {
    return new Stage(await setting.nextPort(), setting);
  }

  async anotherPort(): Promise<number> {
    this.#stillOn();
    const port = await this.#nextPort();
    this.ports.push(port);
    return port;
  }

  async part(name: string, { host = 'machine', otherUser = false }: PartOptions = {}): Promise<Part> {
    this.#stillOn();
    const existing = this.#parts.get(name);
    if (existing) return (await existing).part;
    const joining = this.#pool.take(host, otherUser).then((lease) => ({ lease, part: this.#cast(name, lease) }));
    this.#parts.set(name, joining);
    return (await joining).part;
  }

  /** What was said so far, in the order in which it happened. */
  transcript(): TranscriptLine[] {
    return this.#transcript.toSorted((a, b) => a.at - b.at);
  }

  /**
   * Gives every agent back, once. Never throws. An experiment that goes on all the same, because it was given up, has none
   * of them any more: by then they are another cell's.
   */
  async clear(): Promise<void> {
    if (this.#cleared) return;
    this.#cleared = true;
    const joined = await Promise.allSettled(this.#parts.values());
    const leases = joined.flatMap((part) => (part.status === 'fulfilled' ? [part.value.lease] : []));
    await Promise.all(leases.map((lease) => this.#pool.giveBack(lease)));
  }

  #stillOn(): void {
    if (this.#cleared) throw new HarnessError('the cell is over');
  }

  #cast(name: string, lease: Lease): Part {
    const counts = new Map<string, number>();
    const told = new Map<string, number>();
    const say = async (operations: readonly Operation[], halt: boolean): Promise<Result[]> => {
      this.#stillOn();
      const results = await lease.agent.ask(operations, halt);
      for (const [index, result] of results.entries()) {
        const operation = operations[index];
        if (operation) this.#tell(name, lease, operation, result, told);
      }
      return results;
    };
    return {
      name,
      host: lease.host,
      do: (...operations) => say(operations, false),
      attempt: (...operations) => say(operations, true),
      fresh(prefix) {
        const count = (counts.get(prefix) ?? 0) + 1;
        counts.set(prefix, count);
        return `${prefix}${count}`;
      },
    };
  }

  #tell(part: string, lease: Lease, operation: Operation, result: Result, told: Map<string, number>): void {
    const line = (at: number, call: string) => {
      const since = at + lease.agent.clockOffset - this.#began;
      // What the clock of another agent says is estimated, and nothing is done before the cell begins.
      this.#transcript.push({ at: Math.max(0, Math.round(since * 1000) / 1000), part, host: lease.host, call });
    };
    const own = lease.host === 'machine';
    if (operation.op !== 'served') {
      this.#errors.see(result.outcome, result.errno, own);
      line(result.at, traceLine(operation, result));
      return;
    }
    // What a server did by itself is told once, at the times when it did it.
    const served = result.served ?? [];
    for (const one of served.slice(told.get(operation.on) ?? 0)) {
      this.#errors.see(one.answered, undefined, own);
      line(one.at, servedLine(operation.on, one));
    }
    told.set(operation.on, served.length);
  }
}
