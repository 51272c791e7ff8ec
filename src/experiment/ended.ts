import type { Family } from '../protocol/messages.ts';
import type { Outcome } from './outcome.ts';
import { open, outcomeOf, prepareSockets } from './talk.ts';
import { addressOf, type AddressKind, type Part, type Trial } from './trial.ts';

/** How one side ends its side of a connection; `killed` is its whole process, by SIGKILL. */
export const ENDINGS = ['close', 'shutdown', 'reset', 'killed'] as const;
export type Ending = (typeof ENDINGS)[number];

/** A TCP connection on loopback: the listener's port is the trial's own. */
export interface AcceptedConnection {
  readonly server: Part;
  readonly client: Part;
}

/**
 * A server of the part `server` that listens and has accepted a connection of the part `client`. The sockets are
 * `listener`, `child` and `client`.
 * @param reuse whether the listener sets SO_REUSEADDR
 * @throws HarnessError when they do not get together
 */
export async function connectionOf(
  trial: Trial,
  family: Family,
  { reuse, on = 'loopback' }: { reuse: boolean; on?: AddressKind },
): Promise<AcceptedConnection> {
  const address = addressOf(trial.facts, family, on);
  const to = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
  const [server, client] = [await trial.part('server'), await trial.part('client')];
  await prepareSockets(server, [
    ...open('listener', 'tcp', family, 1),
    { op: 'setsockopt', on: 'listener', option: 'SO_REUSEADDR', value: reuse ? 1 : 0 },
    { op: 'bind', on: 'listener', address, port: trial.port },
    { op: 'listen', on: 'listener' },
  ]);
  await prepareSockets(client, [
    ...open('client', 'tcp', family, 1),
    { op: 'connect', on: 'client', ...to, within: trial.connectPatience },
  ]);
  await prepareSockets(server, [{ op: 'accept', on: 'listener', as: 'child', within: trial.patience }]);
  return { server, client };
}

/** One side ends; the other side sees the end, where there is one to see, before this returns. */
export async function endOf(
  trial: Trial,
  { server, client }: AcceptedConnection,
  who: 'server' | 'client',
  how: Ending,
) {
  const [own, socket, other, theirs] =
    who === 'server' ? ([server, 'child', client, 'client'] as const) : ([client, 'client', server, 'child'] as const);
  if (how === 'killed') await own.kill();
  else if (how === 'shutdown') await own.do({ op: 'shutdown', on: socket, how: 'write' });
  else await own.do({ op: 'close', on: socket, ...(how === 'reset' ? { reset: true } : {}) });
  const [seen] = await other.do({ op: 'recv', on: theirs, within: trial.patience });
  return outcomeOf(seen);
}

/** Closes all sockets of the connection that are still open after one side has ended it, and the listener last. */
export async function endRest(
  { server, client }: AcceptedConnection,
  who: 'server' | 'client',
  how: Ending,
): Promise<void> {
  const isOpen = (side: 'server' | 'client') => side !== who || how === 'shutdown';
  if (isOpen('client')) await client.do({ op: 'close', on: 'client' });
  if (isOpen('server')) await server.do({ op: 'close', on: 'child' });
  if (who !== 'server' || how !== 'killed') await server.do({ op: 'close', on: 'listener' });
}

/** What became of a server that was started again: the outcome, and the call that it is of. */
export interface Restart {
  restart: Outcome;
  call: 'bind' | 'listen';
}

/** The part that starts a server again, for a question in which no time may pass until it does. */
export function restarted(trial: Trial, { otherUser }: { otherUser: boolean } = { otherUser: false }): Promise<Part> {
  return trial.part('restarted server', { otherUser });
}

/** Binds and listens on the trial's port, as a server that is started again does, in a part of its own. */
export async function restart(
  trial: Trial,
  family: Family,
  {
    reuse,
    on = 'loopback',
    otherUser = false,
    settles = true,
  }: {
    reuse: boolean;
    on?: AddressKind;
    otherUser?: boolean;
    /** False where a state that usually passes at once is to last. */
    settles?: boolean;
  },
): Promise<Restart> {
  const part = await restarted(trial, { otherUser });
  if (settles) await settled(trial, part, family);
  const socket = part.fresh('restarted');
  const opened = open(socket, 'tcp', family, 1);
  const results = await part.attempt(
    ...opened,
    { op: 'setsockopt', on: socket, option: 'SO_REUSEADDR', value: reuse ? 1 : 0 },
    { op: 'bind', on: socket, address: addressOf(trial.facts, family, on), port: trial.port },
    { op: 'listen', on: socket },
  );
  await part.do({ op: 'close', on: socket });
  return { restart: outcomeOf(results.at(-1)), call: results.length > opened.length + 2 ? 'listen' : 'bind' };
}

/** How often a scene is made before it is taken as it is. */
const MOST_SCENES = 3;

/** Makes a scene once more, as often as need be and three times at most, where a slow machine has spoilt it. */
export async function unspoilt<T>(
  scene: () => Promise<T>,
  isSpoilt: (result: T) => boolean | Promise<boolean>,
): Promise<T> {
  for (let scenes = 1; ; scenes += 1) {
    const result = await scene();
    if (scenes === MOST_SCENES || !(await isSpoilt(result))) return result;
  }
}

/**
 * Makes and ends a connection that is to leave a socket on the trial's port, by `scene`. Linux forgets a TIME_WAIT when a reset
 * arrives for it, which the peer sends if a busy machine was so slow that the last segment was sent twice (RFC 1337). Without
 * the socket there is nothing to ask about: where the port is free afterwards, the scene is made once more. Where it is free each
 * time, as on a system that keeps no such socket, that is how it is.
 * @param scene leaves no socket open that it has made
 */
export async function leaving<T>(trial: Trial, family: Family, scene: () => Promise<T>): Promise<T> {
  const address = addressOf(trial.facts, family, 'loopback');
  return unspoilt(scene, async () => {
    const part = await trial.part('client');
    const look = part.fresh('look');
    const opened = await part.attempt(...open(look, 'tcp', family, 1), {
      op: 'bind',
      on: look,
      address,
      port: trial.port,
    });
    await part.do({ op: 'close', on: look });
    return outcomeOf(opened.at(-1)) === 'ok';
  });
}

/** FIN_WAIT1, LAST_ACK and CLOSING, as /proc/net/tcp has them: states that end with the next segment. */
const PASSING: ReadonlySet<string> = new Set(['04', '09', '0B']);
const MOST_LOOKS = 100;
/** In milliseconds. */
const BETWEEN_LOOKS = 5;

/**
 * Waits until no socket on the trial's port is in a state that the next segment ends: a busy system may not have processed
 * it yet. Where the system shows no such table, it does not wait.
 */
async function settled(trial: Trial, part: Part, family: Family): Promise<void> {
  const pause = part.fresh('pause');
  await prepareSockets(part, open(pause, 'udp', family, 1));
  const port = `:${trial.port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const [table] = await part.do({ op: 'read', path: family === 'inet' ? '/proc/net/tcp' : '/proc/net/tcp6' });
    const passing = (table?.data ?? '').split('\n').some((line) => {
      const [, local = '', , state = ''] = line.trim().split(/\s+/);
      return local.endsWith(port) && PASSING.has(state);
    });
    if (!passing) break;
    await part.do({ op: 'recv', on: pause, within: BETWEEN_LOOKS });
  }
  await part.do({ op: 'close', on: pause });
}
