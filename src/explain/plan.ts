import { models } from '../model/index.ts';
import type { PresentSocket, State } from '../model/types.ts';
import { Follower, type Present } from '../plan/follow.ts';
import { formatStep } from '../plan/notation.ts';
import { BadPlan } from '../plan/bad-plan.ts';
import { isOnSocket, makingOf, protocolOf, type Making, type Owner, type Plan, type SocketStep } from '../plan/plan.ts';
import { isPossible } from '../plan/possible.ts';
import { makingFor, stepsTo } from '../plan/sockets.ts';
import type { Reading } from './reader/reading.ts';

/** The port that stands for any port where a plan names none; no system reserves it. */
export const PLAN_PORT = 20_000;
/** The second owner of a plan: an ordinary user, other than the default user of sockets. */
const SECOND_UID = 1001;

/** The steps of a question, and which of their sockets are the explained sockets. */
export interface AskedPlan {
  readonly plan: Plan<SocketStep>;
  /** The bind() of the question, by its place among the steps, and the listen() after it, if there is one. */
  readonly bind: number;
  readonly listen?: number;
  /** The places of the explained sockets, by their numbers; an accepted child has the place of its listener. */
  readonly places: ReadonlyMap<number, number>;
}

/** A plan that was given, and its sockets: the question is about the last one. */
export interface GivenPlan {
  readonly readings: readonly Reading[];
  readonly asked: AskedPlan;
}

/**
 * Makes a plan of sockets in their states: the last is bound (and listens, over TCP), the others are there before.
 * @param sockets each with its state and, where it has a connection, its local address
 */
export function askedOf(sockets: readonly PresentSocket[]): AskedPlan {
  const last = sockets.length - 1;
  const protocol = sockets[last]?.protocol ?? 'udp';
  const owners = ownersOf(sockets);
  const places = new Map<number, number>();
  const all = sockets.map((socket, place): SocketStep[] => {
    const numbers = { socket: place + 1, child: sockets.length + place + 1 };
    places.set(numbers.socket, place).set(numbers.child, place);
    const own = socket.protocol === protocol ? {} : { protocol: socket.protocol };
    const makes = { ...makingFor(socket, owners[place]?.owner), ...own, ...owners[place] };
    const { state: _, ...bare } = socket;
    const inState = place < last ? socket : ({ ...bare, state: protocol === 'tcp' ? 'listening' : 'bound' } as const);
    return stepsTo(inState, makes, socket, numbers);
  });
  const bind = all.slice(0, -1).flat().length;
  return {
    plan: { protocol, steps: all.flat() },
    bind,
    ...(protocol === 'tcp' ? { listen: bind + 1 } : {}),
    places,
  };
}

/** Two users become the two owners; if one of them is root, it is the first. More than two have to be named. */
function ownersOf(sockets: readonly PresentSocket[]): { owner: Owner; uid?: number }[] {
  const uids = [...new Set(sockets.map(({ uid }) => uid))];
  if (uids.length > 2) return sockets.map(({ uid }) => ({ owner: 1, ...(uid === undefined ? {} : { uid }) }));
  const first = uids.includes(0) ? 0 : uids[0];
  return sockets.map(({ uid }) => ({ owner: uid === first ? 1 : 2 }));
}

/**
 * Reads the sockets of a plan. The question is about the socket that is bound last.
 * @throws BadPlan for a plan that binds nothing, or has sockets of the neighbour
 */
export function given(plan: Plan): GivenPlan {
  const { protocol } = plan;
  // A probe changes nothing, and the answer names the receivers for every address anyway.
  const steps = plan.steps.filter(isOnSocket);
  const bind = steps.findLastIndex(({ op }) => op === 'bind');
  const asked = steps[bind];
  if (asked?.op !== 'bind') throw new BadPlan('nothing is bound in the plan, so that there is nothing to explain');
  const far = steps.find((step) => makingOf(step)?.owner === 'neighbour');
  if (far !== undefined) {
    throw new BadPlan(
      `'${formatStep(far)}': systems are asked about one machine, and this is another one; leave it out`,
    );
  }
  const listen = steps.findIndex((step, place) => place > bind && step.op === 'listen' && step.socket === asked.socket);
  const before = statesBefore({ protocol, steps }, bind);
  const makings = makingsIn(steps.slice(0, bind + 1));
  const names = new Map(
    steps.slice(0, bind + 1).flatMap((step) => (step.op === 'bind' ? [[step.socket, step] as const] : [])),
  );
  const numbers = [...names.keys()].filter((number) => number !== asked.socket && makings.has(number));
  const readings = [...numbers, asked.socket].map((number): Reading => {
    const [making, name] = [makings.get(number), names.get(number)];
    if (making === undefined || name === undefined) throw new BadPlan(`s${number} is a connection, and can't be bound`);
    const isAsked = number === asked.socket;
    const own = steps.filter((step) => step.socket === number || (step.op === 'accept' && step.listener === number));
    const text = own.map(formatStep).join('; ');
    const state = isAsked ? undefined : stateOf(number, before);
    const socket = socketOf(making, name, protocol);
    return {
      text,
      socket: state === undefined || state === 'gone' ? socket : { ...socket, state },
      plainWithoutDual: false,
      notes: [
        `in the plan: ${text}`,
        ...(state === 'gone' ? ['it is closed by then'] : []),
        ...(isAsked ? trailing(steps, bind, listen) : []),
        ...(isAsked && name.port === undefined
          ? [`the plan names no port: ${PLAN_PORT} stands for any from 1024 up`]
          : []),
      ],
    };
  });
  const places = new Map([...numbers, asked.socket].map((number, place) => [number, place]));
  for (const step of steps) {
    const place = step.op === 'accept' ? places.get(step.listener) : undefined;
    if (place !== undefined) places.set(step.socket, place);
  }
  return { readings, asked: { plan: { protocol, steps }, bind, ...(listen < 0 ? {} : { listen }), places } };
}

function trailing(steps: readonly SocketStep[], bind: number, listen: number): string[] {
  const rest = steps.slice(Math.max(bind, listen) + 1);
  return rest.length === 0
    ? []
    : [`nothing is asked about what the plan does then: ${rest.map(formatStep).join('; ')}`];
}

function makingsIn(steps: readonly SocketStep[]): Map<number, Making> {
  return new Map(
    steps.flatMap((step) => {
      const making = makingOf(step);
      return making === undefined ? [] : [[step.socket, making] as const];
    }),
  );
}

function socketOf(
  { family, v6only, options, device, uid, owner, protocol }: Making,
  { address, port = PLAN_PORT }: { readonly address: string; readonly port?: number },
  own: Plan['protocol'],
): PresentSocket {
  const said = uid ?? (owner === 1 ? undefined : SECOND_UID);
  return {
    protocol: protocol ?? own,
    family,
    ...(family === 'inet' || v6only === 'default' ? {} : { v6only }),
    address,
    port,
    ...(options.length === 0 ? {} : { options: Object.fromEntries(options.map((option) => [option, true])) }),
    ...(said === undefined ? {} : { uid: said }),
    // The plan does not name the user of this owner, so the port is assumed to be allowed.
    ...(uid === undefined && said !== undefined ? { privileged: true } : {}),
    ...(device === undefined ? {} : { device }),
  };
}

interface Before {
  readonly sockets: ReadonlyMap<number, Present>;
  /** The state that close() left of each socket. `children` has the accepted child of each listener. */
  readonly left: ReadonlyMap<number, State>;
  readonly children: ReadonlyMap<number, number>;
  readonly isTcp: (number: number) => boolean;
}

/** The states of the sockets before a step, when all steps before it work. */
function statesBefore({ protocol, steps }: Plan<SocketStep>, bind: number): Before {
  let follower = new Follower({
    protocol,
    port: PLAN_PORT,
    userOf: () => ({}),
    simulate: () => models.linux.simulate(),
  });
  const left = new Map<number, State>();
  const children = new Map<number, number>();
  for (const step of steps.slice(0, bind)) {
    if (!isPossible(step, follower.sockets, protocol)) continue;
    follower = follower.step(step, 'ok').after;
    if (step.op === 'close' && step.leaves !== undefined) left.set(step.socket, step.leaves);
    if (step.op === 'accept') children.set(step.listener, step.socket);
  }
  const makings = makingsIn(steps);
  const isTcp = (number: number) => {
    const making = makings.get(number);
    return making !== undefined && protocolOf(making, protocol) === 'tcp';
  };
  return { sockets: follower.sockets, left, children, isTcp };
}

/** The state of a socket in the words of the models; undefined where there is nothing to say. */
function stateOf(number: number, { sockets, left, children, isTcp }: Before): State | 'gone' | undefined {
  const state = sockets.get(number)?.state;
  const child = children.get(number);
  if (state === undefined) return child !== undefined && sockets.has(child) ? 'accepted' : (left.get(number) ?? 'gone');
  if (state === 'unbound' || (state === 'bound' && !isTcp(number))) return undefined;
  return state;
}
