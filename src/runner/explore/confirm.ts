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

/** The outcomes of a probe that a lost packet has too. */
const LOST: ReadonlySet<string> = new Set(['silence', 'no answer']);

/**
 * On a machine whose ports others take too, they may have caused a mismatch: there it counts only if it appears again. In a
 * lab with ports of its own, every mismatch counts, except that a packet may be lost on its way: that nothing came of a
 * probe has to appear again too.
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
    const isDoubtful = play.mismatch && (!ownPorts || LOST.has(play.played.at(-1)?.outcome ?? ''));
    const final = isDoubtful && plan !== undefined ? (await playAlone(plan)).play : play;
    if (play.mismatch && !final.mismatch) dropped += 1;
    sure.push(final);
  }
  return { sure, dropped };
}
