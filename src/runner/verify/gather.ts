import type { ContainerNetwork } from '../../engine/engine.ts';
import { HarnessError } from '../../harness/harness-error.ts';
import { attempts } from '../../verify/plan.ts';
import type { Tried } from '../../verify/port.ts';
import type { Publication } from '../../published/publication.ts';
import type { Attempt, HostFirewallView, Situation } from '../../verify/situation.ts';
import { AgentProcess } from '../../harness/agent-process.ts';
import { agentCommand } from '../../lab/agent-command.ts';
import { situationOf } from './look.ts';
import type { Namespace } from './namespace.ts';
import { makeNeighbour } from './neighbour.ts';
import { readTables } from './read-tables.ts';
import { tryOnce } from './try.ts';

/** How many ports are tried at a time. */
const AT_A_TIME = 8;

/** The container or network to look at, and which tries are allowed. */
export interface VerifyRequest {
  readonly namespace: Namespace;
  /** What the engine says about the container; left out where there is no engine. */
  readonly engine?: { readonly published: readonly Publication[]; readonly networks: readonly ContainerNetwork[] };
  /** The host's firewall, where its rules could be read. */
  readonly firewall?: HostFirewallView;
  readonly udp: boolean;
  readonly neighbour: boolean;
  /** How long to wait for an answer that may never come, in milliseconds. */
  readonly patience: number;
}

export interface Gathered {
  readonly situation: Situation;
  readonly tries: readonly Tried[];
}

/**
 * Looks into a container's network, and tries its ports from inside, from this host, and from a neighbour if one is
 * wanted. Changes nothing in it; its servers see connections that send nothing.
 * @throws NotVerifiable when it can't be looked at, HarnessError of an agent
 */
export async function gather(request: VerifyRequest): Promise<Gathered> {
  const agents: AgentProcess[] = [];
  const start = async (title: string, enter: readonly string[] = []) => {
    const { agent, hello } = await AgentProcess.start({
      command: [...enter, ...agentCommand()],
      title: `the agent ${title}`,
    });
    agents.push(agent);
    return { agent, network: hello.networkNamespace };
  };
  try {
    const [host, inside] = await Promise.all([start('on the host'), start('inside', request.namespace.enter)]);
    const tables = { host: await readTables(host.agent), inside: await readTables(inside.agent) };
    const situation = situationOf(request, tables, { host: host.network ?? '', inside: inside.network ?? '' });
    const planned = attempts(situation, request);
    const asked = planned.filter(({ from }) => from === 'neighbour').map(({ address }) => address);
    if (!request.neighbour) return { situation, tries: await tryAll(planned, {}) };
    const neighbour = await makeNeighbour([...new Set(asked)], situation.host.addresses);
    try {
      return {
        situation,
        tries: await tryAll(planned, { neighbour: (await start('on the neighbour', neighbour.enter)).agent }),
      };
    } finally {
      await neighbour.close();
    }

    async function tryAll(all: readonly Attempt[], more: { neighbour?: AgentProcess }): Promise<Tried[]> {
      const from = { host: host.agent, inside: inside.agent, ...more };
      return inTurns(all, async (attempt) => {
        const agent = from[attempt.from];
        if (agent === undefined) throw new HarnessError('there is no neighbour to try from');
        const { patience } = request;
        return tryOnce({ agent, inside: inside.agent, hostListeners: situation.host.listeners, patience }, attempt);
      });
    }
  } finally {
    await Promise.all(agents.map((agent) => agent.end()));
  }
}

/** Calls `act` for every try: the tries of one port one after the other, several ports at a time. */
async function inTurns(all: readonly Attempt[], act: (attempt: Attempt) => Promise<Tried>): Promise<Tried[]> {
  const queues = [...new Set(all.map(portOf))].map((port) =>
    [...all.entries()].filter(([, one]) => portOf(one) === port),
  );
  const done = new Map<number, Tried>();
  const work = async () => {
    for (let queue = queues.shift(); queue !== undefined; queue = queues.shift()) {
      for (const [place, attempt] of queue) done.set(place, await act(attempt));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return all.flatMap((_, place) => done.get(place) ?? []);
}

function portOf({ protocol, inner }: Attempt): string {
  return `${protocol} ${inner}`;
}
