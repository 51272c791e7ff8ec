import type { Missing } from '../../lab/lab.ts';
import { PROTOCOLS } from '../axes.ts';
import { commandAgain, type PlanOfBlocks, type Skip } from '../plan-of-blocks.ts';
import { BadSelection, chosen, socketsOf, type Choice } from '../selection.ts';
import { spellSpec, type Spec } from '../sockets.ts';
import { ALL_TRIPLE_STATES, PLACES, TRIPLE_STATES, TRIPLE_UIDS, type TripleCorner, type TripleState } from './axes.ts';

/** The choices of the command line for the axes of the triples; an axis that is left out has all its values. */
export interface AskedTriples {
  readonly protocol?: string;
  readonly state?: string;
  readonly uid?: string;
  readonly first?: string;
  readonly second?: string;
  readonly third?: string;
}

/**
 * All triples of three lists of sockets, at one corner. Prefix `i` has the first socket `i / second.length`, rounded down,
 * and the second socket `i % second.length`; each is followed by all of `third`.
 */
export interface TripleBlock extends TripleCorner {
  readonly first: readonly Spec[];
  readonly second: readonly Spec[];
  readonly third: readonly Spec[];
}

export type TriplesPlan = PlanOfBlocks<TripleBlock, 'triples'>;

/**
 * The corners that were asked for.
 * @throws BadSelection for an unknown value, and for values that exclude each other.
 */
export function tripleCornersOf(asked: AskedTriples): TripleCorner[] {
  const protocols = chosen('protocol', asked.protocol, PROTOCOLS);
  const states = chosen('state', asked.state, ALL_TRIPLE_STATES);
  const uids = chosen('uid', asked.uid, TRIPLE_UIDS);
  const corners = protocols.flatMap((protocol) =>
    states
      .filter((state) => (TRIPLE_STATES[protocol] as readonly TripleState[]).includes(state))
      .flatMap((state) => uids.map((uid): TripleCorner => ({ protocol, state, uid }))),
  );
  if (corners.length === 0) {
    throw new BadSelection(`UDP sockets are never ${states.join(' or ')}: with --triples they are bound/bound`);
  }
  return corners;
}

/**
 * The triples that were asked for, as blocks, and the parts of them that can't be run here.
 * @param noOther why there is no other user here, and what would help; null where there is one
 * @throws BadSelection when the selection can't be read or means no triple.
 */
export function triplesPlanOf(asked: AskedTriples, choice: Choice, noOther: Readonly<Missing> | null): TriplesPlan {
  const [first = [], second = [], third = []] = PLACES.map((place) => tripleSockets(asked[place], place, choice));
  const blocks: TripleBlock[] = [];
  const skipped: Skip<'triples'>[] = [];
  const triples = first.length * second.length * third.length;
  for (const corner of tripleCornersOf(asked)) {
    if (corner.uid !== 'same' && noOther !== null) {
      skipped.push({ what: `${corner.protocol} ${corner.state} ${corner.uid}`, triples, ...noOther });
    } else blocks.push({ ...corner, first, second, third });
  }
  return { blocks, skipped };
}

/** The sockets at one place. A name that only a connection makes useful is none of them. */
function tripleSockets(text: string | undefined, place: (typeof PLACES)[number], choice: Choice): Spec[] {
  const names = choice.names.filter(({ connectedOnly }) => connectedOnly !== true);
  return socketsOf(text, place, { ...choice, names });
}

/** How many triples a block has. */
export function triplesIn({ first, second, third }: Pick<TripleBlock, 'first' | 'second' | 'third'>): number {
  return first.length * second.length * third.length;
}

/** The first two sockets of a prefix of a block. */
export function prefixOf({ first, second }: TripleBlock, prefix: number): readonly [Spec, Spec] {
  return [first[Math.floor(prefix / second.length)] as Spec, second[prefix % second.length] as Spec];
}

/** The command that runs one triple again. */
export function tripleCommand(
  { protocol, state, uid }: TripleCorner,
  sockets: readonly [Spec, Spec, Spec],
  more: readonly string[] = [],
): string {
  const which = sockets.map((spec, index) => `--${PLACES[index]} '${spellSpec(spec)}'`);
  return commandAgain(['--triples', `--protocol ${protocol}`, `--state ${state}`, `--uid ${uid}`, ...which], more);
}
