import type { Making, Owner, Plan, PlanOption, SocketStep } from '../plan/plan.ts';
import { makingFor, stepsTo, type Numbers } from '../plan/sockets.ts';
import { devicePair } from './axes.ts';
import type { Corner } from './selection.ts';
import type { Letters, Spec } from './sockets.ts';

/** The numbers of a pair's sockets in its plan. An accepted first socket has the third number; its listener had the first. */
const FIRST: Numbers = { socket: 1, child: 3 };
const SECOND: Numbers = { socket: 2, child: 4 };

const OPTIONS: Readonly<Record<Letters, readonly PlanOption[]>> = {
  '-': [],
  A: ['reuseaddr'],
  P: ['reuseport'],
  AP: ['reuseaddr', 'reuseport'],
  E: ['exclusive'],
};

/** The steps that make the first socket of a pair and bring it to its state. */
export function firstSteps(spec: Spec, { state, devices }: Corner): SocketStep[] {
  const [device] = devicePair(devices);
  return stepsTo({ state, local: spec.name.connected }, makingOfSpec(spec, 1, device), spec.name, FIRST);
}

/** The steps that the second socket tries: bind(), and listen() for TCP. */
export function secondSteps(spec: Spec, { protocol, uid, devices }: Corner): SocketStep[] {
  const [, device] = devicePair(devices);
  const state = protocol === 'tcp' ? 'listening' : 'bound';
  return stepsTo({ state }, makingOfSpec(spec, uid === 'same' ? 1 : 2, device), spec.name, SECOND);
}

/** The steps of a pair, as a plan. */
export function pairPlan(corner: Corner, first: Spec, second: Spec): Plan {
  return { protocol: corner.protocol, steps: [...firstSteps(first, corner), ...secondSteps(second, corner)] };
}

/** How a socket of the matrix is made by an owner, tied to a device where one is given. */
export function makingOfSpec({ name: { family, v6only }, letters }: Spec, owner: Owner, device?: string): Making {
  const options = Object.fromEntries(OPTIONS[letters].map((option) => [option, true]));
  const own = { family, options, ...(v6only === undefined ? {} : { v6only }) };
  return makingFor({ ...own, ...(device === undefined ? {} : { device }) }, owner);
}
