import type { Family } from '../protocol/messages.ts';
import type { Outcome } from './outcome.ts';
import { CROWDS } from './receiving/scene.ts';
import { open, outcomeOf } from './talk.ts';
import { addressOf, type Trial } from './trial.ts';

interface QueueLoss {
  how: 'closed' | 'killed';
  family: Family;
  /** Whether another listener is in the group of the one that goes, and whether it inherits what is queued there. */
  member: boolean;
  migrates: boolean;
}

type Share = 'all' | 'some' | 'none';

/** The observation of clients whose listener has gone before it accepted them. */
interface LostQueue {
  listeners: Outcome[];
  /** How many of the clients were connected, were reset afterwards, and were accepted by the listener that is left. */
  connected: Share;
  reset: Share;
  accepted: Share;
}

/**
 * Connects many clients to a listener that accepts none of them, or to it and another one in its group. Then the listener
 * goes, and the other accepts what it has.
 */
export async function lostQueue(trial: Trial, { how, family, member, migrates }: QueueLoss): Promise<LostQueue> {
  if (migrates) await trial.network().set('net.ipv4.tcp_migrate_req', 1);
  const address = addressOf(trial.facts, family, 'loopback');
  const names = member ? ['going', 'staying'] : ['going'];
  const listeners: Outcome[] = [];
  for (const name of names) {
    const part = await trial.part(name);
    const results = await part.attempt(
      ...open('listener', 'tcp', family, 1),
      { op: 'setsockopt', on: 'listener', option: 'SO_REUSEPORT', value: 1 },
      { op: 'bind', on: 'listener', address, port: trial.port },
      { op: 'listen', on: 'listener' },
    );
    listeners.push(outcomeOf(results.at(-1)));
  }
  const count = CROWDS[2];
  const client = await trial.part('client');
  const sockets = Array.from({ length: count }, () => client.fresh('client'));
  const connects = await client.do(
    ...sockets.flatMap((socket) => [
      ...open(socket, 'tcp', family, 1),
      { op: 'connect', on: socket, address, port: trial.port, within: trial.connectPatience } as const,
    ]),
  );
  const perClient = connects.length / count;
  const connected = connects.filter(({ outcome }, place) => place % perClient === perClient - 1 && outcome === 'ok');

  const going = await trial.part('going');
  if (how === 'closed') await going.do({ op: 'close', on: 'listener' });
  else await going.kill();

  const accepted = member ? await accept(trial) : 0;
  // Resets arrive before anything else could: those clients whose connection still lasts hear nothing.
  const looks = await client.do(...sockets.map((socket) => ({ op: 'recv', on: socket }) as const));
  const reset = looks.filter(({ outcome }) => outcome === 'ECONNRESET' || outcome === 'WSAECONNRESET');
  return {
    listeners,
    connected: share(connected.length, count),
    reset: share(reset.length, count),
    accepted: share(accepted, count),
  };
}

/** How many connections the listener that is left accepts; it keeps them. */
async function accept(trial: Trial): Promise<number> {
  const part = await trial.part('staying');
  for (let count = 0; ; count += 1) {
    const [accepted] = await part.do({ op: 'accept', on: 'listener', as: part.fresh('connection') });
    if (outcomeOf(accepted) !== 'ok') return count;
  }
}

function share(part: number, whole: number): Share {
  return part === 0 ? 'none' : part === whole ? 'all' : 'some';
}
