import type { LabFacts } from '../../lab/lab.ts';
import type { Operation, Result } from '../../protocol/messages.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import { listenOnBoth } from '../listeners.ts';
import type { AgentPool } from '../pool.ts';

/**
 * Who takes part in a pair: the owners of its two sockets, the second as the same or as another user, their peer on the
 * machine, and a process of the neighbour.
 */
export type Role = 'first' | 'second' | 'other' | 'peer' | 'neighbour';

/** The port where the peer listens, below every port that a pair gets. UDP sockets connect to it too, and no one listens. */
const PEER_PORT = 1050;
/** The name of the peer's listeners, see `listenerName`. */
export const PEER = 'peer';

/** The agents of one lab, one process for each role, started when it is first needed. */
export class Crew {
  readonly #pool: AgentPool;
  readonly #facts: LabFacts;
  readonly #agents = new Map<Role, Promise<AgentProcess>>();
  #peerPort = PEER_PORT;

  constructor(pool: AgentPool, facts: LabFacts) {
    this.#pool = pool;
    this.#facts = facts;
  }

  agent(role: Role): Promise<AgentProcess> {
    const known = this.#agents.get(role);
    if (known) return known;
    const starting = this.#start(role);
    // If it fails to start, the code that asks for it gets the error.
    starting.catch(() => undefined);
    this.#agents.set(role, starting);
    return starting;
  }

  /** The port of the peer. With `listening` the peer listens there; without, it is only a port to connect UDP sockets to. */
  async peerPort(listening: boolean): Promise<number> {
    if (listening) await this.agent('peer');
    return this.#peerPort;
  }

  /** Has an agent do operations whose outcomes must all be `ok`. @throws HarnessError that names the outcome if one is not. */
  async ask(role: Role, ...operations: Operation[]): Promise<Result[]> {
    const results = await (await this.agent(role)).ask(operations, true);
    const last = results.at(-1);
    if (last && last.outcome !== 'ok') {
      const { op } = operations[results.length - 1] ?? { op: 'the operation' };
      throw new HarnessError(`${op} of the ${role} agent returned ${last.outcome}: ${last.data ?? 'no more is known'}`);
    }
    return results;
  }

  /** Ends the agents, so that the next request for one gets a new agent without the sockets of the old. */
  async renew(): Promise<void> {
    const all = [...this.#agents.values()];
    this.#agents.clear();
    await Promise.all(
      all.map((starting) =>
        starting.then(
          (agent) => agent.end(),
          () => undefined,
        ),
      ),
    );
  }

  async #start(role: Role): Promise<AgentProcess> {
    const host = role === 'neighbour' ? 'neighbour' : 'machine';
    const { agent } = await this.#pool.take(host, role === 'other');
    // Where others take ports too, the system chooses the peer's.
    if (role === 'peer') {
      const [port] = await listenOnBoth(agent, [PEER], this.#facts, this.#facts.ownPorts ? PEER_PORT : 0);
      this.#peerPort = port ?? PEER_PORT;
    }
    return agent;
  }
}
