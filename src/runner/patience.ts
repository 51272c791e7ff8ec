import type { System } from '../experiment/experiment.ts';

/** How long to wait for an answer that may never come, in milliseconds. */
export interface Patience {
  /** For an answer, before the outcome is silence. */
  readonly answer: number;
  /** For a TCP connection to be made or refused. */
  readonly connect: number;
}

/** On one machine or one LAN an answer takes a few milliseconds; the rest is for processes that have to wait their turn. */
const ANSWER = 300;
/**
 * Under Wine most calls on a socket are messages to a server, which have to wait their turn as well. 4000 answers were
 * measured on a machine with ten processes for two processors: the median took 1.4 ms, one in a hundred more than 49 ms,
 * and the slowest 871 ms.
 */
const SLOW: Partial<Record<System, number>> = { wine: 1000 };
/**
 * When a TCP port refuses, Windows tries twice more before it reports that: a refusal takes 2.0 s (2002 to 2011 ms in the
 * reports libuv/libuv#2896 and curl/curl#14144; the mechanism is in Microsoft's KB175523). Every other system reports it at
 * once.
 */
const CONNECT: Partial<Record<System, number>> = { windows: 3000 };

/** The patience for a system; `asked` is the user's own number, which then applies to everything. */
export function patienceFor(system: System, asked: number | undefined): Patience {
  const answer = asked ?? SLOW[system] ?? ANSWER;
  return { answer, connect: asked ?? CONNECT[system] ?? answer };
}
