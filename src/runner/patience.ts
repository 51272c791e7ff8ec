import type { System } from '../experiment/experiment.ts';

/** How long to wait for what may never come, in milliseconds. */
export interface Patience {
  /** For an answer, before it is silence. */
  readonly answer: number;
  /** For a TCP connection to be made or refused. */
  readonly connect: number;
}

/** On one machine or one LAN an answer takes a few milliseconds; the rest is for processes that have to wait their turn. */
const ANSWER = 300;
/**
 * Windows asks a TCP port that refuses twice more before it tells: a refusal takes 2.0 s (2002 to 2011 ms in the reports
 * libuv/libuv#2896 and curl/curl#14144; the mechanism is in Microsoft's KB175523). Everything else tells at once.
 */
const CONNECT: Partial<Record<System, number>> = { windows: 3000 };

/** The patience for a system; `asked` is the user's own, which is meant for everything. */
export function patienceFor(system: System, asked: number | undefined): Patience {
  return { answer: asked ?? ANSWER, connect: asked ?? CONNECT[system] ?? ANSWER };
}
