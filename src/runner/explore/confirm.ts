import type { Plan } from '../../plan/plan.ts';
import type { Play } from '../../plan/play.ts';

/** The part of a play that a confirmation reads. */
type Outcome = Pick<Play, 'mismatch' | 'played'>;

/** Where a plan is played again. */
interface Again<One extends Outcome> {
  /** Whether no other program takes its ports. */
  readonly ownPorts: boolean;
  /** Plays one plan alone. @throws HarnessError when an agent fails */
  readonly playAlone: (plan: Plan) => Promise<{ readonly play: One }>;
}

/** The plays that count, in the order of the plans, and how many mismatches do not. */
interface Confirmed<One extends Outcome> {
  readonly sure: readonly One[];
  readonly dropped: number;
}

/**
 * How often a plan whose mismatch is in doubt is played alone at most, and how often the mismatch has to appear then. Each
 * play has a port of its own: what a hash of the ports decides shows in some of them and not in others, and the packets of a
 * busy machine are not lost in two.
 */
const TIMES = 6;
const ENOUGH = 2;

/** A play alone that shows the mismatch, if enough of them do; else one that does not. */
async function again<One extends Outcome>(first: One, plan: Plan, playAlone: Again<One>['playAlone']): Promise<One> {
  let [shown, calm] = [first, first];
  let times = 0;
  for (let played = 0; times < ENOUGH && ENOUGH - times <= TIMES - played; played += 1) {
    const { play } = await playAlone(plan);
    if (play.mismatch) [shown, times] = [play, times + 1];
    else calm = play;
  }
  return times < ENOUGH ? calm : shown;
}

/** Whether a plan has a socket whose port connect() chose: other plans of the batch may get the same one. */
function mayShare({ played }: Outcome): boolean {
  return played.some(({ step }) => step.op === 'open');
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
 * probe has to appear again too, and so has a mismatch on a port that connect() chose, or of early demultiplexing.
 * @throws HarnessError when an agent fails
 */
export async function confirmed<One extends Outcome>(
  plays: readonly One[],
  made: readonly Plan[],
  { ownPorts, playAlone }: Again<One>,
): Promise<Confirmed<One>> {
  const sure: One[] = [];
  let dropped = 0;
  for (const [place, play] of plays.entries()) {
    const plan = made[place];
    const isDoubtful = play.mismatch && (!ownPorts || mayShare(play) || isCrowded(play) || isLost(play));
    const final = isDoubtful && plan !== undefined ? await again(play, plan, playAlone) : play;
    if (play.mismatch && !final.mismatch) dropped += 1;
    sure.push(final);
  }
  return { sure, dropped };
}
