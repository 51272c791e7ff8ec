import { HarnessError } from '../harness/harness-error.ts';
import type { BatchKind } from '../protocol/messages.ts';
import type { Trial } from './trial.ts';

/** The races are for these ports, which no lab gives to a cell: a cell that races is alone in its lab. */
const FIRST_RACED = 62_000;

/** The ports of a race. */
export function racedPorts(rounds: number): number[] {
  return Array.from({ length: rounds }, (_, at) => FIRST_RACED + at);
}

/** How a race ended. */
export interface Raced {
  /** How many ports the processes raced for. */
  rounds: number;
  /** At how many sockets the port with the fewest holders ended, and the port with the most. */
  fewest: number;
  most: number;
  /** The errors that the others got. */
  refusals: string[];
}

/**
 * Several processes make the same sockets at the same moment, one for each port in the same order, and keep them.
 * @param rounds for how many ports
 * @throws HarnessError when a process answers for other ports than it was asked for
 */
export async function race(trial: Trial, processes: number, rounds: number, kind: BatchKind): Promise<Raced> {
  const parts = await Promise.all(Array.from({ length: processes }, (_, at) => trial.part(`process ${at + 1}`)));
  const sockets = racedPorts(rounds).flatMap((port) => [0, port]);
  // The processes are there: all messages are sent before the first answer is awaited.
  const answers = await Promise.all(
    parts.map(async (part) => (await part.do({ op: 'batch', as: 'raced', kinds: [kind], sockets }))[0]),
  );
  const holders = Array.from({ length: rounds }, () => 0);
  const refusals = new Set<string>();
  for (const answer of answers) {
    const { codes = [], legend = [] } = answer ?? {};
    if (codes.length !== rounds) throw new HarnessError(`a process raced for ${codes.length} of ${rounds} ports`);
    for (const [at, code] of codes.entries()) {
      if (code === 0) holders[at] = (holders[at] ?? 0) + 1;
      else refusals.add(legend[code]?.split(' ').at(-1) ?? `code ${code}`);
    }
  }
  return { rounds, fewest: Math.min(...holders), most: Math.max(...holders), refusals: [...refusals].toSorted() };
}
