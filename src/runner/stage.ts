import type { Network, Part, PartOptions, Trial } from '../experiment/trial.ts';
import type { HostName, LabFacts } from '../lab/lab.ts';
import { firstMissing } from '../lab/missing.ts';
import type { Operation, Result } from '../protocol/messages.ts';
import type { SeenErrors } from '../record/errors.ts';
import type { TranscriptLine } from '../record/record.ts';
import { servedLine, traceLine } from '../record/transcript.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { harnessClock } from '../harness/agent-process.ts';
import { ChangedNetwork } from './network.ts';
import type { Patience } from './patience.ts';
import type { AgentPool, Lease } from './pool.ts';

/** The settings of a stage. */
export interface Setting {
  facts: LabFacts;
  patience: Patience;
  pool: AgentPool;
  nextPort: () => Promise<number>;
  /** Takes note of the errors that calls return. */
  errors: SeenErrors;
}

/** The surroundings of one attempt at a cell: its port, its parts, and the calls that were made. */
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
  readonly #parts = new Map<string, { options: string; joined: Promise<{ part: Part; lease: Lease }> }>();
  readonly #networks = new Map<HostName, ChangedNetwork>();
  #spoiled: string | null = null;
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

  async part(name: string, options?: PartOptions): Promise<Part> {
    this.#stillOn();
    const { host = 'machine', otherUser = false, without, names } = options ?? {};
    const wanted = JSON.stringify([host, otherUser, without, names]);
    const existing = this.#parts.get(name);
    if (existing) {
      if (options !== undefined && existing.options !== wanted) {
        throw new HarnessError(`the part '${name}' was asked for with other options before`);
      }
      return (await existing.joined).part;
    }
    const joined = this.#pool
      .take(host, otherUser, { without, names })
      .then((lease) => ({ lease, part: this.#cast(name, lease) }));
    this.#parts.set(name, { options: wanted, joined });
    return (await joined).part;
  }

  network(host: HostName = 'machine'): Network {
    this.#stillOn();
    const existing = this.#networks.get(host);
    if (existing) return existing;
    if (firstMissing(this.facts, ['changeable network'], () => false)) {
      throw new HarnessError(
        `the ${this.facts.lab} lab is not to be changed: the experiment must name 'changeable network' in its needs`,
      );
    }
    const network = new ChangedNetwork(async (operations) => {
      const part = await this.part(`network of ${host}`, { host });
      return part.do(...operations);
    });
    this.#networks.set(host, network);
    return network;
  }

  /** Why the lab is no longer as it was, where a change that the cell made could not be undone. */
  get spoiled(): string | null {
    return this.#spoiled;
  }

  /** The calls so far, in the order in which they happened. */
  transcript(): TranscriptLine[] {
    return this.#transcript.toSorted((a, b) => a.at - b.at);
  }

  /**
   * Gives every agent back, once. Never throws. An experiment that was given up may still run, but it no longer has any of
   * these agents: another cell may have them by then.
   */
  async clear(): Promise<void> {
    if (this.#cleared) return;
    this.#cleared = true;
    for (const [host, network] of this.#networks) await this.#undo(host, network);
    const joined = await Promise.allSettled([...this.#parts.values()].map((part) => part.joined));
    const leases = joined.flatMap((part) => (part.status === 'fulfilled' ? [part.value.lease] : []));
    await Promise.all(leases.map((lease) => this.#pool.giveBack(lease)));
  }

  /** Uses an agent of its own, because those of the cell may be dead. */
  async #undo(host: HostName, network: ChangedNetwork): Promise<void> {
    try {
      const lease = await this.#pool.take(host, false);
      try {
        await network.undo((operations) => lease.agent.ask(operations, false));
      } finally {
        await this.#pool.giveBack(lease);
      }
    } catch (error) {
      this.#spoiled ??= `what it changed of the lab could not be undone: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #stillOn(): void {
    if (this.#cleared) throw new HarnessError('the cell is over');
  }

  #cast(name: string, lease: Lease): Part {
    const counts = new Map<string, number>();
    const told = new Map<string, number>();
    const say = async (operations: readonly Operation[], halt: boolean): Promise<Result[]> => {
      this.#stillOn();
      if (operations.some(({ op }) => op === 'write') && !this.#networks.has(lease.host)) {
        throw new HarnessError(`'write' changes the lab: use the trial's network() for it`);
      }
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
      kill: async () => {
        this.#stillOn();
        const at = harnessClock() - lease.agent.clockOffset;
        await lease.agent.kill();
        this.#tell(name, lease, { op: 'die' }, { outcome: 'ok', at, took: 0 }, told);
      },
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
      // The time of another agent's clock is estimated, and nothing is done before the cell begins.
      this.#transcript.push({ at: Math.max(0, Math.round(since * 1000) / 1000), part, host: lease.host, call });
    };
    const own = lease.host === 'machine';
    if (operation.op !== 'served') {
      this.#errors.see(result.outcome, result.errno, own);
      line(result.at, traceLine(operation, result));
      return;
    }
    // The actions that a server did by itself are recorded once, at the times when it did them.
    const served = result.served ?? [];
    for (const one of served.slice(told.get(operation.on) ?? 0)) {
      this.#errors.see(one.answered, undefined, own);
      line(one.at, servedLine(operation.on, one));
    }
    told.set(operation.on, served.length);
  }
}
