import type { Operation } from '../protocol/messages.ts';
import type { Owner } from './sequence.ts';
import type { Move, Play } from './play.ts';

/** Who makes the calls of a play. */
export type Part = Owner | 'peer';

/** Has a part make calls, and tells one word of each: its outcome, or the address that getsockname told. */
export type Ask = (part: Part, operations: readonly Operation[]) => Promise<readonly string[]>;

/**
 * Plays many sequences side by side, each on a port of its own. Step by step: what one owner did is done before the other
 * owner does the next step of that sequence.
 * @throws HarnessError when an agent fails, or a call that only prepares one.
 */
export async function playAll(plays: readonly Play[], ask: Ask): Promise<void> {
  for (let going = plays.filter((play) => !play.mismatch); going.length > 0;) {
    const turns: Turn[] = [];
    for (const play of going) {
      const move = play.next();
      if (move !== undefined) turns.push({ play, move });
    }
    await connectClients(turns, ask);
    await Promise.all(([1, 2] as const).map((owner) => takeTurns(owner, turns, ask)));
    going = turns.map(({ play }) => play);
  }
}

interface Turn {
  readonly play: Play;
  readonly move: Move;
}

async function connectClients(turns: readonly Turn[], ask: Ask): Promise<void> {
  const calls = turns.flatMap(({ play, move }) => move.peer.map((operation) => ({ play, operation })));
  if (calls.length === 0) return;
  const outcomes = await ask(
    'peer',
    calls.map(({ operation }) => operation),
  );
  for (const [index, { play, operation }] of calls.entries()) {
    if (outcomes[index] !== 'ok') throw play.failure(`${operation.op} of a client returned ${outcomes[index]}`);
  }
}

async function takeTurns(owner: Owner, turns: readonly Turn[], ask: Ask): Promise<void> {
  const own = turns.filter(({ move }) => move.owner === owner);
  if (own.length === 0) return;
  const outcomes = await ask(
    owner,
    own.flatMap(({ move }) => move.operations),
  );
  let from = 0;
  for (const { play, move } of own) {
    const to = from + move.operations.length;
    play.settle(move, outcomes.slice(from, to));
    from = to;
  }
}
