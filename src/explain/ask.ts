import { models } from '../model/index.ts';
import { DEVICE_SYSTEMS, OPTIONS } from '../model/options.ts';
import type { Packet, Receivers } from '../model/receive/types.ts';
import type { Outcome, PresentSocket, SystemName } from '../model/types.ts';
import { Follower } from '../plan/follow.ts';
import { formatStep } from '../plan/notation.ts';
import { makingOf, type Making, type SocketStep } from '../plan/plan.ts';
import { isReceiveOption } from '../plan/words.ts';
import { isPossible } from '../plan/possible.ts';
import { makingFor } from '../plan/sockets.ts';
import { machineOf, settled, userOf } from './on-system.ts';
import { askedOf, PLAN_PORT, type AskedPlan } from './plan.ts';
import type { Question } from './question.ts';

/** The result of a model; the holder is a place among the sockets. */
export interface FoundAnswer {
  readonly outcomes: readonly Outcome[];
  readonly rule: string;
  readonly holder?: number;
}

/** Has a model follow the steps, as if every step before the question worked. */
export function askedOn(system: SystemName, question: Question, sockets: readonly PresentSocket[], notes: string[]) {
  const isSettled = question.given === undefined;
  const there = isSettled
    ? sockets.map((socket, place) => (place < sockets.length - 1 ? settled(socket) : socket))
    : sockets;
  const asked = question.given ?? askedOf(there);
  const { protocol } = asked.plan;
  const steps = asked.plan.steps.map((step) => {
    const place = asked.places.get(step.socket);
    return onSystem(
      step,
      place === undefined ? undefined : { now: there[place], given: question.readings[place]?.socket },
    );
  });
  const users = new Map(
    steps.flatMap((step) => {
      const [making, place] = [makingOf(step), asked.places.get(step.socket)];
      const socket = place === undefined ? undefined : there[place];
      return making === undefined ? [] : [[making, userOf(socket)] as const];
    }),
  );
  const setting = machineOf(system, steps, there, question);
  let follower = new Follower({
    protocol,
    port: PLAN_PORT,
    userOf: (making) => users.get(making) ?? userOf(undefined),
    simulate: () => models[system].simulate(setting),
  });
  const refused: number[] = [];
  let bind: FoundAnswer | undefined;
  let listen: FoundAnswer | undefined;
  for (const [index, step] of steps.entries()) {
    if (index > (asked.listen ?? asked.bind)) break;
    if (lacks(system, step)) {
      notes.push(`${models[system].title} has no such option: '${formatStep(step)}' is left out`);
      continue;
    }
    if (!isSettled && !isPossible(step, follower.sockets, protocol)) continue;
    const { allowed, after } = follower.step(step, 'ok');
    const place = allowed.holder === undefined ? undefined : asked.places.get(allowed.holder);
    const found: FoundAnswer = {
      outcomes: allowed.outcomes,
      rule: allowed.rule ?? `${system}/free`,
      ...(place === undefined ? {} : { holder: place }),
    };
    const works = allowed.outcomes.includes('ok');
    if (index === asked.listen) listen = found;
    if (index === asked.bind) {
      bind = found;
      if (!works) break;
    } else if (step.op === 'bind' && !works) {
      const own = asked.places.get(step.socket);
      if (own !== undefined && !refused.includes(own)) refused.push(own);
    }
    follower = after;
  }
  if (bind === undefined) throw new RangeError('the socket that is asked about is not bound');
  const present = there.slice(0, -1).filter((_, place) => isThere(place, asked, follower));
  const last = asked.plan.steps[asked.bind]?.socket ?? 0;
  const port = { receivers: (packet: Packet) => placed(follower.receivers(last, packet), asked.places) };
  return { bind, ...(listen === undefined ? {} : { listen }), refused, present, port };
}

/** Receivers, with the places of the sockets instead of their numbers. */
function placed(found: Receivers | undefined, places: AskedPlan['places']): Receivers | undefined {
  if (found === undefined) return undefined;
  const outcomes = found.outcomes.map((outcome) =>
    typeof outcome === 'string' ? outcome : outcome.map((number) => places.get(number) ?? number),
  );
  return { ...found, outcomes };
}

/** Whether something of a socket is there when the last is bound. */
function isThere(place: number, { plan, bind, places }: AskedPlan, { sockets }: Follower): boolean {
  const isLeft = plan.steps
    .slice(0, bind)
    .some((step) => step.op === 'close' && step.leaves !== undefined && places.get(step.socket) === place);
  return isLeft || [...places].some(([number, own]) => own === place && sockets.has(number));
}

/** A step with its socket as it is on this system, where that differs from what was given. */
function onSystem(
  step: SocketStep,
  socket: { readonly now: PresentSocket | undefined; readonly given: PresentSocket | undefined } | undefined,
): SocketStep {
  const { now, given } = socket ?? {};
  if (now === undefined || given === undefined) return step;
  const making = makingOf(step);
  const makes = making === undefined ? undefined : madeAs(now, making);
  if (step.op === 'open' && makes !== undefined) return { op: step.op, socket: step.socket, ...makes };
  if (step.op !== 'bind') return step;
  // The scope is a part of the name for the models.
  const scope = now.scope === undefined ? '' : `%${now.scope}`;
  const name = step.address === given.address ? { address: `${now.address}${scope}` } : {};
  return { ...step, ...name, port: now.port, ...(makes === undefined ? {} : { makes }) };
}

/** How a socket is made as it is on this system, with the owner, user and protocol that the plan gives it. */
function madeAs(now: PresentSocket, { owner, uid, protocol }: Making): Making {
  return {
    ...makingFor(now, owner),
    ...(uid === undefined ? {} : { uid }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

/** Whether a step sets an option that the system does not have. */
function lacks(system: SystemName, step: SocketStep): boolean {
  if (step.op !== 'set') return false;
  if ('device' in step) return !DEVICE_SYSTEMS.includes(system);
  return isReceiveOption(step.option) ? system !== 'linux' : !OPTIONS[step.option].systems.includes(system);
}
