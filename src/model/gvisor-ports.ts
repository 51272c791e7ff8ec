import { ANY } from './overlap.ts';
import type { Stack } from './bsd-scan.ts';

/** The flags of a reservation: SO_REUSEADDR of UDP, SO_REUSEPORT, and SO_REUSEADDR of TCP. */
export const MOST_RECENT = 1;
export const LOAD_BALANCED = 2;
export const TUPLE_ONLY = 4;
const EVERY = MOST_RECENT | LOAD_BALANCED | TUPLE_ONLY;

/** How many references there are with each combination of flags. A release with other flags makes one of them negative. */
export type References = readonly number[];

/** What one socket asks for on the port. */
export interface PortRequest {
  readonly owner: number;
  readonly stacks: readonly Stack[];
  /** The address without a scope, or `ANY`. */
  readonly address: string;
  readonly device: string | undefined;
  readonly flags: number;
  /** The peer that the reservation is for; undefined if it is for all. */
  readonly peer: string | undefined;
}

/** What is reserved at one address of one stack, on one device and for one peer. */
export interface Reserved {
  readonly stack: Stack;
  readonly address: string;
  readonly device: string | undefined;
  readonly peer: string | undefined;
  readonly references: References;
  readonly owners: readonly Reserver[];
}

/** A socket that reserved, and with which flags. The number of one that is gone without a release is negative. */
interface Reserver {
  readonly socket: number;
  readonly flags: number;
}

export type Reservations = readonly Reserved[];

/** The references with one more, or one less, of a combination of flags. */
export function withCount(references: References, flags: number, change: 1 | -1): References {
  const present = references[flags] ?? 0;
  return Array.from({ length: EVERY + 1 }, (_, index) =>
    index === flags ? present + change : (references[index] ?? 0),
  );
}

export function total(references: References): number {
  return references.reduce((sum, count) => sum + count, 0);
}

/** The flags that all references have in common. */
export function shared(references: References): number {
  return references.reduce((common, count, flags) => (count > 0 ? common & flags : common), EVERY);
}

/** The reservation that stands in the way of a request; undefined if none does. */
export function inTheWay(ports: Reservations, wanted: PortRequest): Reserved | undefined {
  for (const stack of wanted.stacks) {
    const overlapping = ports.filter((one) => one.stack === stack && concerns(one, wanted));
    for (const address of new Set(overlapping.map((one) => one.address))) {
      let common = EVERY;
      for (const one of overlapping.filter((other) => other.address === address)) {
        common &= limits(one, wanted);
        if ((common & wanted.flags) === 0) return one;
      }
    }
  }
  return undefined;
}

/** Whether a reservation counts for a request: by address, by device, and by peer. */
export function concerns(one: Reserved, wanted: PortRequest): boolean {
  const atAddress = one.address === ANY || wanted.address === ANY || one.address === wanted.address;
  const onDevice = one.device === undefined || wanted.device === undefined || one.device === wanted.device;
  return atAddress && onDevice && (one.peer === wanted.peer || one.peer === undefined || wanted.peer === undefined);
}

/** The flags that a reservation leaves to a request. If one of them is for a peer and the other is not for the same, only SO_REUSEADDR of TCP counts. */
function limits({ peer, references }: Reserved, wanted: PortRequest): number {
  return peer === wanted.peer ? shared(references) : shared(references) | MOST_RECENT | LOAD_BALANCED;
}

function isAt(one: Reserved, stack: Stack, { address, device, peer }: PortRequest): boolean {
  return one.stack === stack && one.address === address && one.device === device && one.peer === peer;
}

export function reserved(ports: Reservations, wanted: PortRequest): Reservations {
  const { stacks, address, device, peer, flags } = wanted;
  const owner = { socket: wanted.owner, flags };
  const joined = ports.map((one) =>
    stacks.some((stack) => isAt(one, stack, wanted))
      ? { ...one, references: withCount(one.references, flags, 1), owners: [...one.owners, owner] }
      : one,
  );
  const missing = stacks.filter((stack) => !ports.some((one) => isAt(one, stack, wanted)));
  const references = withCount([], flags, 1);
  return [...joined, ...missing.map((stack) => ({ stack, address, device, peer, references, owners: [owner] }))];
}

/** The reservations after a release. One that names another address, device or peer than the reservation finds nothing. */
export function released(ports: Reservations, given: PortRequest): Reservations {
  return ports.flatMap((one) => {
    if (!given.stacks.some((stack) => isAt(one, stack, given))) return [one];
    const references = withCount(one.references, given.flags, -1);
    const own = one.owners.findIndex(({ socket }) => socket === given.owner);
    const owners = one.owners.filter((_, index) => index !== own);
    return total(references) > 0 ? [{ ...one, references, owners }] : [];
  });
}

/** The reservations when a socket is gone: what it did not release has no owner any more. */
export function orphaned(ports: Reservations, gone: number): Reservations {
  return ports.map((one) => {
    if (!one.owners.some(({ socket }) => socket === gone)) return one;
    const owners = one.owners.map((owner) => (owner.socket === gone ? { ...owner, socket: -1 - gone } : owner));
    return { ...one, owners };
  });
}

/** Whether the references are not those of the sockets that made them, because of a release with other flags. */
export function isMiscounted({ references, owners }: Reserved): boolean {
  const expected = owners.reduce((count: References, { flags }) => withCount(count, flags, 1), []);
  return references.some((count, flags) => count !== (expected[flags] ?? 0));
}
