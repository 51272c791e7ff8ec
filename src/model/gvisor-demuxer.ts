import type { Stack } from './bsd-scan.ts';
import { withCount, LOAD_BALANCED, MOST_RECENT, type References, shared, total } from './gvisor-ports.ts';

/** The name under which a socket is registered for packets: its local address or `ANY`, and its peer if it has one. */
interface Key {
  readonly local: string;
  readonly peer: string | undefined;
}

/** What is registered: in which stacks, under which name, and with what. */
export interface Registration extends Key {
  readonly socket: number;
  readonly stacks: readonly Stack[];
  readonly device: string | undefined;
  readonly flags: number;
}

/** The sockets that are registered under one name of one stack and for one device, in the order of their registration. */
export interface RegisteredName extends Key {
  readonly stack: Stack;
  readonly device: string | undefined;
  readonly sockets: readonly number[];
  readonly references: References;
}

export type Demuxer = readonly RegisteredName[];

/** The flags that count here. SO_REUSEADDR of TCP never does, and SO_REUSEPORT does not for a connection. */
function counting({ flags, peer }: Registration): number {
  return flags & (peer === undefined ? MOST_RECENT | LOAD_BALANCED : MOST_RECENT);
}

function isIn(group: RegisteredName, stack: Stack, { local, peer, device }: Registration): boolean {
  return group.stack === stack && group.local === local && group.peer === peer && group.device === device;
}

/** The group with which a registration does not share a flag; undefined if it can be made. */
export function refusedBy(demuxer: Demuxer, entry: Registration): RegisteredName | undefined {
  return demuxer.find(
    (group) =>
      entry.stacks.some((stack) => isIn(group, stack, entry)) &&
      total(group.references) > 0 &&
      (counting(entry) & shared(group.references)) === 0,
  );
}

export function registered(demuxer: Demuxer, entry: Registration): Demuxer {
  const { stacks, socket, local, peer, device } = entry;
  const joined = demuxer.map((group) =>
    stacks.some((stack) => isIn(group, stack, entry))
      ? {
          ...group,
          references: withCount(group.references, counting(entry), 1),
          sockets: [...group.sockets, socket],
        }
      : group,
  );
  const missing = stacks.filter((stack) => !demuxer.some((group) => isIn(group, stack, entry)));
  const references = withCount([], counting(entry), 1);
  return [...joined, ...missing.map((stack) => ({ stack, local, peer, device, sockets: [socket], references }))];
}

export function unregistered(demuxer: Demuxer, entry: Registration): Demuxer {
  return demuxer.flatMap((group) => {
    const isThere = entry.stacks.some((stack) => isIn(group, stack, entry)) && group.sockets.includes(entry.socket);
    if (!isThere) return [group];
    const sockets = group.sockets.filter((socket) => socket !== entry.socket);
    const references = withCount(group.references, counting(entry), -1);
    return sockets.length === 0 ? [] : [{ ...group, sockets, references }];
  });
}
