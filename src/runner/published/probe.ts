import type { AgentProcess } from '../../harness/agent-process.ts';
import { classOf } from '../../protocol/outcome-class.ts';
import type { Operation, Result } from '../../protocol/messages.ts';
import type { SocketKind } from '../../published/ask.ts';
import { isIPv6 } from '../../published/publication.ts';

/** The data to send, and the address to send it to. */
export interface Probe {
  readonly socket: SocketKind;
  readonly address: string;
  readonly port: number;
  readonly data: string;
}

/** The reply to a probe. */
export interface ProbeReply {
  /**
   * `answered`; `accepted`, and then silence; `closed`, once it was accepted; `refused`; `silence`; or the errno of the
   * call that failed.
   */
  readonly outcome: string;
  readonly data?: string;
  /** The address that answered, where the system reports it. */
  readonly from?: string;
  /** How long the calls took together, in milliseconds. */
  readonly took: number;
}

let count = 0;

/**
 * Asks once with a socket of its own: connects, sends, and waits for a reply.
 * @param within how long each call may wait, in milliseconds
 * @throws HarnessError of the agent
 */
export async function probe(agent: AgentProcess, { data, ...to }: Probe, within: number): Promise<ProbeReply> {
  const { on, opening, connect } = callsOf(to, within);
  const { socket, address, port } = to;
  const calls: Operation[] =
    socket === 'udp unconnected'
      ? [{ op: 'send', on, data, to: { address, port } }]
      : [connect, { op: 'send', on, data }];
  const results = await agent.ask([opening, ...calls, { op: 'recv', on, within }], true);
  if (results[0]?.outcome !== 'ok') return { outcome: results[0]?.outcome ?? 'silence', took: 0 };
  // A reset leaves no state on the port; a UDP socket leaves none anyway.
  void agent.ask([{ op: 'close', on, reset: socket === 'tcp' }], false).catch(() => undefined);
  const [connected, sent, received] = results.slice(1);
  const outcome = socket === 'tcp' ? ofStream(connected, sent, received) : ofDatagram(results.at(-1));
  const took = results.reduce((sum, one) => sum + one.took, 0);
  if (outcome !== 'answered') return { outcome, took };
  const { data: answer = '', from } = results.at(-1) ?? {};
  return { outcome, took, data: answer, ...(from === undefined ? {} : { from: from.address }) };
}

/** How long to wait for the end of a connection before looking again whether it has arrived, in milliseconds. */
const LOOK_AGAIN = 20;

/**
 * Connects by TCP and sends nothing, because the server is someone else's: `open` as soon as the connection has arrived
 * there. An accepted connection alone proves nothing: some engines have a program on the host that accepts every
 * connection for the container, and some only reserve the port with a socket whose connections no one accepts.
 * @param arrived whether the connection has arrived at the server
 * @throws HarnessError of the agent
 */
export async function connectOnly(
  agent: AgentProcess,
  to: Omit<Probe, 'socket' | 'data'>,
  within: number,
  arrived: () => Promise<boolean>,
): Promise<Pick<ProbeReply, 'outcome'>> {
  const { on, opening, connect } = callsOf({ ...to, socket: 'tcp' }, within);
  const connected = (await agent.ask([opening, connect], true)).at(-1);
  try {
    if (connected?.outcome !== 'ok') return { outcome: ofStream(connected) };
    // If the server does not want the connection, it is a race which side closes first; it does not matter here.
    for (const deadline = Date.now() + within; ;) {
      if (await arrived()) return { outcome: 'open' };
      if (Date.now() > deadline) return { outcome: 'accepted' };
      const [received] = await agent.ask([{ op: 'recv', on, within: LOOK_AGAIN }], false);
      const ended = received?.outcome !== 'ok' && received?.outcome !== 'silence';
      if (ended) return { outcome: (await arrived()) ? 'open' : 'closed' };
    }
  } finally {
    await agent.ask([{ op: 'close', on }], false);
  }
}

function callsOf({ socket, address, port }: Omit<Probe, 'data'>, within: number) {
  count += 1;
  const on = `probe ${count}`;
  const opening: Operation = {
    op: 'socket',
    as: on,
    family: isIPv6(address) ? 'inet6' : 'inet',
    type: socket === 'tcp' ? 'stream' : 'dgram',
  };
  const connect: Operation = { op: 'connect', on, address, port, within };
  return { on, opening, connect };
}

/** The outcome of connecting, sending and receiving. */
function ofStream(connected?: Result, sent?: Result, received?: Result): string {
  // When an accepted connection ends, it is a race whether the system reports an end or a reset, and whether the reset
  // arrives before connect() has returned. A refused handshake is never reported as a reset.
  if (connected?.outcome === 'ECONNRESET') return 'closed';
  if (connected?.outcome !== 'ok') return failureOf(connected);
  if (sent?.outcome !== 'ok') return 'closed';
  if (received?.outcome === 'ok') return 'answered';
  return received?.outcome === 'silence' ? 'accepted' : 'closed';
}

function ofDatagram(last?: Result): string {
  return last?.outcome === 'ok' && last.data !== undefined ? 'answered' : failureOf(last);
}

function failureOf(result?: Result): string {
  const outcome = result?.outcome ?? 'silence';
  const known = classOf(outcome);
  if (known === 'connection-refused') return 'refused';
  return known === 'timed-out' ? 'silence' : outcome;
}
