import type { Family, Operation } from '../protocol/messages.ts';
import type { Outcome } from './outcome.ts';
import { handOver } from './handover.ts';
import { CROWDS } from './receiving/scene.ts';
import { open, outcomeOf } from './talk.ts';
import { addressOf, type Part, type Trial } from './trial.ts';

interface Reload {
  /** Whether the new generation has a socket of its own in the group of SO_REUSEPORT, or the old one's own socket. */
  socket: 'own' | 'handed-over';
  /** Whether the old generation accepts what its queue has before it closes, and whether more clients come in between. */
  ending: 'closed' | 'drained' | 'drained-too-early';
  migrates: boolean;
  family: Family;
}

type Share = 'all' | 'some' | 'none';

/** What became of clients that connected while a server was replaced. */
interface Reloaded {
  next: Outcome;
  connected: Share | null;
  /** How many of all clients each generation accepted, and how many were reset before that. */
  old: Share | null;
  new: Share | null;
  lost: Share | null;
}

/**
 * Replaces a TCP server under load: clients connect before the new generation is there, while both are, and, where the old
 * one is drained too early, between its last accept and its close.
 */
export async function reload(trial: Trial, { socket, ending, migrates, family }: Reload): Promise<Reloaded> {
  if (migrates) await trial.network().set('net.ipv4.tcp_migrate_req', 1);
  const name = { address: addressOf(trial.facts, family, 'loopback'), port: trial.port };
  const [before, after, client] = [await trial.part('old'), await trial.part('new'), await trial.part('client')];
  const listening: Operation[] = [
    ...open('listener', 'tcp', family, 1),
    { op: 'setsockopt', on: 'listener', option: 'SO_REUSEPORT', value: 1 },
    { op: 'bind', on: 'listener', ...name },
    { op: 'listen', on: 'listener' },
  ];
  await before.attempt(...listening);
  const clients: string[] = [];
  let connected = 0;
  const arrive = async () => {
    const sockets = Array.from({ length: CROWDS[2] }, () => client.fresh('client'));
    clients.push(...sockets);
    for (const one of sockets) {
      const connect = { op: 'connect', on: one, ...name, within: trial.connectPatience } as const;
      const results = await client.attempt(...open(one, 'tcp', family, 1), connect);
      if (outcomeOf(results.at(-1)) === 'ok') connected += 1;
    }
  };
  await arrive();
  const next =
    socket === 'own'
      ? outcomeOf((await after.attempt(...listening)).at(-1))
      : await handOver('SCM_RIGHTS', { part: before, socket: 'listener' }, { part: after, as: 'listener' });
  if (next !== 'ok') return { next, connected: null, old: null, new: null, lost: null };
  await arrive();
  const accepted = { old: ending === 'closed' ? 0 : await acceptAll(before), new: 0 };
  if (ending === 'drained-too-early') await arrive();
  await before.do({ op: 'close', on: 'listener' });
  accepted.new = await acceptAll(after);
  // A reset arrives before anything else could: the other clients hear nothing.
  const looks = await client.do(...clients.map((on) => ({ op: 'recv', on }) as const));
  const lost = looks.filter(({ outcome }) => outcome !== 'silence').length;
  const share = (part: number): Share => (part === 0 ? 'none' : part === clients.length ? 'all' : 'some');
  return { next, connected: share(connected), old: share(accepted.old), new: share(accepted.new), lost: share(lost) };
}

/** How many connections a listener has; they are accepted, and kept. */
async function acceptAll(part: Part): Promise<number> {
  for (let count = 0; ; count += 1) {
    const [accepted] = await part.do({ op: 'accept', on: 'listener', as: part.fresh('connection') });
    if (outcomeOf(accepted) !== 'ok') return count;
  }
}
