import type { AgentProcess } from '../../harness/agent-process.ts';
import type { Operation, Result, SocketName } from '../../protocol/messages.ts';
import { classOf } from '../../protocol/outcome-class.ts';
import type { ReachAttempt } from '../../record/program.ts';

/** How long a connection may take, and how long a server may take to say something by itself; in milliseconds. */
const CONNECT = 1500;
const LISTEN = 150;
/** How long to wait for the answer to a datagram, or for the error that says that no one is there. */
const DATAGRAM = 250;

let count = 0;

/** Where one is to be reached: the scope is the index of an interface, for a link-local address. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly scope?: number;
}

type Reached = Pick<ReachAttempt, 'reached' | 'served'>;

/**
 * Connects by TCP, sends nothing, and hears whether something comes.
 * @param look is called with the client's name while it is connected; then the connection is reset, so that nothing of it is left
 * @throws HarnessError
 */
export async function connectTcp(
  agent: AgentProcess,
  place: Endpoint,
  look?: (client: SocketName) => Promise<void>,
): Promise<Reached> {
  const { on, opening, connect } = callsFor(place, 'stream');
  const results = await agent.ask([opening, connect, { op: 'recv', on, within: LISTEN, size: 512 }], true);
  if (look !== undefined && results[1]?.outcome === 'ok') {
    const [named] = await agent.ask([{ op: 'getsockname', on }], false);
    if (named?.name !== undefined) await look(named.name);
  }
  await agent.ask([{ op: 'close', on, reset: look !== undefined }], false);
  const [opened, connected, received] = results;
  if (connected?.outcome !== 'ok') return { reached: failed(connected ?? opened) };
  return { reached: 'yes', served: servedBy(received) };
}

function servedBy(received: Result | undefined): NonNullable<ReachAttempt['served']> {
  if (received?.outcome === 'ok') return (received.bytes ?? received.data?.length ?? 0) > 0 ? 'banner' : 'closed';
  if (received?.outcome === 'silence' || received === undefined) return 'open';
  return classOf(received.outcome) === 'connection-reset' ? 'reset' : 'closed';
}

/**
 * Sends one byte from a connected UDP socket: an error says that no one is there, and silence that it was taken. Nothing
 * filters in the lab, and an empty datagram would be the end of the input to some.
 * @throws HarnessError
 */
export async function sendUdp(agent: AgentProcess, place: Endpoint): Promise<Reached> {
  const { on, opening, connect } = callsFor(place, 'dgram');
  const results = await agent.ask(
    [opening, connect, { op: 'send', on, data: '?' }, { op: 'recv', on, within: DATAGRAM, size: 2048 }],
    true,
  );
  await agent.ask([{ op: 'close', on }], false);
  const last = results.at(-1);
  if (results.length === 4 && last?.outcome === 'ok') return { reached: 'yes', served: 'answer' };
  if (results.length === 4 && last?.outcome === 'silence') return { reached: 'yes', served: 'queued' };
  return { reached: failed(last) };
}

function callsFor({ address, port, scope }: Endpoint, type: 'stream' | 'dgram') {
  count += 1;
  const on = `place ${count}`;
  const family = address.includes(':') ? 'inet6' : 'inet';
  const opening: Operation = { op: 'socket', as: on, family, type };
  const connect: Operation = {
    op: 'connect',
    on,
    address,
    port,
    ...(scope === undefined ? {} : { scope }),
    within: CONNECT,
  };
  return { on, opening, connect };
}

function failed(result: Result | undefined): ReachAttempt['reached'] {
  const outcome = result?.outcome ?? 'silence';
  if (outcome === 'silence') return 'silence';
  const known = classOf(outcome);
  if (known === 'connection-refused') return 'refused';
  if (known === 'timed-out') return 'silence';
  return known === 'unreachable' || outcome === 'ENETUNREACH' || known === 'address-not-available'
    ? 'unreachable'
    : 'error';
}
