import { setTimeout as after } from 'node:timers/promises';
import type { CellWord } from '../../../matrix/receivers/cells.ts';
import type { Way } from '../../../matrix/receivers/ways.ts';
import type { Operation } from '../../../protocol/messages.ts';
import { paced } from '../../../process/pace.ts';
import { batchAnswers } from '../batch.ts';
import type { Crew } from '../crew.ts';
import { GOT_BITS, GOT_WORDS, senderRole, toldProbes, type PairProbe } from './probe.ts';
import { LISTENERS, type ReceiverStage, type SharedPorts } from './stage.ts';

/** How long a connection to a listener that answers may take, in milliseconds; usually it takes less than one. */
const WITHIN = 20_000;
/** How often an established connection is looked for at the listeners, with a pause in milliseconds before each time. */
const LOOKS = 40;
const PAUSE = 5;
/** How many connections a client has at a time; each takes a descriptor. */
const MOST = 800;
const REFUSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'WSAECONNREFUSED']);
const RESET: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'WSAECONNRESET', 'WSAECONNABORTED']);

let names = 0;

/**
 * Makes a connection for each probe, and returns what became of each. The probes of one way are made together: then a pair's
 * listener distinguishes its clients by their ports.
 */
export async function askConnections(
  probes: readonly PairProbe[],
  stage: ReceiverStage,
  crew: Crew,
  shared: SharedPorts,
): Promise<CellWord[]> {
  const words: CellWord[] = probes.map(() => '');
  const byWay = new Map<Way, number[]>();
  for (const [place, { way }] of probes.entries()) {
    const places = byWay.get(way);
    if (places) places.push(place);
    else byWay.set(way, [place]);
  }
  for (const [way, places] of byWay) {
    for (let from = 0; from < places.length; from += MOST) {
      const some = places.slice(from, from + MOST);
      const found = await ofOneWay(
        way,
        some.map((place) => probes[place] as PairProbe),
        stage,
        crew,
        shared,
      );
      for (const [index, place] of some.entries()) words[place] = found[index] ?? '';
    }
  }
  return words;
}

async function ofOneWay(
  way: Way,
  probes: readonly PairProbe[],
  stage: ReceiverStage,
  crew: Crew,
  shared: SharedPorts,
): Promise<CellWord[]> {
  const role = senderRole(way);
  const as = `clients${(names += 1)}`;
  const [made] = await crew.ask(role, {
    op: 'batch-connect',
    as,
    ...toldProbes(probes, stage, shared),
    open: shared.open,
    within: paced(WITHIN),
  });
  const states = batchAnswers(made, probes.length);
  const { got: clients = [], value = 0 } = made ?? {};
  const accepted: Accepted = new Map();
  const acceptedBy = (place: number) => accepted.get(clientOf(probes[place]?.index, clients[place])) ?? 0;
  const isLost = (place: number) => states[place] === 'ok' && acceptedBy(place) === 0;
  const places = [...probes.keys()];
  await accept(stage, crew, accepted);
  for (let look = 0; look < LOOKS && places.some(isLost); look += 1) {
    await after(PAUSE);
    await accept(stage, crew, accepted);
  }
  const ask = places.filter(isLost);
  const settle: Operation = { op: 'batch-settle', on: as, ask };
  const [[settled]] = await Promise.all([
    crew.ask(role, settle),
    // The connections that only showed that a listener answers.
    Number(value) > 0 ? crew.ask('peer', { op: 'batch-answer', on: LISTENERS }) : Promise.resolve([]),
  ]);
  for (const [index, state] of batchAnswers(settled, ask.length).entries()) {
    states[ask[index] ?? -1] = state === 'ok' ? 'connected to no one' : RESET.has(state) ? 'reset' : state;
  }
  return places.map((place) => {
    const state = states[place] ?? '';
    const other = state === 'ok' ? '' : REFUSED.has(state) ? 'refused' : state === 'silence' ? 'no answer' : state;
    const word = GOT_WORDS[acceptedBy(place)] ?? '';
    return word === '' ? other : other === '' ? word : `${word} and ${other}`;
  });
}

/** By the client, the bits of those sockets of its pair that accepted it. */
type Accepted = Map<number, number>;

/** A number for a client: the place of its pair, and its port. */
function clientOf(index = -1, port = 0): number {
  return index * 65_536 + port;
}

/** Notes which of a pair's sockets accepted which client. */
async function accept(stage: ReceiverStage, crew: Crew, accepted: Accepted): Promise<void> {
  const { states } = stage.chunk.block;
  const both = await Promise.all(
    stage.roles.map(async (role, place) =>
      states[place] === 'listening' ? crew.ask(role, { op: 'batch-answer', on: stage.name }) : [],
    ),
  );
  for (const [index, [result]] of both.entries()) {
    const { got = [] } = result ?? {};
    for (let at = 0; at < got.length; at += 2) {
      const client = clientOf(got[at], got[at + 1]);
      accepted.set(client, (accepted.get(client) ?? 0) | (GOT_BITS[index] ?? 0));
    }
  }
}
