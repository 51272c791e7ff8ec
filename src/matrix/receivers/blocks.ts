import type { LabFacts } from '../../lab/lab.ts';
import {
  pairCornerInWords,
  pairOptions,
  commandAgain,
  type ObstacleAt,
  type PlanOfBlocks,
  type Skip,
} from '../plan-of-blocks.ts';
import { BadSelection, socketsOf, type Asked, type Choice } from '../selection.ts';
import type { Spec } from '../sockets.ts';
import { canBe, receiverCorners, spellStates, type ReceiverCorner } from './axes.ts';
import { waysOf, type Way } from './ways.ts';

/** All pairs of two lists of sockets, at one corner, and the ways of the probes that each pair gets. */
export interface ReceiverBlock extends ReceiverCorner {
  readonly first: readonly Spec[];
  readonly second: readonly Spec[];
  readonly ways: readonly Way[];
}

export type ReceiverObstacle = ObstacleAt<ReceiverCorner>;

export type ReceiverMatrixPlan = PlanOfBlocks<ReceiverBlock>;

/**
 * The pairs that were asked for, as blocks, and the parts of them that can't be run here.
 * @throws BadSelection when the selection can't be read or means no pair.
 */
export function receiverPlanOf(
  asked: Asked,
  choice: Choice,
  devices: readonly string[],
  facts: LabFacts,
  obstacle: ReceiverObstacle,
): ReceiverMatrixPlan {
  const corners = receiverCorners(asked, devices);
  const lists = [socketsOf(asked.first, 'first', choice), socketsOf(asked.second, 'second', choice, true)] as const;
  const blocks: ReceiverBlock[] = [];
  const skipped: Skip<'pairs'>[] = [];
  for (const corner of corners) {
    const [first = [], second = []] = lists.map((specs, place) =>
      specs.filter((spec) => canBe(corner.states[place as 0 | 1], spec)),
    );
    const pairs = first.length * second.length;
    if (pairs === 0) continue;
    const stands = obstacle(corner);
    if (stands) skipped.push({ what: receiverCornerInWords(corner), pairs, ...stands });
    else blocks.push({ ...corner, first, second, ways: waysOf(facts, corner) });
  }
  if (blocks.length + skipped.length === 0) {
    throw new BadSelection(
      `no pair is left: '${asked.first ?? 'any socket'}' and '${asked.second ?? 'any socket'}' can't be ${[...new Set(corners.map(({ states }) => spellStates(states)))].join(' or ')}`,
    );
  }
  return { blocks, skipped };
}

/** A corner in words for people, for example `UDP, bound/connected, same uid`. */
export function receiverCornerInWords(corner: ReceiverCorner): string {
  return pairCornerInWords(corner, spellStates(corner.states));
}

/** The command that runs one pair again. */
export function receiverCommand(
  corner: ReceiverCorner,
  first: string,
  second: string,
  more: readonly string[] = [],
): string {
  return commandAgain(['--receivers', ...pairOptions(corner, spellStates(corner.states), first, second)], more);
}
