import type { Plan } from '../../plan/plan.ts';
import type { Play } from '../../plan/play.ts';
import type { TranscriptLine } from '../../record/record.ts';

/** The part of a play that a confirmation reads. */
type Outcome = Pick<Play, 'mismatch' | 'played'>;

/** Where a plan is played again. */
interface Again<One extends Outcome> {
  /** Whether no other program takes its ports. */
  readonly ownPorts: boolean;
  /** Whether another play had a port of this one too. */
  readonly shares: (play: One) => boolean;
  /** Plays one plan alone. @throws HarnessError when an agent fails */
  readonly playAlone: (plan: Plan) => Promise<{ readonly play: One; readonly transcript: readonly TranscriptLine[] }>;
}

/** A mismatch that does not count, because it did not show often enough when its plan was played alone. */
export interface Dropped<One extends Outcome = Outcome> {
  readonly plan: Plan;
  /** The place of the plan in its batch. */
  readonly place: number;
  /** What was played among other plans. */
  readonly first: One;
  /** Why it was in doubt. */
  readonly doubt: string;
  /** How often it was played alone, and in how many of those plays there was a mismatch. */
  readonly alone: number;
  readonly shown: number;
  /** The calls of the last play alone. */
  readonly transcript: readonly TranscriptLine[];
}

/** The plays that count, in the order of the plans, and the mismatches that do not. */
interface Confirmed<One extends Outcome> {
  readonly sure: readonly One[];
  readonly dropped: readonly Dropped<One>[];
}

/**
 * How often a plan whose mismatch is in doubt is played alone at most, and how often the mismatch has to appear then. Each
 * play has a port of its own: what a hash of the ports decides shows in some of them and not in others, and the packets of a
 * busy machine are not lost in two.
 */
const TIMES = 6;
const ENOUGH = 2;

/** Plays a plan alone until it is sure whether the mismatch counts. */
async function again<One extends Outcome>(
  first: One,
  plan: Plan,
  playAlone: Again<One>['playAlone'],
): Promise<{ readonly final: One } & Pick<Dropped<One>, 'alone' | 'shown' | 'transcript'>> {
  let [mismatching, calm] = [first, first];
  let [alone, shown] = [0, 0];
  let last: readonly TranscriptLine[] = [];
  for (; shown < ENOUGH && ENOUGH - shown <= TIMES - alone; alone += 1) {
    const { play, transcript } = await playAlone(plan);
    last = transcript;
    if (play.mismatch) [mismatching, shown] = [play, shown + 1];
    else calm = play;
  }
  return { final: shown < ENOUGH ? calm : mismatching, alone, shown, transcript: last };
}

/** Why a mismatch may not be the system's answer to this plan; null where nothing else can have caused it. */
function doubtOf(play: Outcome, ownPorts: boolean): string | null {
  if (!ownPorts) return 'others may take the port';
  if (isCrowded(play)) return 'early demultiplexing may meet the sockets of another sequence';
  return isLost(play) ? 'a packet that was lost looks the same' : null;
}

/**
 * Whether the model says that early demultiplexing of Linux decided. It looks only at the first socket in a slot of its
 * table, and the slot may have sockets of other plans of the batch.
 */
function isCrowded({ played }: Outcome): boolean {
  return played.at(-1)?.prediction.rule === 'linux/R2-early-demux';
}

/** Whether a packet that was lost looks the same. */
function isLost({ played }: Outcome): boolean {
  return LOST.has(played.at(-1)?.outcome ?? '');
}

/** The outcomes of a probe that a lost packet has too. */
const LOST: ReadonlySet<string> = new Set(['silence', 'no answer']);

/**
 * On a machine whose ports others take too, they may have caused a mismatch: there it counts only if it appears again. In a
 * lab with ports of its own, every mismatch counts, except that a packet may be lost on its way: that nothing came of a
 * probe has to appear again too, and so has a mismatch of early demultiplexing. A sequence that shared a port with another
 * one, because connect() chose it for both, is not judged by that play: it is played again alone.
 * @throws HarnessError when an agent fails
 */
export async function confirmed<One extends Outcome>(
  plays: readonly One[],
  made: readonly Plan[],
  { ownPorts, shares, playAlone }: Again<One>,
): Promise<Confirmed<One>> {
  const sure: One[] = [];
  const dropped: Dropped<One>[] = [];
  for (const [place, play] of plays.entries()) {
    const plan = made[place];
    if (play.mismatch && shares(play) && plan !== undefined) {
      sure.push((await again(play, plan, playAlone)).final);
      continue;
    }
    const doubt = play.mismatch ? doubtOf(play, ownPorts) : null;
    if (doubt === null || plan === undefined) {
      sure.push(play);
      continue;
    }
    const { final, ...times } = await again(play, plan, playAlone);
    if (!final.mismatch) dropped.push({ plan, place, first: play, doubt, ...times });
    sure.push(final);
  }
  return { sure, dropped };
}
