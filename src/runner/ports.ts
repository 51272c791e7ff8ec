import type { Family, Operation } from '../protocol/messages.ts';
import { classOf } from '../protocol/outcome-class.ts';
import type { LabFacts } from '../lab/lab.ts';
import type { AgentProcess } from '../harness/agent-process.ts';
import { portRange } from './port-range.ts';

/** Ports for the cells of one lab, each given once in a run as long as they last. */
export class Ports {
  readonly #facts: LabFacts;
  readonly #range: { from: number; to: number };
  #next: number;

  constructor(facts: LabFacts) {
    this.#facts = facts;
    // Several runs on one machine begin at different places, so that they seldom meet.
    const { from, to } = portRange(facts);
    this.#range = { from, to };
    this.#next = facts.ownPorts ? from : from + Math.floor(Math.random() * (to - from));
  }

  /** Whether a port must be probed before it is used, and another program may be the cause of a failure. */
  get shared(): boolean {
    return !this.#facts.ownPorts;
  }

  /** The next port; on a shared machine one that `prober` could bind just now. */
  async next(prober: () => Promise<AgentProcess>): Promise<number> {
    for (;;) {
      const port = this.#next;
      this.#next = port >= this.#range.to ? this.#range.from : port + 1;
      if (!this.shared || (await isFree(await prober(), this.#facts, port))) return port;
    }
  }
}

/** The classes of bind()'s errors where a port is taken, or where the system keeps it for others. */
const TAKEN: ReadonlySet<string | null> = new Set(['address-in-use', 'permission-denied']);

/** Whether every wildcard bind of this port works: TCP and UDP, IPv4 and IPv6. */
export async function isFree(agent: AgentProcess, facts: LabFacts, port: number): Promise<boolean> {
  const families = (['inet', 'inet6'] as const).filter((family) => facts.addresses[family].wildcard !== undefined);
  for (const family of families) {
    for (const type of ['dgram', 'stream'] as const) {
      const results = await agent.ask(probe(family, type, port), false);
      if (results.some(({ outcome }) => TAKEN.has(classOf(outcome)))) return false;
    }
  }
  return true;
}

function probe(family: Family, type: 'dgram' | 'stream', port: number): Operation[] {
  return [
    { op: 'socket', as: 'probe', family, type },
    ...(family === 'inet6' ? [{ op: 'setsockopt', on: 'probe', option: 'IPV6_V6ONLY', value: 1 } as const] : []),
    { op: 'bind', on: 'probe', address: family === 'inet' ? '0.0.0.0' : '::', port },
    { op: 'close', on: 'probe' },
  ];
}
