import { ALL_STATES, isConnected, NO_DEVICES, PROTOCOLS, STATES, UIDS, type PairState, type Uid } from './axes.ts';
import type { Protocol } from '../model/types.ts';
import { unknown } from '../text/unknown.ts';
import { lettersOf, spellSpec, type AbsentName, type Letters, type LabName, type Spec } from './sockets.ts';

/** The choices of the command line for the axes; an axis that is left out has all its values. */
export interface Asked {
  readonly protocol?: string;
  readonly state?: string;
  readonly uid?: string;
  readonly devices?: string;
  /** Sockets as `spellSpec` writes them, where any part may be left out; several are separated by commas. */
  readonly first?: string;
  readonly second?: string;
}

/** A selection that is not possible. The message is one line. */
export class BadSelection extends Error {
  override readonly name = 'BadSelection';
}

/** One value of each axis except the sockets. */
export interface Corner {
  readonly protocol: Protocol;
  readonly state: PairState;
  readonly uid: Uid;
  readonly devices: string;
}

/** States in which sockets are also tied to devices; their block is smaller. */
const DEVICE_STATES: readonly PairState[] = ['bound', 'listening'];

/**
 * The corners that were asked for. `devices` are the devices of the lab; they are not used before they are known.
 * @throws BadSelection for an unknown value, and for values that exclude each other.
 */
export function cornersOf(asked: Asked, devices: readonly string[]): Corner[] {
  const protocols = chosen('protocol', asked.protocol, PROTOCOLS);
  const states = chosen('state', asked.state, ALL_STATES);
  const uids = chosen('uid', asked.uid, UIDS);
  const onlyPairs = asked.first !== undefined || asked.second !== undefined;
  const tied = asked.devices === undefined && onlyPairs ? [NO_DEVICES] : chosen('devices', asked.devices, devices);
  const corners: Corner[] = [];
  for (const protocol of protocols) {
    const possible = states.filter((state) => (STATES[protocol] as readonly PairState[]).includes(state));
    if (possible.length === 0 && protocols.length === 1) {
      throw new BadSelection(
        `a ${protocol.toUpperCase()} socket is never ${states.join(' or ')}: it is ${STATES[protocol].join(' or ')}`,
      );
    }
    for (const state of possible) {
      for (const uid of uids) for (const pair of tied) corners.push({ protocol, state, uid, devices: pair });
    }
  }
  const sensible = corners.filter(
    ({ state, uid, devices: pair }) => pair === NO_DEVICES || (uid === 'same' && DEVICE_STATES.includes(state)),
  );
  if (sensible.length === 0 && corners.length > 0) {
    throw new BadSelection(
      `pairs with devices are of one user, and their first socket is ${DEVICE_STATES.join(' or ')}: ask for these, or leave out --devices`,
    );
  }
  return sensible;
}

/**
 * The values of an axis that a list names; all of them without a list.
 * @throws BadSelection for a value that the axis does not have.
 */
export function chosen<T extends string>(axis: string, text: string | undefined, values: readonly T[]): readonly T[] {
  if (text === undefined) return values;
  const words = text.split(',').map((word) => word.trim());
  const wrong = words.find((word) => !(values as readonly string[]).includes(word));
  if (wrong !== undefined) throw new BadSelection(unknown(axis, wrong, values, `it is one of ${values.join(', ')}`));
  return values.filter((value) => words.includes(value));
}

/** The names and options that sockets can be chosen from. */
export interface Choice {
  readonly names: readonly LabName[];
  readonly absent: readonly AbsentName[];
  readonly system: string;
  /** The lab's name, for messages. */
  readonly lab: string;
}

/**
 * The sockets that were asked for at one place, over every state that was asked for. The corner decides later which of
 * them are possible.
 * @param connects whether sockets of this place may be connected
 * @throws BadSelection when the text can't be read, or means no socket of the lab.
 */
export function socketsOf(
  text: string | undefined,
  place: 'first' | 'second' | 'third',
  choice: Choice,
  connects = place === 'first',
): Spec[] {
  const all = choice.names
    .filter(({ connectedOnly }) => connects || connectedOnly !== true)
    .flatMap((name) => lettersOf(choice.system).map((letters): Spec => ({ name, letters })));
  if (text === undefined) return all;
  const wanted = text.split(',').map((part) => pattern(part, place, choice));
  for (const [index, matches] of wanted.entries()) {
    if (all.some((spec) => matches(spec))) continue;
    throw new BadSelection(`${reason(text.split(',')[index] ?? '', place, choice)}: it is one of ${listed(all)}`);
  }
  return all.filter((spec) => wanted.some((matches) => matches(spec)));
}

/**
 * Whether a first socket can be in the state: the name for the wildcard connected over IPv4 is possible only in a state
 * with a connection.
 */
export function possibleIn(state: PairState, { name }: Spec): boolean {
  return name.connectedOnly !== true || isConnected(state);
}

const LETTERS: ReadonlySet<string> = new Set<Letters>(['-', 'A', 'P', 'AP', 'E']);
const FLAGS: ReadonlySet<string> = new Set(['v6only', 'dual', 'over4']);

function pattern(text: string, place: string, { system }: Choice): (spec: Spec) => boolean {
  const words = text.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) throw new BadSelection(`--${place} needs sockets, for example '0.0.0.0 A'`);
  const letters = words.filter((word) => LETTERS.has(word));
  const flags = words.filter((word) => FLAGS.has(word));
  const addresses = words.filter((word) => /[.:]/.test(word));
  const unread = words.find((word) => ![...letters, ...flags, ...addresses].includes(word));
  if (unread !== undefined || letters.length > 1 || addresses.length > 1) {
    const what = unread === undefined ? `'${text.trim()}'` : `'${unread}' in '${text.trim()}'`;
    throw new BadSelection(
      `can't read ${what}: a socket is an address, v6only or dual, and one of ${lettersOf(system).join(', ')}, for example '0.0.0.0 A'`,
    );
  }
  return (spec) => {
    const spelled = spellSpec(spec).split(' ');
    // The text has to say `over4` for a connection over IPv4; without it, IPv6 is meant.
    return (
      words.every((word) => spelled.includes(word)) &&
      (flags.includes('over4') || !flags.includes('dual') || !spelled.includes('over4'))
    );
  };
}

function reason(text: string, place: string, { system, lab, names }: Choice): string {
  const words = text.trim().split(/\s+/);
  const letters = words.find((word) => LETTERS.has(word) && !(lettersOf(system) as string[]).includes(word));
  if (letters !== undefined) return `${system} has no option set '${letters}'`;
  const address = words.find((word) => /[.:]/.test(word));
  if (address !== undefined && !names.some((name) => name.address === address)) {
    return `the ${lab} lab has no address '${address}' for the matrix`;
  }
  if (words.includes('over4') && place !== 'first')
    return `'${text.trim()}' can't be a ${place} socket, which is not connected`;
  return `'${text.trim()}' can't be a ${place} socket`;
}

function listed(specs: readonly Spec[]): string {
  const names = [...new Set(specs.map(({ name }) => name.text))];
  const letters = [...new Set(specs.map((spec) => spec.letters))];
  return `${names.join(', ')}; with ${letters.join(', ')}`;
}
