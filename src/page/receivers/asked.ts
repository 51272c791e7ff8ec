import type { LabFacts } from '../../lab/lab.ts';
import { receiverDevices, spellStates, type ReceiverCorner } from '../../matrix/receivers/axes.ts';
import { receiverPlanOf, type ReceiverBlock } from '../../matrix/receivers/blocks.ts';
import { namesOf, spellSpec, type Letters, type Spec } from '../../matrix/sockets.ts';
import type { Chosen } from '../chosen.ts';
import { socketKey, type RecordedLab } from '../matrix/alike.ts';

/** All option sets of any system. */
export const ALL_LETTERS: readonly Letters[] = ['-', 'A', 'P', 'AP', 'E'];

/** A pair that is asked about, on the addresses of one lab. */
export interface AskedPair {
  readonly lab: RecordedLab;
  /** The corner, its sockets and its probes. */
  readonly block: ReceiverBlock;
  readonly first: Spec;
  readonly second: Spec;
}

const made = new WeakMap<RecordedLab, readonly ReceiverBlock[]>();

/** All pairs that can be asked about in a lab, with the options of every system. They are made once. */
export function blocksIn(lab: RecordedLab): readonly ReceiverBlock[] {
  const known = made.get(lab) ?? makeBlocks(lab);
  made.set(lab, known);
  return known;
}

function makeBlocks(lab: RecordedLab): readonly ReceiverBlock[] {
  const interfaces = [lab.externalInterface, lab.secondInterface].flatMap((name) => name ?? []);
  const facts = lab as LabFacts;
  const blocksOf = (system: string) =>
    receiverPlanOf(
      {},
      { names: namesOf(facts).names, absent: [], system, lab: lab.lab },
      receiverDevices(interfaces),
      facts,
      () => null,
    ).blocks;
  // Windows has SO_EXCLUSIVEADDRUSE, and no SO_REUSEPORT.
  const others = blocksOf('windows');
  return blocksOf('linux').map((block, place): ReceiverBlock => {
    const added = (which: 'first' | 'second') =>
      (others[place]?.[which] ?? []).filter(({ letters }) => letters === 'E');
    return { ...block, first: [...block.first, ...added('first')], second: [...block.second, ...added('second')] };
  });
}

const DEFAULTS = { protocol: 'udp', states: 'bound/bound', uid: 'same', devices: 'none/none' };
const DEFAULT_SOCKET = '0.0.0.0 A';

/**
 * The pair that an address names, or the one most like it.
 * @param labs where addresses of sockets that the lab does not have may come from
 */
export function askedPair(lab: RecordedLab, chosen: Chosen, labs: readonly RecordedLab[]): AskedPair {
  const wanted: Readonly<Record<string, string>> = { ...DEFAULTS, ...chosen };
  const likeness = ({ protocol, states, uid, devices }: ReceiverCorner) =>
    [protocol, ...states, uid, devices].reduce((sum, value, place) => {
      const [one, other] = wanted['states']?.split('/') ?? [];
      const asked = [wanted['protocol'], one, other, wanted['uid'], wanted['devices']][place];
      return sum + (value === asked ? 2 ** (5 - place) : 0);
    }, 0);
  const [block] = blocksIn(lab).toSorted((one, other) => likeness(other) - likeness(one));
  if (block === undefined) throw new Error('the lab has no sockets to ask about');
  const first = socketNamed(block.first, wanted['first'], lab, labs);
  const second = socketNamed(block.second, wanted['second'], lab, labs);
  return { lab, block, first, second };
}

/** The socket of a list that has a name here or in another lab; else one with its options; else the usual one. */
function socketNamed(
  specs: readonly Spec[],
  named: string | undefined,
  lab: RecordedLab,
  labs: readonly RecordedLab[],
): Spec {
  const spelled = named ?? DEFAULT_SOCKET;
  const keys = new Set(
    labs.flatMap((other) => {
      const { names } = namesOf(other);
      const all = names.flatMap((name) => ALL_LETTERS.map((letters): Spec => ({ name, letters })));
      return all.filter((spec) => spellSpec(spec) === spelled).map((spec) => socketKey(spec, other));
    }),
  );
  const letters = spelled.split(' ').at(-1);
  const found =
    specs.find((spec) => spellSpec(spec) === spelled) ??
    specs.find((spec) => keys.has(socketKey(spec, lab))) ??
    specs.find((spec) => spec.letters === letters) ??
    specs[0];
  if (found === undefined) throw new Error('the lab has no such sockets');
  return found;
}

/** The choices that name a pair. */
export function choicesOfPair(corner: ReceiverCorner, first: string, second: string): Record<string, string> {
  const { protocol, states, uid, devices } = corner;
  return { protocol, states: spellStates(states), uid, devices, first, second };
}
