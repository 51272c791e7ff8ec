import { setTimeout as after } from 'node:timers/promises';
import type { AgentProcess } from '../../../harness/agent-process.ts';
import { HarnessError } from '../../../harness/harness-error.ts';
import type { Result } from '../../../protocol/messages.ts';
import { classOf } from '../../../protocol/outcome-class.ts';
import { nameOnLan } from '../addresses.ts';
import { probe } from '../../published/probe.ts';

/** The result of a client: the name of the server that answered, and the address that its answer came from. */
export interface ClientReply {
  outcome: string;
  server?: string;
  from?: string;
}

/** Where a client sends, and how many bytes: by their number the server's list of requests tells who it was. */
export interface To {
  agent: AgentProcess;
  address: string;
  port: number;
  bytes: number;
}

/** How long one datagram waits for its answer, and the pause after it, in milliseconds. */
const TURN = 100;
const PAUSE = 40;
/** How long a connection may wait for an answer, in milliseconds. */
const ANSWER = 1500;

let count = 0;

/** A UDP client that sends from one port, one datagram after the other, until it is ended. */
export class Flow {
  readonly #to: To;
  readonly #on: string;
  #over = false;
  #last: ClientReply & { sent: number } = { outcome: 'silence', sent: 0 };
  #running: Promise<void> = Promise.resolve();

  constructor(to: To) {
    count += 1;
    this.#to = to;
    this.#on = `flow ${count}`;
  }

  /** The result of its last datagram, and when that was sent, on the clock of `performance.now()`. */
  get last(): ClientReply & { sent: number } {
    return this.#last;
  }

  /** Opens its socket, sends for the first time, and goes on by itself. Returns the result of the first datagram. */
  async begin(): Promise<ClientReply> {
    await this.#to.agent.ask([{ op: 'socket', as: this.#on, family: 'inet', type: 'dgram' }], true);
    await this.#turn();
    const first = this.#last;
    // An agent that is gone is reported to whoever asks it next.
    this.#running = this.#goOn().catch(() => undefined);
    return first;
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#running;
    await this.#to.agent.ask([{ op: 'close', on: this.#on }], false);
  }

  async #goOn(): Promise<void> {
    while (!this.#over) {
      await this.#turn();
      await after(PAUSE);
    }
  }

  async #turn(): Promise<void> {
    const { agent, address, port, bytes } = this.#to;
    const sent = performance.now();
    const results = await agent.ask(
      [
        // An answer to an earlier one would be taken for the answer to this one.
        { op: 'drain', on: this.#on },
        { op: 'send', on: this.#on, data: 'x'.repeat(bytes), to: { address, port } },
        { op: 'recv', on: this.#on, within: TURN },
      ],
      false,
    );
    this.#last = { ...replyOf(results.at(-1), address), sent };
  }
}

/** A TCP connection that is open, and was answered once. */
export interface OpenConnection {
  /** What became of it: sends once more, unless it was ended. */
  look(): Promise<ClientReply>;
}

/** Opens a connection, and has the server answer once. @returns null where it does not */
export async function openConnection({ agent, address, port, bytes }: To): Promise<OpenConnection | null> {
  count += 1;
  const on = `connection ${count}`;
  const data = 'x'.repeat(bytes);
  const results = await agent.ask(
    [
      { op: 'socket', as: on, family: 'inet', type: 'stream' },
      { op: 'connect', on, address, port, within: ANSWER },
      { op: 'send', on, data },
      { op: 'recv', on, within: ANSWER },
    ],
    true,
  );
  if (results.at(-1)?.data === undefined) return null;
  return {
    async look() {
      const [waiting] = await agent.ask([{ op: 'recv', on, within: 1 }], false);
      const isOpen = waiting?.outcome === 'silence' || waiting?.outcome === 'EAGAIN';
      const result = isOpen
        ? (
            await agent.ask(
              [
                { op: 'send', on, data },
                { op: 'recv', on, within: ANSWER },
              ],
              true,
            )
          ).at(-1)
        : waiting;
      await agent.ask([{ op: 'close', on, reset: true }], false);
      // Whether the end of a connection is seen as an end or as a reset is a race.
      const hasEnded = ['eof', 'ECONNRESET', 'EPIPE'].includes(result?.outcome ?? '') || result?.bytes === 0;
      return hasEnded ? { outcome: 'ended' } : replyOf(result, address);
    },
  };
}

/** Asks once with a socket of its own. */
export async function askNew(
  { agent, address, port, bytes }: To,
  socket: 'tcp' | 'udp unconnected',
): Promise<ClientReply> {
  const { outcome, data, from } = await probe(agent, { socket, address, port, data: 'x'.repeat(bytes) }, 400);
  return {
    outcome: classOf(outcome) === 'unreachable' ? 'silence' : outcome,
    ...(data === undefined ? {} : { server: serverIn(data) }),
    ...(from === undefined || from === address ? {} : { from }),
  };
}

/** @throws HarnessError where the agent returned nothing, which would not be the silence of a server */
function replyOf(result: Result | undefined, asked: string): ClientReply {
  if (result === undefined) throw new HarnessError('the agent returned no result for a request');
  if (result.outcome !== 'ok' || result.data === undefined) {
    const { outcome } = result;
    // Where no machine has the address, the kernel reports that some time later, or never.
    return {
      outcome: ['ETIMEDOUT', 'EAGAIN'].includes(outcome) || classOf(outcome) === 'unreachable' ? 'silence' : outcome,
    };
  }
  const from = result.from?.address;
  return {
    outcome: 'answered',
    server: serverIn(result.data),
    ...(from === undefined || from === asked ? {} : { from }),
  };
}

function serverIn(data: string): string {
  return data.slice(0, Math.max(0, data.lastIndexOf(': Your data was ')));
}

/** The name of an address of the LAN, or of a container's router; others differ from run to run. */
export function nameInTime(address: string, gateway: string | undefined): string {
  if (address === gateway) return 'the gateway';
  return nameOnLan(address) ?? 'another address';
}
