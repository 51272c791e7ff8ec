import type { Operation } from '../protocol/messages.ts';
import { prepareSockets } from './talk.ts';
import type { Trial } from './trial.ts';

/** What one process does for each port in a race: before the start, and as fast as it can after it. */
export interface Racer {
  before: (socket: string, port: number) => Operation[];
  raced: (socket: string, port: number) => Operation;
}

/** The outcomes of each racer, in the order of the ports. */
export type Outcomes = string[][];

/**
 * Processes do one thing each for many ports, in the same order and at the same moment, after all of them are prepared.
 * Nothing is judged here: what has to hold of the outcomes is the experiment's question.
 */
export async function raceSteps(
  trial: Trial,
  racers: readonly Racer[],
  ports: readonly number[],
): Promise<{ outcomes: Outcomes; sockets: string[][] }> {
  const parts = await Promise.all(racers.map((_, at) => trial.part(`racer ${at + 1}`)));
  const sockets = parts.map((part) => ports.map(() => part.fresh('raced')));
  const each = (at: number, of: (socket: string, port: number) => Operation[]): Operation[] =>
    ports.flatMap((port, index) => of(sockets[at]?.[index] ?? '', port));
  for (const [at, part] of parts.entries()) {
    await prepareSockets(
      part,
      each(at, (socket, port) => racers[at]?.before(socket, port) ?? []),
    );
  }
  const results = await Promise.all(
    parts.map(async (part, at) =>
      part.do(
        ...each(at, (socket, port) => {
          const step = racers[at]?.raced(socket, port);
          return step === undefined ? [] : [step];
        }),
      ),
    ),
  );
  return { outcomes: results.map((one) => one.map(({ outcome }) => outcome)), sockets };
}

/** The outcomes other than `ok`, each once, or `none`. */
export function refusalsIn(outcomes: readonly string[]): string {
  const others = new Set(outcomes.filter((outcome) => outcome !== 'ok'));
  return [...others].toSorted().join(', ') || 'none';
}
