import { HarnessError } from '../harness/harness-error.ts';
import type { Operation, SocketName } from '../protocol/messages.ts';
import type { Outcome } from './outcome.ts';
import type { Net } from './scenes.ts';
import { open, outcomeOf, prepareSockets } from './talk.ts';
import { addressOf, kindOf, type Part, type Trial } from './trial.ts';

/**
 * The states that a socket of each protocol can be brought to, by the calls that its program makes. `bound` and all that
 * follow have the trial's own port on loopback; `unbound-connected` got its port from connect().
 */
const STATES = {
  udp: ['new', 'bound', 'connected', 'unbound-connected', 'disconnected', 'shut-down'],
  tcp: [
    'new',
    'bound',
    'listening',
    'connected',
    'unbound-connected',
    'accepted',
    'shut-down',
    'peer-closed',
    'refused',
  ],
} as const;
export type SocketState = (typeof STATES)['udp' | 'tcp'][number];

/** All states of both protocols, as an axis. */
export const SOCKET_STATES = [...new Set([...STATES.udp, ...STATES.tcp])];

/** Whether a socket of the protocol can be in the state. */
export function hasState({ protocol, state }: { protocol: 'udp' | 'tcp'; state: SocketState }): boolean {
  return (STATES[protocol] as readonly SocketState[]).includes(state);
}

/** A socket in a state, with its part, and the name of its peer where it has one. */
export interface Staged {
  readonly part: Part;
  readonly socket: string;
  readonly peer: SocketName | null;
}

/**
 * A socket of the part `owner` that has been brought to the state. Its peer is a socket of the part `peer`, on loopback.
 * @throws HarnessError when a call on the way there fails: then there is no socket in that state to ask about
 */
export async function socketIn(trial: Trial, net: Net, state: SocketState): Promise<Staged> {
  const { protocol, family } = net;
  const address = addressOf(trial.facts, family, 'loopback');
  const part = await trial.part('owner');
  const socket = part.fresh('socket');
  const opened = open(socket, protocol, family, 1);
  const bound: Operation[] = [...opened, { op: 'bind', on: socket, address, port: trial.port }];
  if (state === 'new') return staged(part, socket, null, opened);
  if (state === 'bound') return staged(part, socket, null, bound);
  const listening: Operation[] = [...bound, { op: 'listen', on: socket }];
  if (state === 'listening') return staged(part, socket, null, listening);
  if (state === 'refused') {
    await prepareSockets(part, bound);
    const [refused] = await part.do(connecting(trial, socket, { address, port: await trial.anotherPort() }));
    if (outcomeOf(refused) === 'ok') throw new HarnessError('a connection was made to a port where no one listens');
    return { part, socket, peer: null };
  }
  const other = await trial.part('peer');
  const theirs = other.fresh('peer');
  const peer = { address, port: await trial.anotherPort() };
  const opposite: Operation[] = [...open(theirs, protocol, family, 1), { op: 'bind', on: theirs, ...peer }];
  if (state === 'accepted') {
    await prepareSockets(part, listening);
    await prepareSockets(other, [...opposite, connecting(trial, theirs, { address, port: trial.port })]);
    const child = part.fresh('child');
    return staged(part, child, peer, [{ op: 'accept', on: socket, as: child, within: trial.patience }]);
  }
  await prepareSockets(other, protocol === 'tcp' ? [...opposite, { op: 'listen', on: theirs }] : opposite);
  await prepareSockets(part, [...(state === 'unbound-connected' ? opened : bound), connecting(trial, socket, peer)]);
  if (state === 'shut-down') await prepareSockets(part, [{ op: 'shutdown', on: socket, how: 'both' }]);
  if (state === 'disconnected') await prepareSockets(part, [{ op: 'disconnect', on: socket }]);
  if (state === 'peer-closed') {
    const child = other.fresh('child');
    await prepareSockets(other, [
      { op: 'accept', on: theirs, as: child, within: trial.patience },
      { op: 'close', on: child },
    ]);
    // The end of the connection has arrived when it can be read.
    await part.do({ op: 'poll', on: [socket], within: trial.patience });
  }
  return { part, socket, peer };
}

/** Does the operations one after the other, whatever each returns, and gives the outcome of each under its name. */
export async function outcomesOf<Name extends string>(
  part: Part,
  steps: Readonly<Record<Name, Operation>>,
): Promise<Record<Name, Outcome>> {
  const results = await part.do(...Object.values<Operation>(steps));
  const named = Object.keys(steps).map((name, at) => [name, outcomeOf(results[at])]);
  return Object.fromEntries(named) as Record<Name, Outcome>;
}

/** A socket name as an observation: the kind of its address, and whether its port is the trial's own, none, or another. */
export type NameSeen = `${string} port ${'own' | 'none' | 'another'}`;

/** What getsockname() or getpeername() says of a socket: its name, or the outcome of the call. */
export async function nameSeen(
  trial: Trial,
  { part, socket }: Pick<Staged, 'part' | 'socket'>,
  op: 'getsockname' | 'getpeername' = 'getsockname',
): Promise<NameSeen | Outcome> {
  const [result] = await part.do({ op, on: socket });
  if (!result?.name) return outcomeOf(result);
  const { address, port } = result.name;
  const whose = port === trial.port ? 'own' : port === 0 ? 'none' : 'another';
  return `${kindOf(trial.facts, address)} port ${whose}`;
}

function connecting(trial: Trial, socket: string, to: SocketName): Operation {
  return { op: 'connect', on: socket, ...to, within: trial.connectPatience };
}

async function staged(part: Part, socket: string, peer: SocketName | null, operations: Operation[]): Promise<Staged> {
  await prepareSockets(part, operations);
  return { part, socket, peer };
}
