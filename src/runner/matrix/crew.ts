import type { LabFacts } from '../../lab/lab.ts';
import type { Operation, Result } from '../../protocol/messages.ts';
import { HarnessError } from '../../verdict/harness-error.ts';
import type { AgentProcess } from '../agent-process.ts';
import type { AgentPool } from '../pool.ts';

/** Who takes part in a pair: the owners of its two sockets, the second as the same or as another user, and their peer. */
export type Role = 'first' | 'second' | 'other' | 'peer';

/** A peer must hold all connections of a batch until it takes them; the system may allow less. */
const PEER_BACKLOG = 4096;
/** Where the peer listens, below every port that a pair is given. UDP sockets connect to it too, where nobody listens. */
const PEER_PORT = 1050;
/** The socket on which the peer listens. */
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
    // One that failed to start is told to whoever asks for it.
    starting.catch(() => undefined);
    this.#agents.set(role, starting);
    return starting;
  }

  /** The port of the peer. With `listening` the peer is there; without, it is a port to connect UDP sockets to. */
  async peerPort(listening: boolean): Promise<number> {
    if (listening) await this.agent('peer');
    return this.#peerPort;
  }

  /** Has an agent do operations that must all come to `ok`. @throws HarnessError that says what they came to instead. */
  async ask(role: Role, ...operations: Operation[]): Promise<Result[]> {
    const results = await (await this.agent(role)).ask(operations, true);
    const last = results.at(-1);
    if (last && last.outcome !== 'ok') {
      const { op } = operations[results.length - 1] ?? { op: 'the operation' };
      throw new HarnessError(`${op} of the ${role} agent came to ${last.outcome}: ${last.data ?? 'no more is known'}`);
    }
    return results;
  }

  /** Ends the agents, so that the next who asks for one gets a new one without what these had. */
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
    const { agent } = await this.#pool.take('machine', role === 'other');
    if (role === 'peer') await this.#listen(agent);
    return agent;
  }

  /** One listener takes the connections of both families. Where others take ports too, the system chooses its port. */
  async #listen(agent: AgentProcess): Promise<void> {
    const inet6 = this.#facts.addresses.inet6.wildcard !== undefined;
    const port = this.#facts.ownPorts ? PEER_PORT : 0;
    const results = await agent.ask(
      [
        { op: 'socket', as: PEER, family: inet6 ? 'inet6' : 'inet', type: 'stream' },
        { op: 'setsockopt', on: PEER, option: 'SO_REUSEADDR', value: 1 },
        ...(inet6 ? [{ op: 'setsockopt', on: PEER, option: 'IPV6_V6ONLY', value: 0 } as const] : []),
        { op: 'bind', on: PEER, address: inet6 ? '::' : '0.0.0.0', port },
        { op: 'listen', on: PEER, backlog: PEER_BACKLOG },
        { op: 'getsockname', on: PEER },
      ],
      true,
    );
    const last = results.at(-1);
    if (!last?.name) throw new HarnessError(`the peer can't listen at port ${port}: ${last?.outcome}`);
    this.#peerPort = last.name.port;
  }
}
