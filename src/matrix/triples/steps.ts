import type { Plan, SocketStep } from '../../plan/plan.ts';
import { stepsTo } from '../../plan/sockets.ts';
import { makingOfSpec } from '../pair.ts';
import type { Spec } from '../sockets.ts';
import { ownerOf, PLACES, stateOf, type TriplePlace, type TripleCorner } from './axes.ts';

/** The steps that make one socket of a triple and bring it to its state: bind(), and listen() where it listens. */
export function tripleSteps(spec: Spec, place: TriplePlace, corner: TripleCorner): SocketStep[] {
  const socket = PLACES.indexOf(place) + 1;
  const making = makingOfSpec(spec, ownerOf(corner, place));
  return stepsTo({ state: stateOf(corner, place) }, making, spec.name, { socket, child: socket + PLACES.length });
}

/** The steps of a triple, as a plan. */
export function triplePlan(corner: TripleCorner, sockets: readonly [Spec, Spec, Spec]): Plan {
  const steps = PLACES.flatMap((place, index) => tripleSteps(sockets[index] as Spec, place, corner));
  return { protocol: corner.protocol, steps };
}
