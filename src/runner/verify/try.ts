import { classOf } from '../../protocol/outcome-class.ts';
import type { Tried } from '../../verify/port.ts';
import { covers, isIPv6 } from '../../published/publication.ts';
import type { Attempt, Listener } from '../../verify/situation.ts';
import { peersAt } from '../../verify/tables.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import { connectOnly, probe } from '../published/probe.ts';
import { readTables } from './read-tables.ts';

/** The agents and facts that a try needs. */
export interface Trier {
  /** The agent from which the tries of this viewpoint begin. */
  readonly agent: AgentProcess;
  /** The agent in the container's network, which sees what arrives there. */
  readonly inside: AgentProcess;
  /** The listeners on the host, which might get what is meant for the container. */
  readonly hostListeners: readonly Listener[];
  /** How long to wait for an answer that may never come, in milliseconds. */
  readonly patience: number;
}

/** Tries one name. Tries of one port of a container must not overlap. @throws HarnessError of an agent */
export async function tryOnce(trier: Trier, attempt: Attempt): Promise<Tried> {
  return attempt.protocol === 'udp' ? tryUdp(trier, attempt) : tryTcp(trier, attempt);
}

/** Connects, and looks whether the connection appears inside: only that counts as open, no matter what the server then does. */
async function tryTcp({ agent, inside, patience, hostListeners }: Trier, attempt: Attempt): Promise<Tried> {
  const { address, port, inner, from } = attempt;
  const before = from === 'inside' ? new Set<string>() : await peersNow(inside, inner);
  const arrived = async () =>
    from === 'inside' || [...(await peersNow(inside, inner))].some((peer) => !before.has(peer));
  const { outcome } = await connectOnly(agent, { address, port }, patience, arrived);
  const holder = outcome === 'accepted' || outcome === 'closed' ? holderOn(hostListeners, attempt) : undefined;
  return { ...attempt, outcome: inWords(outcome), ...(holder === undefined ? {} : { holder }) };
}

/** The program on the host that accepts a connection to this name. */
function holderOn(listeners: readonly Listener[], { address, port }: Attempt): string | undefined {
  const all = listeners.filter((one) => one.protocol === 'tcp' && one.port === port);
  const found =
    all.find((one) => covers(one.address, address)) ?? all.find((one) => one.address === '::' && !isIPv6(address));
  return found?.program;
}

async function peersNow(inside: AgentProcess, port: number): Promise<Set<string>> {
  return peersAt(await readTables(inside, ['tcp', 'tcp6']), port);
}

/**
 * Sends an empty datagram from a connected socket, to which the system reports a refusal. If there is no answer, sends one
 * from a socket that is not connected, which gets answers from any address.
 */
async function tryUdp({ agent, patience }: Trier, attempt: Attempt): Promise<Tried> {
  const { address, port } = attempt;
  const empty = { address, port, data: '' };
  const connected = await probe(agent, { ...empty, socket: 'udp' }, patience);
  const reply =
    connected.outcome === 'silence' ? await probe(agent, { ...empty, socket: 'udp unconnected' }, patience) : connected;
  const by = reply.from === undefined || reply.from === address ? {} : { by: reply.from };
  return { ...attempt, outcome: inWords(reply.outcome), ...by };
}

/** The outcome of a probe, in the words of a verification. */
function inWords(outcome: string): string {
  if (outcome === 'accepted') return 'stuck';
  return classOf(outcome) === 'unreachable' ? 'unreachable' : outcome;
}
