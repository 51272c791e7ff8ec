import type { LabFacts } from '../../lab/lab.ts';
import { NO_DEVICES } from '../axes.ts';
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

/** A part of the block that can't be run here. */
interface ReceiverSkip {
  readonly what: string;
  readonly pairs: number;
  readonly reason: string;
  readonly enable: string;
}

/** The reason why the platform and its lab can't do a corner, or null. */
export type ReceiverObstacle = (corner: ReceiverCorner) => Omit<ReceiverSkip, 'what' | 'pairs'> | null;

export interface ReceiverMatrixPlan {
  readonly blocks: readonly ReceiverBlock[];
  readonly skipped: readonly ReceiverSkip[];
}

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
  const skipped: ReceiverSkip[] = [];
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
export function receiverCornerInWords({ protocol, states, uid, devices }: ReceiverCorner): string {
  const tied = devices === NO_DEVICES ? '' : `, devices ${devices}`;
  return `${protocol.toUpperCase()}, ${spellStates(states)}, ${uid} uid${tied}`;
}

/** The command that runs one pair again. */
export function receiverCommand(
  { protocol, states, uid, devices }: ReceiverCorner,
  first: string,
  second: string,
  more: readonly string[] = [],
): string {
  const tied = devices === NO_DEVICES ? '' : ` --devices ${devices}`;
  const rest = more.map((word) => ` ${word}`).join('');
  return `npx bindspec matrix --receivers --protocol ${protocol} --state ${spellStates(states)} --first '${first}' --second '${second}' --uid ${uid}${tied}${rest} --no-reports`;
}
