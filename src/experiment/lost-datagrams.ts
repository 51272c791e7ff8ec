import type { Family, Operation } from '../protocol/messages.ts';
import type { Outcome } from './outcome.ts';
import { open, outcomeOf } from './talk.ts';
import { addressOf, type Trial } from './trial.ts';

type Share = 'all' | 'some' | 'none';

/** The observation of a group that loses a member: what the member that stays got. */
interface LostDatagrams {
  members: Outcome[];
  /** How many of the datagrams that were sent while there were two members, and how many of the later ones. */
  before: Share;
  after: Share;
}

/** Many senders send to a group of two UDP sockets, one of them goes before it has read, and the same senders send again. */
export async function lostDatagrams(
  trial: Trial,
  { how, family, senders: count }: { how: 'closed' | 'killed'; family: Family; senders: number },
): Promise<LostDatagrams> {
  const address = addressOf(trial.facts, family, 'loopback');
  const to = { address, port: trial.port };
  const members: Outcome[] = [];
  for (const name of ['going', 'staying']) {
    const part = await trial.part(name);
    const results = await part.attempt(
      ...open('member', 'udp', family, 1),
      { op: 'setsockopt', on: 'member', option: 'SO_REUSEPORT', value: 1 },
      { op: 'bind', on: 'member', ...to },
    );
    members.push(outcomeOf(results.at(-1)));
  }
  const client = await trial.part('client');
  const sockets = Array.from({ length: count }, () => client.fresh('client'));
  await client.do(...sockets.flatMap((socket) => open(socket, 'udp', family, 1)));
  const send = (data: string) => client.do(...sockets.map((on): Operation => ({ op: 'send', on, data, to })));
  await send('before');
  const going = await trial.part('going');
  if (how === 'closed') await going.do({ op: 'close', on: 'member' });
  else await going.kill();
  await send('after');

  const staying = await trial.part('staying');
  const taken = { before: 0, after: 0 };
  for (let total = 0; total < 2 * count; total += 1) {
    const within = taken.after < count ? trial.patience : 0;
    const [received] = await staying.do({ op: 'recv', on: 'member', within });
    if (outcomeOf(received) !== 'ok') break;
    taken[received?.data === 'before' ? 'before' : 'after'] += 1;
  }
  const share = (part: number): Share => (part === 0 ? 'none' : part === count ? 'all' : 'some');
  return { members, before: share(taken.before), after: share(taken.after) };
}
