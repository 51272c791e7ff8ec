import type * as FastCheck from 'fast-check';
import type { Protocol } from '../model/types.ts';
import type { TranscriptLine } from '../record/record.ts';
import type { Plan, Step } from '../plan/plan.ts';
import type { Play, Played } from '../plan/play.ts';
import { plans } from './generate.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A plan in which something happened that the model does not allow, and where the plan comes from. */
export interface Found {
  readonly plan: Plan;
  readonly played: readonly Played[];
  /** The seed of its batch, and its place in it: fast-check needs both to make the plan again. */
  readonly seed: number;
  readonly place: number;
}

/** The result of shrinking: the shortest plan that was found, played alone. */
export interface Shrunk {
  readonly plan: Plan;
  readonly played: readonly Played[];
  readonly transcript: readonly TranscriptLine[];
  /** Whether the mismatch happened again. */
  readonly reproduced: boolean;
}

/** A place where a plan can be played with nothing beside it. */
export interface Alone {
  vocabulary(protocol: Protocol): Vocabulary;
  playAlone(plan: Plan): Promise<{ play: Pick<Play, 'mismatch' | 'played'>; transcript: TranscriptLine[] }>;
}

/** The text that tells one mismatch from another: the rule that was wrong, and what happened instead. */
export function kindOf(played: readonly Played[]): string {
  const last = played.at(-1);
  if (last === undefined) return '';
  // Which socket received is not of the kind.
  const outcome = last.outcome.replaceAll(/s\d+/g, 's');
  return `${last.step.op} ${last.prediction.rule ?? ''} ${outcome}`;
}

/** Has fast-check make the plan again and shrink it, playing every candidate alone. @throws HarnessError */
export async function shrink(
  library: typeof FastCheck,
  found: Found,
  floor: Alone,
  signal: AbortSignal,
): Promise<Shrunk> {
  const kind = kindOf(found.played);
  const isIt = (play: Pick<Play, 'mismatch' | 'played'>) => play.mismatch && kindOf(play.played) === kind;
  let error: unknown;
  const property = library.asyncProperty(plans(library, floor.vocabulary(found.plan.protocol)), async (plan) => {
    if (error !== undefined || signal.aborted) return true;
    try {
      return !isIt((await floor.playAlone(plan)).play);
    } catch (caught) {
      error = caught;
      return true;
    }
  });
  const { seed, place } = found;
  const checked = await library.check(property, { seed, path: String(place), numRuns: 1 });
  if (error !== undefined) throw error;
  const shortest = checked.counterexample?.[0] ?? found.plan;
  const first = await floor.playAlone(shortest);
  // A step that was never done says nothing. Names are easier to read in the order in which the sockets are made.
  const plan = tidy(shortest.protocol, isIt(first.play) ? first.play.played : found.played);
  const { play, transcript } = await floor.playAlone(plan);
  return { plan, played: play.played, transcript, reproduced: isIt(play) };
}

function tidy(protocol: Protocol, played: readonly Played[]): Plan {
  const numbers = new Map<number, number>();
  const number = (socket: number): number => {
    const known = numbers.get(socket) ?? numbers.size + 1;
    numbers.set(socket, known);
    return known;
  };
  const steps = played.map(({ step }): Step => {
    if (step.op === 'probe') return step;
    if (step.op !== 'accept') return { ...step, socket: number(step.socket) };
    return { ...step, listener: number(step.listener), socket: number(step.socket) };
  });
  return { protocol, steps };
}
