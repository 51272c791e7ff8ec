import type { Family, Operation } from '../protocol/messages.ts';
import { serveOn } from './scenes.ts';
import { open, openServer, REQUEST } from './talk.ts';
import { addressOf, type Part, type Trial } from './trial.ts';

/** How many times each address is asked. The addresses take turns, so that a busy moment of the machine affects all alike. */
export const QUESTIONS = 100;
/**
 * One way is faster than another when both its median and its best time are shorter by this factor. A median also depends
 * on how busy the machine was; a best time hardly does.
 */
const MARGIN = 1.5;
/**
 * Each way has a server process of its own. On a busy machine, one of these processes can run on a processor where it has
 * to wait every time. So a way counts as slower only if it is slower in each of so many rounds, and each round has new
 * processes.
 */
const ROUNDS = 5;
const KINDS = ['loopback', 'external', 'neighbour'] as const;
type Kind = (typeof KINDS)[number];

type Order = 'faster' | 'alike' | 'slower';

/** The observation of round trips: how many of each kind were answered, and how loopback compares with the others. */
interface RoundTrips {
  answered: number[];
  againstExternal: Order;
  againstNeighbour: Order;
  milliseconds: Record<Kind, Times>;
}

/**
 * Times questions and their answers over loopback, at the machine's own external address, and to a neighbour. Repeats
 * this while loopback is the slower one.
 */
export async function roundTrips(trial: Trial, family: Family): Promise<RoundTrips> {
  let round = await oneRound(trial, family, 1);
  for (let next = 2; next <= ROUNDS && round.againstNeighbour === 'slower'; next += 1) {
    round = await oneRound(trial, family, next);
  }
  return round;
}

interface Times {
  median: number;
  best: number;
}

/** The observation of one round: its client and its servers are new parts, on a new port. */
async function oneRound(trial: Trial, family: Family, round: number): Promise<RoundTrips> {
  const named = (part: string) => (round === 1 ? part : `${part}, round ${round}`);
  const port = round === 1 ? trial.port : await trial.anotherPort();
  const net = { protocol: 'udp', family } as const;
  const client = await trial.part(named('client'));
  await serveOn(trial, net, named('on loopback'), 'loopback', { port });
  await serveOn(trial, net, named('on external'), 'external', { port });
  const far = await trial.part(named('on neighbour'), { host: 'neighbour' });
  await openServer(trial, far, { ...net, address: addressOf(trial.facts, family, 'neighbour'), port });

  const took = await timesOf(trial, client, family, port);
  const times = (kind: Kind): Times => ({ median: median(took[kind]), best: Math.min(...took[kind]) });
  const loopback = times('loopback');
  const external = times('external');
  const neighbour = times('neighbour');
  return {
    answered: KINDS.map((kind) => took[kind].length),
    againstExternal: compare(loopback, external),
    againstNeighbour: compare(loopback, neighbour),
    milliseconds: { loopback, external, neighbour },
  };
}

/** Asks each address in turn, many times. Returns the times of the questions that were answered, in milliseconds. */
async function timesOf(trial: Trial, part: Part, family: Family, port: number): Promise<Record<Kind, number[]>> {
  const sockets = KINDS.map((kind) => ({ kind, socket: part.fresh(`to-${kind}-`) }));
  for (const { kind, socket } of sockets) {
    const address = addressOf(trial.facts, family, kind);
    await part.attempt(...open(socket, 'udp', family, 1), { op: 'connect', on: socket, address, port });
  }
  const questions = Array.from({ length: QUESTIONS }, () =>
    sockets.flatMap(({ socket }): Operation[] => [
      { op: 'send', on: socket, data: REQUEST },
      { op: 'recv', on: socket, within: trial.patience },
    ]),
  );
  const results = await part.do(...questions.flat());
  const took: Record<Kind, number[]> = { loopback: [], external: [], neighbour: [] };
  for (let index = 0; index < results.length; index += 2) {
    const [sent, received] = [results[index], results[index + 1]];
    const kind = KINDS[(index / 2) % KINDS.length];
    if (kind && sent && received?.outcome === 'ok') took[kind].push(received.at + received.took - sent.at);
  }
  return took;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function compare(own: Times, other: Times): Order {
  if (own.median > other.median * MARGIN && own.best > other.best * MARGIN) return 'slower';
  return other.median > own.median * MARGIN && other.best > own.best * MARGIN ? 'faster' : 'alike';
}
