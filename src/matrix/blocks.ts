import { NO_DEVICES, type PairState } from './axes.ts';
import {
  pairCornerInWords,
  pairOptions,
  commandAgain,
  type ObstacleAt,
  type PlanOfBlocks,
  type Skip,
} from './plan-of-blocks.ts';
import { BadSelection, cornersOf, possibleIn, socketsOf, type Asked, type Choice, type Corner } from './selection.ts';
import type { Spec } from './sockets.ts';

/** All pairs of two lists of sockets, at one corner. Pair `i` has first socket `i / second.length`, rounded down. */
export interface Block extends Corner {
  readonly first: readonly Spec[];
  readonly second: readonly Spec[];
}

export type Obstacle = ObstacleAt<Corner>;

export type MatrixPlan = PlanOfBlocks<Block>;

/**
 * The pairs that were asked for, as blocks, and the parts of them that can't be run here.
 * @throws BadSelection when the selection can't be read or means no pair.
 */
export function matrixPlanOf(asked: Asked, choice: Choice, devices: readonly string[], obstacle: Obstacle): MatrixPlan {
  const corners = cornersOf(asked, devices);
  const first = socketsOf(asked.first, 'first', choice);
  const second = socketsOf(asked.second, 'second', choice);
  const blocks: Block[] = [];
  const skipped: Skip<'pairs'>[] = [];
  for (const corner of corners) {
    const block = { ...corner, ...narrowed(corner, asked, first, second) };
    const pairs = block.first.length * block.second.length;
    if (pairs === 0) continue;
    const stands = obstacle(corner);
    if (stands) skipped.push({ what: inWords(corner), pairs, ...stands });
    else blocks.push(block);
  }
  if (blocks.length + skipped.length === 0) throw new BadSelection(impossible(asked, corners));
  if (asked.first === undefined && asked.second === undefined) skipped.push(...lacking(choice, blocks));
  return { blocks, skipped };
}

/** Pairs with devices are run without options, unless the user asked for devices. */
function narrowed(corner: Corner, asked: Asked, first: readonly Spec[], second: readonly Spec[]) {
  const plain = corner.devices !== NO_DEVICES && asked.devices === undefined;
  const some = (specs: readonly Spec[]) => (plain ? specs.filter(({ letters }) => letters === '-') : specs);
  return { first: some(first).filter((spec) => possibleIn(corner.state, spec)), second: some(second) };
}

function impossible(asked: Asked, corners: readonly Corner[]): string {
  const states: PairState[] = [...new Set(corners.map(({ state }) => state))];
  return `no pair is left: the first socket '${asked.first ?? ''}' is one that has a connection, and is not ${states.join(' or ')}`;
}

/** The pairs that would be there if the lab had all addresses. */
function lacking({ absent, names, lab }: Choice, blocks: readonly Block[]): Skip<'pairs'>[] {
  if (absent.length === 0) return [];
  let pairs = 0;
  for (const { first, second, state } of blocks) {
    const sets = new Set(second.map(({ letters }) => letters)).size;
    const more = (connected: boolean) =>
      absent.filter(({ connectedOnly }) => connected || connectedOnly !== true).length * sets;
    const connected = possibleIn(state, { name: { ...(names[0] as Spec['name']), connectedOnly: true }, letters: '-' });
    pairs += (first.length + more(connected)) * (second.length + more(false)) - first.length * second.length;
  }
  const what = absent.map(({ text }) => text).join(', ');
  const enable = [...new Set(absent.map((one) => one.enable))].join('; ');
  return [{ what, pairs, reason: `the ${lab} lab has no address for: ${what}`, enable }];
}

/** A corner in words for people, for example `TCP, the first listening, same uid`. */
export function inWords(corner: Corner): string {
  return pairCornerInWords(corner, `the first ${corner.state}`);
}

/** The command that runs one pair again. */
export function commandFor(corner: Corner, first: string, second: string, more: readonly string[] = []): string {
  return commandAgain(pairOptions(corner, corner.state, first, second), more);
}
