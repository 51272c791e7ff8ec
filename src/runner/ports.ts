import type { Family, Operation } from '../protocol/messages.ts';
import type { LabFacts } from '../lab/lab.ts';
import type { AgentProcess } from './agent-process.ts';

/** The documents' port is the first; the last is below every system's ephemeral range. */
const FIRST = 1060;
const LAST = 29_999;
/** On a machine that others use too, the low numbers are the most likely to be taken. */
const FIRST_SHARED = 20_000;

/** Ports for the cells of one lab, each given once in a run as long as they last. */
export class Ports {
  readonly #facts: LabFacts;
  #next: number;

  constructor(facts: LabFacts) {
    this.#facts = facts;
    // Several runs on one machine begin at different places, so that they seldom meet.
    this.#next = facts.ownPorts ? FIRST : FIRST_SHARED + Math.floor(Math.random() * (LAST - FIRST_SHARED));
  }

  /** Whether a port must be probed before it is used, and a failure may be somebody else's doing. */
  get shared(): boolean {
    return !this.#facts.ownPorts;
  }

  /** The next port; on a shared machine one that `prober` could bind just now. */
  async next(prober: () => Promise<AgentProcess>): Promise<number> {
    for (;;) {
      const port = this.#next;
      this.#next = port >= LAST ? (this.#facts.ownPorts ? FIRST : FIRST_SHARED) : port + 1;
      if (!this.shared || (await isFree(await prober(), this.#facts, port))) return port;
    }
  }
}

/** What bind() comes to where a port is taken, or kept by the system for others. */
const TAKEN: ReadonlySet<string> = new Set(['EADDRINUSE', 'EACCES', 'WSAEADDRINUSE', 'WSAEACCES']);

/** Whether every wildcard bind of this port works: TCP and UDP, IPv4 and IPv6. */
export async function isFree(agent: AgentProcess, facts: LabFacts, port: number): Promise<boolean> {
  const families = (['inet', 'inet6'] as const).filter((family) => facts.addresses[family].wildcard !== undefined);
  for (const family of families) {
    for (const type of ['dgram', 'stream'] as const) {
      const results = await agent.ask(probe(family, type, port), false);
      if (results.some(({ outcome }) => TAKEN.has(outcome))) return false;
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
