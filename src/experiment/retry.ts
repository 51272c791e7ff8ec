import type { Family } from '../protocol/messages.ts';
import type { Outcome } from './outcome.ts';
import { answerer, open, outcomeOf, REQUEST } from './talk.ts';
import type { Part, Trial } from './trial.ts';

/** The documents' client waits this long for its first answer, in milliseconds, and each time after that twice as long. */
export const FIRST_WAIT = 100;
/** The client gives up when its next wait would be longer than this. */
const LONGEST_WAIT = 2000;

export interface Persistence {
  outcome: Outcome;
  by: string | null;
  /** How often the client asked, and how long it waited each time, in milliseconds. */
  tries: number;
  waits: number[];
  milliseconds: number;
}

/** Asks over UDP until an answer or an error arrives. Each wait is twice as long as the one before. */
export async function askPersistently(trial: Trial, part: Part, family: Family, address: string): Promise<Persistence> {
  const socket = part.fresh('client');
  const opening = [
    ...open(socket, 'udp', family, 1),
    { op: 'connect', on: socket, address, port: trial.port } as const,
  ];
  await part.attempt(...opening);
  const waits: number[] = [];
  let milliseconds = 0;
  for (let within = FIRST_WAIT; ; within *= 2) {
    waits.push(within);
    const results = await part.attempt({ op: 'send', on: socket, data: REQUEST }, { op: 'recv', on: socket, within });
    const last = results.at(-1);
    milliseconds += results.reduce((sum, { took }) => sum + took, 0);
    const outcome = outcomeOf(last);
    if (outcome === 'silence' && within * 2 <= LONGEST_WAIT) continue;
    await part.do({ op: 'close', on: socket });
    const answered = outcome === 'ok' && results.length === 2;
    return {
      outcome: answered ? 'answered' : outcome,
      by: answered ? answerer(last?.data) : null,
      tries: waits.length,
      waits,
      milliseconds: Math.round(milliseconds * 1000) / 1000,
    };
  }
}
