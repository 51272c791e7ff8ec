import { setTimeout as after } from 'node:timers/promises';
import { paced } from '../../process/pace.ts';
import { batchAnswers } from '../batch-answers.ts';
import {
  namedProbes,
  wayBackOf,
  type SentProbe,
  type ProbeEnd,
  type ProbeGround,
  type ProbePath,
  type ProbeSender,
} from './probe.ts';

/** How long a connection to a listener that answers may take, in milliseconds; usually it takes less than one. */
const WITHIN = 20_000;
/** How often an established connection is looked for at the listeners, with a pause in milliseconds before each time. */
const LOOKS = 40;
const PAUSE = 5;
/** How many connections a client has at a time; each takes a descriptor. */
const MOST = 800;
const REFUSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'WSAECONNREFUSED']);
const RESET: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'WSAECONNRESET', 'WSAECONNABORTED']);
const MOST_PORTS = 65_536;

let names = 0;

/** What connections need beside their ground. */
export interface ConnectionMeans<Agent> {
  /** A port of the targets where something answers. */
  readonly open: number;
  /** What answers there: its connections are closed. */
  readonly answers: { readonly agent: Agent | ProbeSender; readonly on: string | readonly string[] };
  readonly within?: number;
  /** The ways by which nothing comes back, see `wayBackOf`, as far as they are known; more are added. No answer is waited for there. */
  readonly dead?: Set<string>;
  /**
   * The place of the port of a receiver, by the place of its agent and its own there. Without it, connections of several paths
   * are made together, and a client is known by its port alone: quicker where there are few of each path.
   */
  readonly portOf?: (receivers: number, at: number) => number;
}

/**
 * Makes a connection for each probe, and finds who got each. All probes that are made together have one sender, and each
 * listener distinguishes its clients by their ports. @throws HarnessError
 * @returns for each probe undefined, `refused`, `reset`, `no answer`, `no proof` where nothing shows that an answer would
 * come, `connected to no one`, or another error
 */
export async function makeConnections<Agent>(
  probes: readonly SentProbe[],
  ground: ProbeGround<Agent>,
  means: ConnectionMeans<Agent>,
): Promise<ProbeEnd[]> {
  const ends: ProbeEnd[] = probes.map(() => undefined);
  for (const places of groupsOf(probes, means)) {
    const own = places.map((place) => probes[place] as SentProbe);
    const found = await together(
      own,
      { ...ground, note: (to, at, index) => ground.note(to, at, places[index] ?? -1) },
      means,
    );
    for (const [index, place] of places.entries()) ends[place] = found[index];
  }
  return ends;
}

/**
 * The probes that are made together: not too many, and of one sender. If their ports tell clients apart, no two may be from
 * one named port; else they have one address and one target.
 */
function groupsOf<Agent>(probes: readonly SentProbe[], { portOf, dead }: ConnectionMeans<Agent>): number[][] {
  const apart = portOf === undefined;
  const groups: number[][] = [];
  const current = new Map<string, { places: number[]; ports: Set<number> }>();
  const keys = new Map<ProbePath, string>();
  for (const [place, { path }] of probes.entries()) {
    const { address, port = 0 } = path.source;
    const key =
      keys.get(path) ??
      (apart ? `${path.sender} ${dead?.has(wayBackOf(path))}` : `${path.sender} ${address} ${path.target}`);
    keys.set(path, key);
    let group = current.get(key);
    if (group === undefined || group.places.length === MOST || group.ports.has(port)) {
      group = { places: [], ports: new Set() };
      current.set(key, group);
      groups.push(group.places);
    }
    group.places.push(place);
    if (apart && port !== 0) group.ports.add(port);
  }
  return groups;
}

async function together<Agent>(
  probes: readonly SentProbe[],
  ground: ProbeGround<Agent>,
  { open, answers, within = paced(WITHIN), dead, portOf }: ConnectionMeans<Agent>,
): Promise<ProbeEnd[]> {
  const [first] = probes;
  if (first === undefined) return [];
  const { sender } = first.path;
  const as = `clients${(names += 1)}`;
  const { proofs: _, ...named } = namedProbes(probes, ground.ports);
  const made = await ground.ask(sender, {
    op: 'probe-connect',
    as,
    ...named,
    open,
    within: dead?.has(wayBackOf(first.path)) === true ? 0 : within,
    ...(portOf === undefined ? { apart: true } : {}),
  });
  const states = batchAnswers(made, probes.length);
  const { got: clients = [], value = 0 } = made;
  const places = [...probes.keys()];
  const byClient = new Map(
    places.map((place) => [clientOf(portOf === undefined ? 0 : probes[place]?.place, clients[place]), place]),
  );
  const accepted = new Set<number>();
  const isLost = (place: number) => states[place] === 'ok' && !accepted.has(place);
  const accept = async () => {
    const results = await Promise.all(ground.receivers.map(({ agent, on }) => ground.ask(agent, answer(on))));
    for (const [index, { got = [] }] of results.entries()) {
      for (let at = 0; at < got.length; at += 2) {
        const place = byClient.get(clientOf(portOf?.(index, got[at] ?? 0) ?? 0, got[at + 1]));
        if (place === undefined) continue;
        accepted.add(place);
        ground.note(index, got[at] ?? 0, place);
      }
    }
  };
  for (const place of places) if (states[place] === 'no proof') dead?.add(wayBackOf((probes[place] as SentProbe).path));
  await accept();
  for (let look = 0; look < LOOKS && places.some(isLost); look += 1) {
    await after(PAUSE);
    await accept();
  }
  const ask = places.filter(isLost);
  const [settled] = await Promise.all([
    ground.ask(sender, { op: 'probe-settle', on: as, ask }),
    // The connections that only showed that something answers.
    Number(value) > 0 ? ground.ask(answers.agent, answer(answers.on)) : undefined,
  ]);
  for (const [index, state] of batchAnswers(settled, ask.length).entries()) {
    states[ask[index] ?? -1] = state === 'ok' ? 'connected to no one' : state;
  }
  return states.map(endOf);
}

/** What a state of a connection means. */
function endOf(state: string): ProbeEnd {
  if (state === 'ok') return undefined;
  if (state === 'silence') return 'no answer';
  if (REFUSED.has(state)) return 'refused';
  return RESET.has(state) ? 'reset' : state;
}

function answer(on: string | readonly string[]) {
  return { op: 'probe-answer', on: typeof on === 'string' ? on : [...on] } as const;
}

/** A number for a client: the place of the port that it connects to, and its own port. */
function clientOf(place = -1, port = 0): number {
  return place * MOST_PORTS + port;
}
