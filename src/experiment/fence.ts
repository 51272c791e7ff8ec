import type { Family } from '../protocol/messages.ts';
import { open, prepareSockets } from './talk.ts';
import type { Part, Trial } from './trial.ts';

/**
 * A small question on the way of other packets, to a server that this starts. When it is answered, whatever was sent before
 * it has arrived, and so has every error that came of that.
 */
export async function fence(
  trial: Trial,
  server: Part,
  to: { address: string; port: number },
  family: Family,
): Promise<() => Promise<void>> {
  await prepareSockets(server, [
    ...open('fence', 'udp', family, 1),
    { op: 'bind', on: 'fence', ...to },
    { op: 'serve', on: 'fence', name: 'fence' },
  ]);
  const asking = await trial.part('fence');
  await prepareSockets(asking, [...open('fence', 'udp', family, 1), { op: 'connect', on: 'fence', ...to }]);
  return () =>
    prepareSockets(asking, [
      { op: 'send', on: 'fence', data: 'x' },
      { op: 'recv', on: 'fence', within: trial.patience },
    ]);
}
