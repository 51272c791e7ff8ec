import { setTimeout as after } from 'node:timers/promises';
import { OPTION_KEYS, OPTIONS } from '../model/options.ts';
import { spell } from '../explain/reader/spell.ts';
import type { PresentSocket } from '../model/types.ts';
import type { Operation, Result } from '../protocol/messages.ts';
import type { NumberOption } from '../protocol/options.ts';
import type { AgentProcess } from '../harness/agent-process.ts';
import { EXIT } from './exit.ts';
import { paced } from '../process/pace.ts';

/** A socket that was to be there first could not be put there. */
export class CannotBePlaced extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.name = 'CannotBePlaced';
    this.exitCode = exitCode;
  }
}

/** How long connecting may take, and a closed connection takes to settle (a delayed ACK), in milliseconds on a quiet machine. */
const PATIENCE = 2000;
const SETTLE = 80;

/** Binds a socket and brings it to its state, with the help of a peer. @throws CannotBePlaced */
export async function place(
  agent: AgentProcess,
  peer: AgentProcess,
  socket: PresentSocket,
  number: number,
  wasRefused: boolean,
): Promise<void> {
  const doing = new Doing(agent, `socket ${number}, ${spell(socket)},`);
  await doing.all(opening(socket), 'is not available here');
  const bound = await doing.one({ op: 'bind', on: 'it', address: socket.address, port: socket.port });
  if (bound.outcome !== 'ok') {
    const opinion = wasRefused ? 'as the model says too' : 'though the model allows it, unless someone else is there';
    throw new CannotBePlaced(
      `${doing.title} can't be put there: bind returned ${bound.outcome}, ${opinion}`,
      wasRefused ? EXIT.usage : EXIT.failed,
    );
  }
  const state = socket.state ?? 'bound';
  if (state === 'bound') return;
  if (state === 'listening') return doing.all([{ op: 'listen', on: 'it' }], "can't listen");
  if (state === 'shut-down') {
    return doing.all(
      [
        { op: 'listen', on: 'it' },
        { op: 'shutdown', on: 'it', how: 'both' },
      ],
      "can't be shut down",
    );
  }
  if (state === 'fin-wait-1') throw new CannotBePlaced(`${doing.title} is in a state that passes too fast to be used`);
  if (state === 'accepted') return accept(doing, peer, socket);
  await connect(doing, peer, socket, state);
}

/** Binds the socket that is asked about, and for TCP has it listen. @throws CannotBePlaced when it can't even be opened. */
export async function bindLast(agent: AgentProcess, socket: PresentSocket): Promise<{ bind: string; listen?: string }> {
  const doing = new Doing(agent, `the last socket, ${spell(socket)},`);
  await doing.all(opening(socket), 'is not available here');
  const bind = await doing.one({ op: 'bind', on: 'it', address: socket.address, port: socket.port });
  if (socket.protocol === 'udp' || bind.outcome !== 'ok') return { bind: bind.outcome };
  return { bind: bind.outcome, listen: (await doing.one({ op: 'listen', on: 'it' })).outcome };
}

function opening({ protocol, family, v6only, options = {}, device }: PresentSocket): Operation[] {
  const set = (option: NumberOption, value: number): Operation => ({ op: 'setsockopt', on: 'it', option, value });
  return [
    { op: 'socket', as: 'it', family, type: protocol === 'udp' ? 'dgram' : 'stream' },
    ...(family === 'inet6' && v6only !== undefined ? [set('IPV6_V6ONLY', v6only ? 1 : 0)] : []),
    ...OPTION_KEYS.filter((key) => options[key] === true).map((key) => set(OPTIONS[key].name, 1)),
    ...(device === undefined
      ? []
      : [{ op: 'setsockopt', on: 'it', option: 'SO_BINDTODEVICE', value: device } as const]),
  ];
}

/** A child of a listener that has been closed since. */
async function accept(doing: Doing, peer: AgentProcess, socket: PresentSocket): Promise<void> {
  const address = socket.local ?? socket.address;
  await doing.all([{ op: 'listen', on: 'it' }], "can't listen");
  const client = new Doing(peer, `the peer of ${doing.title}`);
  const name = client.fresh();
  await client.all(
    [
      { op: 'socket', as: name, family: familyOf(address), type: 'stream' },
      { op: 'connect', on: name, address, port: socket.port, within: paced(PATIENCE) },
    ],
    "can't connect to it",
  );
  await doing.all(
    [
      { op: 'accept', on: 'it', as: 'child', within: paced(PATIENCE) },
      { op: 'close', on: 'it' },
    ],
    "can't accept",
  );
}

/** A connection from the socket to a peer, in one of the states of a connection. */
async function connect(
  doing: Doing,
  peer: AgentProcess,
  socket: PresentSocket,
  state: 'connected' | 'close-wait' | 'fin-wait-2' | 'time-wait',
): Promise<void> {
  const address = socket.local ?? socket.address;
  const server = new Doing(peer, `the peer of ${doing.title}`);
  const [listener, child] = [server.fresh(), server.fresh()];
  const type = socket.protocol === 'udp' ? 'dgram' : 'stream';
  const listening: Operation[] = type === 'stream' ? [{ op: 'listen', on: listener }] : [];
  await server.all(
    [
      { op: 'socket', as: listener, family: familyOf(address), type },
      { op: 'bind', on: listener, address, port: 0 },
      ...listening,
    ],
    'is not available',
  );
  const { name } = await server.one({ op: 'getsockname', on: listener });
  if (name === undefined) throw new CannotBePlaced(`${server.title} has no name`);
  await doing.all(
    [{ op: 'connect', on: 'it', address, port: name.port, within: paced(PATIENCE) }],
    "can't be connected",
  );
  if (type === 'dgram') return;
  await server.all([{ op: 'accept', on: listener, as: child, within: paced(PATIENCE) }], "can't accept");
  if (state === 'close-wait') await server.one({ op: 'close', on: child });
  if (state === 'fin-wait-2' || state === 'time-wait') await doing.one({ op: 'close', on: 'it' });
  if (state === 'time-wait') {
    await after(paced(SETTLE));
    await server.one({ op: 'close', on: child });
  }
  if (state !== 'connected') await after(paced(SETTLE));
}

function familyOf(address: string): 'inet' | 'inet6' {
  return address.includes(':') ? 'inet6' : 'inet';
}

let count = 0;

/** An agent at work on one socket, whom the messages name. */
class Doing {
  readonly title: string;
  readonly #agent: AgentProcess;

  constructor(agent: AgentProcess, title: string) {
    this.#agent = agent;
    this.title = title;
  }

  fresh(): string {
    count += 1;
    return `peer${count}`;
  }

  async one(operation: Operation): Promise<Result> {
    const [result] = await this.#agent.ask([operation], false);
    if (result === undefined) throw new CannotBePlaced(`${this.title} got no answer`, EXIT.harness);
    return result;
  }

  /** Does operations that must all succeed. */
  async all(operations: readonly Operation[], otherwise: string): Promise<void> {
    const results = await this.#agent.ask([...operations], true);
    const failed = results.findIndex(({ outcome }) => outcome !== 'ok');
    if (failed < 0) return;
    const operation = operations[failed];
    const what = operation?.op === 'setsockopt' ? `setting ${operation.option}` : operation?.op;
    const outcome = results[failed]?.outcome;
    const said = outcome === 'not available here' ? `is ${outcome}` : `returned ${outcome}`;
    throw new CannotBePlaced(`${this.title} ${otherwise}: ${what} ${said}`);
  }
}
