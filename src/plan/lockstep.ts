import type { Operation } from '../protocol/messages.ts';
import type { Move, Play } from './play.ts';
import type { Owner } from './plan.ts';
import type { SendProbes } from './probing.ts';

/** Who makes the calls of a play. */
export type Part = Owner | 'peer';

/** Has a part make calls, and returns one text for each call: its outcome, or the name that getsockname returned. */
export type Ask = (part: Part, operations: readonly Operation[]) => Promise<readonly string[]>;

/** What playing may need beside the calls of the parts. */
export interface PlayMeans {
  /** Waits until everything that is on its way between the two ends of a connection has arrived. */
  readonly settled?: () => Promise<void>;
  /** Sends probes; without it, no plan may have any. */
  readonly probe?: SendProbes;
}

/**
 * Plays many plans side by side, each on its own port. It goes step by step: the step of one owner is finished before
 * another owner does the next step of that plan.
 * @throws HarnessError when an agent fails, or when an owner's call fails that only prepares a step.
 */
export async function playAll(plays: readonly Play[], ask: Ask, { settled, probe }: PlayMeans = {}): Promise<void> {
  for (let going = plays.filter((play) => !play.mismatch); going.length > 0;) {
    const turns: Turn[] = [];
    for (const play of going) {
      const move = play.next();
      if (move !== undefined) turns.push({ play, move });
    }
    const failed = await askPeers(turns, ({ peer }) => peer, ask);
    for (const [play, what] of failed) play.settlePeer(what);
    const ready = turns.filter(({ play }) => !failed.has(play));
    await Promise.all(OWNERS.map((owner) => takeTurns(owner, ready, ask)));
    if (ready.some(({ move }) => move.after !== undefined)) {
      await settled?.();
      const late = await askPeers(ready, ({ after = [] }) => after, ask);
      for (const [play, what] of late) play.settleEnd(what);
      await settled?.();
    }
    await probeAll(ready, probe);
    going = turns.map(({ play }) => play);
  }
}

const OWNERS = [1, 2, 'neighbour'] as const satisfies readonly Owner[];

interface Turn {
  readonly play: Play;
  readonly move: Move;
}

/** Has the peers make calls. Returns the first call of each play that failed, in words: a peer that gets no answer is an outcome. */
async function askPeers(
  turns: readonly Turn[],
  operationsOf: (move: Move) => readonly Operation[],
  ask: Ask,
): Promise<ReadonlyMap<Play, string>> {
  const calls = turns.flatMap(({ play, move }) => operationsOf(move).map((operation) => ({ play, operation })));
  const failed = new Map<Play, string>();
  if (calls.length === 0) return failed;
  const outcomes = await ask(
    'peer',
    calls.map(({ operation }) => operation),
  );
  for (const [index, { play, operation }] of calls.entries()) {
    const outcome = outcomes[index] ?? 'nothing';
    if (outcome === 'ok' || failed.has(play)) continue;
    if (operation.op === 'getsockname') play.settleClient(outcome);
    else failed.set(play, `${operation.op} of the other end: ${outcome}`);
  }
  return failed;
}

async function probeAll(turns: readonly Turn[], probe: SendProbes | undefined): Promise<void> {
  const asked = turns.flatMap(({ play, move: { probes } }) => (probes === undefined ? [] : [{ play, probes }]));
  const [first] = asked;
  if (first === undefined) return;
  if (probe === undefined) throw first.play.failure('no one can send a probe');
  const outcomes = await probe(asked.map(({ probes }) => probes));
  for (const [index, { play, probes }] of asked.entries()) play.settleProbes(probes, outcomes[index] ?? []);
}

async function takeTurns(owner: Owner, turns: readonly Turn[], ask: Ask): Promise<void> {
  const own = turns.filter(({ move }) => move.owner === owner && move.probes === undefined);
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
