import type { Operation, Result } from '../../protocol/messages.ts';
import { classOf } from '../../protocol/outcome-class.ts';
import type { Tried } from '../../verify/port.ts';
import { covers, isIPv6, type Attempt, type Listener } from '../../verify/situation.ts';
import { peersAt } from '../../verify/tables.ts';
import type { AgentProcess } from '../../harness/agent-process.ts';
import { readTables } from './read-tables.ts';

/** What trying needs. */
export interface Trier {
  /** The agent where the tries of this viewpoint begin. */
  readonly agent: AgentProcess;
  /** The one in the container's network, which sees what arrives there. */
  readonly inside: AgentProcess;
  /** What listens on the host, and might take what is meant for the container. */
  readonly hostListeners: readonly Listener[];
  /** How long to wait for what may never come, in milliseconds. */
  readonly patience: number;
}

/** Tries one name. Tries of one port of a container must not overlap. @throws HarnessError of an agent */
export async function tryOnce(trier: Trier, attempt: Attempt): Promise<Tried> {
  return attempt.protocol === 'udp' ? tryUdp(trier, attempt) : tryTcp(trier, attempt);
}

let count = 0;
/** A name for a socket that no other has. */
function fresh(): string {
  count += 1;
  return `try ${count}`;
}

/** How long to wait for the end of a connection before looking again whether it has arrived, in milliseconds. */
const LOOK_AGAIN = 20;

/**
 * Connects, and looks whether the connection comes up inside. A program that stands on the host for the container takes
 * every connection, and some engines only reserve the port with a socket from which nobody takes any: so only what has
 * arrived counts as open, whatever the server then makes of it. Which end closes a refused one first is a race.
 */
async function tryTcp(trier: Trier, attempt: Attempt): Promise<Tried> {
  const { agent, inside, patience } = trier;
  const { address, port, inner, from } = attempt;
  const on = fresh();
  const before = from === 'inside' ? new Set<string>() : await peersNow(inside, inner);
  const opened = await agent.ask(
    [
      { op: 'socket', as: on, family: isIPv6(address) ? 'inet6' : 'inet', type: 'stream' },
      { op: 'connect', on, address, port, within: patience },
    ],
    true,
  );
  try {
    if (opened.at(-1)?.outcome !== 'ok') return { ...attempt, outcome: refusalOf(opened.at(-1)) };
    if (from === 'inside') return { ...attempt, outcome: 'open' };
    let ended = false;
    for (const deadline = Date.now() + patience; ;) {
      if ([...(await peersNow(inside, inner))].some((peer) => !before.has(peer)))
        return { ...attempt, outcome: 'open' };
      if (ended || Date.now() > deadline) break;
      const [result] = await agent.ask([{ op: 'recv', on, within: LOOK_AGAIN }], false);
      ended = result?.outcome !== 'ok' && result?.outcome !== 'silence';
    }
    const holder = holderOn(trier.hostListeners, attempt);
    return { ...attempt, outcome: ended ? 'closed' : 'stuck', ...(holder === undefined ? {} : { holder }) };
  } finally {
    await agent.ask([{ op: 'close', on }], false);
  }
}

/** Who takes a connection to this name on the host. */
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
 * Sends an empty datagram by a socket that is connected, which is told of a refusal, and where that is not answered by one
 * that is not, which gets answers from whatever address.
 */
async function tryUdp({ agent, patience }: Trier, attempt: Attempt): Promise<Tried> {
  const { address, port } = attempt;
  const to = { address, port };
  const connected = await talk(agent, attempt, patience, (on) => [
    { op: 'connect', on, ...to },
    { op: 'send', on, data: '' },
  ]);
  if (connected?.outcome === 'ok') return { ...attempt, outcome: 'answered' };
  if (connected?.outcome !== 'silence') return { ...attempt, outcome: refusalOf(connected) };
  const result = await talk(agent, attempt, patience, (on) => [{ op: 'send', on, data: '', to }]);
  if (result?.outcome !== 'ok') return { ...attempt, outcome: refusalOf(result) };
  const by = result.from?.address;
  return { ...attempt, outcome: 'answered', ...(by === undefined || by === address ? {} : { by }) };
}

/** Sends by a socket of its own, and returns what came of that: the answer, or the first call that failed. */
async function talk(
  agent: AgentProcess,
  { address }: Attempt,
  within: number,
  send: (on: string) => Operation[],
): Promise<Result | undefined> {
  const on = fresh();
  const opening: Operation = { op: 'socket', as: on, family: isIPv6(address) ? 'inet6' : 'inet', type: 'dgram' };
  const results = await agent.ask([opening, ...send(on), { op: 'recv', on, within }], true);
  await agent.ask([{ op: 'close', on }], false);
  return results.at(-1);
}

/** What a call that failed says of the way there. */
function refusalOf(result: Result | undefined): string {
  const outcome = result?.outcome ?? 'silence';
  const known = classOf(outcome);
  if (known === 'connection-refused') return 'refused';
  if (known === 'unreachable') return 'unreachable';
  return known === 'timed-out' ? 'silence' : outcome;
}
