import { outcomeOf, requestsAt, type Server } from './talk.ts';
import type { Outcome } from './outcome.ts';
import type { Part, Trial } from './trial.ts';

/** How a socket gets to another process of its host. */
export type Handover = 'SCM_RIGHTS' | 'pidfd_getfd';

/** How long the handover may take, in milliseconds: the other process already waits for it. */
const WITHIN = 10_000;
let handedOver = 0;

/**
 * Hands a socket of one part to another part of the same host, which then has it under the name `as`. From then on both
 * have it, until each has closed it. Returns `ok`, or what the failed call returned.
 */
export async function handOver(
  how: Handover,
  from: { part: Part; socket: string },
  to: { part: Part; as: string },
): Promise<Outcome> {
  if (how === 'SCM_RIGHTS') {
    handedOver += 1;
    const name = `bindspec-${process.pid}-${handedOver}`;
    const [[given], [taken]] = await Promise.all([
      from.part.do({ op: 'give', on: from.socket, name, within: WITHIN }),
      to.part.do({ op: 'take', as: to.as, name, within: WITHIN }),
    ]);
    const outcome = outcomeOf(given);
    return outcome === 'ok' ? outcomeOf(taken) : outcome;
  }
  const [where] = await from.part.do({ op: 'descriptor', on: from.socket });
  const descriptor = typeof where?.value === 'number' ? where.value : -1;
  const [fetched] = await to.part.do({ op: 'fetch', as: to.as, pid: where?.pid ?? -1, descriptor });
  return outcomeOf(fetched);
}

/** How many requests each server got, in their order. */
export async function sharesOf(trial: Trial, servers: readonly Server[]): Promise<number[]> {
  return Promise.all(servers.map(async (server) => (await requestsAt(trial, server)).count));
}
