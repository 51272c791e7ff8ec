import { setMaxListeners } from 'node:events';
import type { Capability } from '../experiment/trial.ts';
import { agentCommand } from '../lab/agent-command.ts';
import type { HostName, Lab } from '../lab/lab.ts';
import type { Hello } from '../protocol/messages.ts';
import { withNames, type HostNames } from '../lab/own-names.ts';
import { OTHER_USER, THIRD_USER } from '../lab/second-user.ts';
import { HarnessError } from '../harness/harness-error.ts';
import { AgentProcess, HostClock } from '../harness/agent-process.ts';

export interface PoolSettings {
  /** Start an agent for every part of every cell instead of keeping them. */
  fresh: boolean;
  /** See `AgentSettings.grace`. */
  grace?: number;
  /** The command of an agent; the tests put misbehaving ones here. */
  agentCommand?: readonly string[];
  /** An agent is ended that is not wanted while others are taken as often as this; without it, none is ended for that. */
  idleFor?: number;
}

/** An agent that a cell has for itself. */
export interface Lease {
  agent: AgentProcess;
  hello: Hello;
  host: HostName;
  key: string;
}

/** The user as whom an agent acts, a capability that it lacks, and the host names that it has, where these are not the harness's own. */
interface Actor {
  readonly otherUser: boolean | 'third';
  readonly without: Capability | undefined;
  readonly names: HostNames | undefined;
}

/** The agents of one lab: kept warm between cells, each with one cell at a time. */
export class AgentPool {
  readonly #lab: Lab;
  readonly #settings: PoolSettings;
  /** The agents that no cell has, the one that has been idle longest first. */
  readonly #idle: { key: string; lease: Promise<Lease>; since: number }[] = [];
  /** How often an agent was taken. */
  #taken = 0;
  readonly #all = new Set<Promise<Lease>>();
  readonly #clocks = new Map<HostName, HostClock>();
  readonly #started = new WeakMap<Lease, Promise<Lease>>();
  /** How many cells have an agent of a kind now, and the callers that wait for one to come back, in the order they came. */
  readonly #lent = new Map<string, number>();
  readonly #waiting = new Map<string, ((lease: Promise<Lease>) => void)[]>();
  /** How long the last agent took to start, in milliseconds. */
  #startTook = 0;
  readonly #end = new AbortController();

  constructor(lab: Lab, settings: PoolSettings) {
    this.#lab = lab;
    this.#settings = settings;
    setMaxListeners(0, this.#end.signal);
  }

  /** Whether its agents may outlive this process. */
  get far(): boolean {
    return this.#lab.farAgents === true;
  }

  /** Starts agents that the first cell will want, so that they start side by side. */
  warm(hosts: readonly HostName[]): void {
    if (this.#settings.fresh) return;
    for (const host of hosts)
      this.#keep(host, this.#start(host, { otherUser: false, without: undefined, names: undefined }));
  }

  /** An agent on a host, warm if there is one. @throws HarnessError when none can be started. */
  async take(
    host: HostName,
    otherUser: boolean | 'third',
    { without, names }: { without?: Capability | undefined; names?: HostNames | undefined } = {},
  ): Promise<Lease> {
    const actor: Actor = { otherUser, without, names };
    const key = keyOf(host, actor);
    for (;;) {
      const warm = this.#takeIdle(key) ?? (this.#mayComeBack(key) ? await this.#comesBack(key) : undefined);
      const lease = await (warm ?? this.#start(host, actor));
      // If an agent ended while no one had it, that is not an error.
      if (lease.agent.usable || !warm) {
        this.#lent.set(key, this.#lentOf(key) + 1);
        this.#taken += 1;
        return lease;
      }
      this.#forget(lease);
    }
  }

  /**
   * Takes an agent back. It is kept only if it closed everything it had and the system confirms that it has no internet
   * socket left; otherwise it is ended.
   */
  async giveBack(lease: Lease): Promise<void> {
    this.#lent.set(lease.key, this.#lentOf(lease.key) - 1);
    if (!this.#settings.fresh && lease.agent.usable && (await this.#isClean(lease))) {
      this.#keep(lease.key, Promise.resolve(lease));
      await this.#endUnwanted();
    } else {
      await lease.agent.end();
      this.#forget(lease);
    }
  }

  /** Ends every agent, also those that a cell still has, and those that are only starting. Never throws. */
  async close(): Promise<void> {
    this.#end.abort();
    const all = [...this.#all];
    this.#all.clear();
    this.#idle.length = 0;
    await Promise.all(
      all.map((lease) =>
        lease.then(
          ({ agent }) => agent.end(),
          () => undefined,
        ),
      ),
    );
  }

  async #isClean(lease: Lease): Promise<boolean> {
    try {
      const [result] = await lease.agent.ask([{ op: 'reset' }], false);
      return result?.outcome === 'ok' && (result.open ?? 0) === 0;
    } catch (error) {
      if (error instanceof HarnessError) return false;
      throw error;
    }
  }

  #keep(key: string, lease: Promise<Lease>): void {
    // If it fails to start, the code that takes it gets the error; perhaps no code takes it.
    lease.catch(() => undefined);
    const waiting = this.#waiting.get(key)?.shift();
    if (waiting) waiting(lease);
    else this.#idle.push({ key, lease, since: this.#taken });
  }

  /** The agent of a kind that has been idle for the shortest time: the caches of the processor may still have it. */
  #takeIdle(key: string): Promise<Lease> | undefined {
    const index = this.#idle.findLastIndex((one) => one.key === key);
    return index === -1 ? undefined : this.#idle.splice(index, 1)[0]?.lease;
  }

  /** Ends the agents that have been idle for long, so that those of a kind that only few cells want are not kept to the end. */
  async #endUnwanted(): Promise<void> {
    const { idleFor = Number.POSITIVE_INFINITY } = this.#settings;
    const wanted = this.#idle.findIndex(({ since }) => this.#taken - since < idleFor);
    const unwanted = this.#idle.splice(0, wanted === -1 ? this.#idle.length : wanted);
    const settled = await Promise.allSettled(unwanted.map(({ lease }) => lease));
    const leases = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all(leases.map(({ agent }) => agent.end()));
    for (const lease of leases) this.#forget(lease);
  }

  /**
   * The next agent of a kind that a cell gives back, if one does in the time that it would take to start another: most
   * cells are shorter than that.
   */
  #comesBack(key: string): Promise<Lease | undefined> {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.set(key, waiting);
    return new Promise((resolve) => {
      const told = (lease: Promise<Lease>) => {
        clearTimeout(timer);
        resolve(lease);
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(told), 1);
        resolve(undefined);
      }, this.#startTook);
      waiting.push(told);
    });
  }

  #mayComeBack(key: string): boolean {
    return !this.#settings.fresh && !this.#end.signal.aborted && this.#lentOf(key) > 0;
  }

  #lentOf(key: string): number {
    return this.#lent.get(key) ?? 0;
  }

  #start(host: HostName, actor: Actor): Promise<Lease> {
    if (this.#end.signal.aborted) return Promise.reject(new HarnessError('the run was ended'));
    const starting = this.#launch(host, actor);
    this.#all.add(starting);
    starting.then(
      (lease) => this.#started.set(lease, starting),
      () => this.#all.delete(starting),
    );
    return starting;
  }

  /** Ended agents are not kept, so that their number does not grow with the cells of a run. */
  #forget(lease: Lease): void {
    const starting = this.#started.get(lease);
    if (starting) this.#all.delete(starting);
  }

  async #launch(host: HostName, actor: Actor): Promise<Lease> {
    const { agentCommand: given = this.#lab.agent?.(host) ?? agentCommand(), grace } = this.#settings;
    const plain = [...this.#lab.launch(host), ...given];
    const named = actor.names === undefined ? [] : withNames(actor.names);
    const command = [...this.#lab.launch(host), ...named, ...lacking(actor), ...given, ...userOf(actor)];
    const ender = this.far ? { ender: [...plain, 'end'] } : {};
    const title = `the agent on ${this.#lab.facts.hosts[host] ?? host}`;
    const clock = this.#clocks.get(host) ?? new HostClock();
    this.#clocks.set(host, clock);
    const began = performance.now();
    const started = await AgentProcess.start({
      command,
      title,
      clock,
      signal: this.#end.signal,
      ...(grace === undefined ? {} : { grace }),
      ...ender,
    });
    this.#startTook = performance.now() - began;
    return { ...started, host, key: keyOf(host, actor) };
  }
}

function keyOf(host: HostName, { otherUser, without, names }: Actor): string {
  const user = otherUser === false ? '' : ` as ${otherUser === 'third' ? 'a third' : 'another'} user`;
  return `${host}${user}${without === undefined ? '' : ` without ${without}`}${names === undefined ? '' : ` with ${JSON.stringify(names)}`}`;
}

/** The number of the user that an agent becomes, as its argument. */
function userOf({ otherUser }: Actor): string[] {
  if (otherUser === false) return [];
  return [String(otherUser === 'third' ? THIRD_USER : OTHER_USER)];
}

/** The words that start a command without a capability, see setpriv(1). */
function lacking({ without }: Actor): string[] {
  if (without === undefined) return [];
  const name = `-${without.replace(/^CAP_/, '').toLowerCase()}`;
  return ['setpriv', `--inh-caps=${name}`, `--bounding-set=${name}`];
}
