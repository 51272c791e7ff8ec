import { ADDRESSES, EXTERNAL_INTERFACE, SECOND_INTERFACE } from '../../lab/netns-topology.ts';
import { CHOICES } from '../../matrix/choices.ts';
import type { PackedMatrices } from '../../matrix/pack.ts';
import type { Corner } from '../../matrix/selection.ts';
import { models } from '../../model/index.ts';
import type { SystemName } from '../../model/types.ts';
import { compareAsRead } from '../../text/versions.ts';
import type { Chosen } from '../chosen.ts';
import type { RecordedLab } from './alike.ts';
import { modelledSide, recordedSide, type Side } from './side.ts';
import type { Shown } from './square.ts';

/** What begins the name of a side that is a model. */
const MODEL = 'model:';

/** What a platform is called, by its name. */
export type Titled = (name: string) => string;

/** One of the systems that can be chosen as a side. */
interface Option {
  readonly value: string;
  readonly title: string;
  readonly observed: boolean;
}

/** All that can be checked against each other: what was recorded, then the models. */
export function sideOptions({ platforms }: PackedMatrices, titled: Titled = (name) => name): Option[] {
  return [
    ...platforms.map(({ name }) => ({ value: name, title: titled(name), observed: true })),
    ...Object.values(models).map(({ name, title }) => ({ value: `${MODEL}${name}`, title, observed: false })),
  ];
}

/** The names of the two sides: as chosen, where such are there; else the newest Linux, and some other system. */
export function sideNames(packed: PackedMatrices, { left, right }: Chosen): { left: string; right: string } {
  const known = new Set(sideOptions(packed).map(({ value }) => value));
  const { platforms } = packed;
  const [newest] = platforms
    .filter(({ platform }) => platform.system === 'linux')
    .toSorted((one, other) => compareAsRead(other.platform.release, one.platform.release));
  const first = newest ?? platforms[0];
  const system = first?.platform.system ?? 'linux';
  const second = platforms.find(({ platform }) => platform.system !== system)?.name;
  const taken = (name: string | undefined) => (name !== undefined && known.has(name) ? name : undefined);
  return {
    left: taken(left) ?? first?.name ?? `${MODEL}linux`,
    right: taken(right) ?? second ?? `${MODEL}${system === 'darwin' ? 'linux' : 'darwin'}`,
  };
}

/** The two sides. A model is asked about the addresses of the other side, or of some record, or of the netns lab. */
export function sidesOf(
  packed: PackedMatrices,
  names: { left: string; right: string },
  titled: Titled,
): { left: Side; right: Side } {
  const recorded = (name: string) => packed.platforms.find((platform) => platform.name === name);
  const lab = (recorded(names.left) ?? recorded(names.right) ?? packed.platforms[0])?.lab ?? NETNS;
  const made = (name: string): Side => {
    const matrix = recorded(name);
    return matrix
      ? { ...recordedSide(packed, matrix), title: titled(name) }
      : modelledSide(name.slice(MODEL.length) as SystemName, lab);
  };
  return { left: made(names.left), right: made(names.right) };
}

/** The lab that the models are asked about where there is no record of another one. */
export const NETNS: RecordedLab = {
  lab: 'netns',
  hosts: {},
  addresses: ADDRESSES,
  missing: {},
  externalInterface: EXTERNAL_INTERFACE,
  secondInterface: SECOND_INTERFACE,
  ownPorts: true,
  elsewhere: '',
};

const AXES = ['protocol', 'state', 'uid', 'devices'] as const;

/** The corner that was chosen, or the one most like it: of all corners the one that agrees in the foremost axes. */
export function nearestCorner<C extends { readonly corner: Corner }>(all: readonly C[], chosen: Chosen): C | undefined {
  const wanted = { ...DEFAULTS, ...chosen };
  const likeness = ({ corner }: C) =>
    AXES.reduce((sum, axis, place) => sum + (corner[axis] === wanted[axis] ? 2 ** (AXES.length - place) : 0), 0);
  return all.toSorted((one, other) => likeness(other) - likeness(one))[0];
}

const DEFAULTS: Corner = { protocol: 'tcp', state: 'listening', uid: 'same', devices: 'none/none' };

/** Which sockets are to be shown. */
export function shownOf({ show, only }: Chosen): Shown {
  const choice = [...CHOICES.map(({ id }) => id), 'all' as const].find((id) => id === show);
  return { choice: choice ?? 'options', onlyDiffering: only === 'differing' };
}
