import { type Chain, toHead, toTail, without } from '../chain.ts';
import { unmapped } from '../address.ts';
import { atLeast, type Kernel } from '../linux-kernel.ts';
import type { Operation } from '../types.ts';
import {
  connectedTo,
  disconnected,
  hearsGroups4,
  onWildcard,
  type Receiver,
  receiverOf,
  returnsToWildcard,
} from './receiver.ts';

/** A group of SO_REUSEPORT: its members, and whether one of them ever connected while it was in it. */
interface Group {
  readonly members: readonly number[];
  readonly hasConnections: boolean;
}

/** A socket in the list of four-tuples, with the four-tuple that it had when it was put there. */
interface Entry {
  readonly id: number;
  readonly key: string;
}

/** The lists that Linux searches for the receiver, each from its head. */
export interface Lists {
  readonly sockets: ReadonlyMap<number, Receiver>;
  /** The lists of all addresses and of the wildcards, joined into one. */
  readonly byAddress: Chain;
  /** All UDP sockets of the port. */
  readonly byPort: Chain;
  readonly fourTuples: readonly Entry[];
  readonly groups: ReadonlyMap<number, Group>;
}

export const NO_LISTS: Lists = { sockets: new Map(), byAddress: [], byPort: [], fourTuples: [], groups: new Map() };

/** Whether the kernel has a list of four-tuples for connected UDP sockets; commits 78c91ae2c6de and 1b29a730ef8b. */
export function hasFourTuples(kernel: Kernel): boolean {
  return atLeast(kernel, 6, 13);
}

/**
 * Whether a second connect() files a UDP socket under its new peer. 7.3.4 does so and 7.2.7 does not, as observed; the commit
 * that changed it is not known.
 */
function refiles(kernel: Kernel): boolean {
  return atLeast(kernel, 7, 3);
}

/** The lists after an operation that succeeded. */
export function after(lists: Lists, operation: Operation, kernel: Kernel): Lists {
  return noteEarly(operated(lists, operation, kernel));
}

/**
 * Notes which AF_INET6 sockets may get an IPv4 multicast early: one that hears a group, and each member of its group of
 * SO_REUSEPORT. What a socket got early marks it for ever, even if it no longer hears anything.
 */
function noteEarly(lists: Lists): Lists {
  let noted = lists;
  for (const one of lists.sockets.values()) {
    if (!hearsGroups4(one)) continue;
    for (const id of groupOf(lists, one)?.members ?? [one.id]) {
      const socket = noted.sockets.get(id);
      if (socket !== undefined && socket.early4 !== true) noted = replaced(noted, { ...socket, early4: true });
    }
  }
  return noted;
}

function operated(lists: Lists, operation: Operation, kernel: Kernel): Lists {
  if (operation.op === 'bind') return bound(lists, receiverOf(operation.socket, operation));
  if (operation.op === 'accept') return lists;
  if (operation.op === 'connect' && operation.as !== undefined) {
    const socket = { ...receiverOf(operation.socket, operation.as), autobound: true };
    return connected(bound(lists, socket), socket.id, operation, kernel);
  }
  if ((operation.op === 'send' || operation.op === 'listen') && operation.as !== undefined) {
    const socket = { ...receiverOf(operation.socket, operation.as), autobound: true };
    const there = bound(lists, socket);
    return operation.op === 'send' ? there : listed(there, { ...socket, listening: true });
  }
  const socket = lists.sockets.get(operation.socket);
  if (socket === undefined) return lists;
  switch (operation.op) {
    case 'listen':
      return socket.listening ? lists : listed(lists, { ...socket, listening: true });
    case 'connect':
      return socket.protocol === 'udp' ? connected(lists, socket.id, operation, kernel) : lists;
    case 'disconnect':
      return socket.protocol === 'udp' ? withoutPeer(lists, socket) : lists;
    case 'set':
      return withOptions(lists, socket, operation);
    case 'join':
      return replaced(lists, {
        ...socket,
        memberships: [...socket.memberships, { group: operation.group, device: operation.device }],
      });
    case 'leave':
      return replaced(lists, {
        ...socket,
        memberships: socket.memberships.filter(
          ({ group, device }) =>
            group !== operation.group || (operation.device !== undefined && device !== operation.device),
        ),
      });
    case 'close':
      return removed(lists, socket.id);
    case 'shutdown':
      return socket.listening ? unlisted(lists, socket) : lists;
    default:
      return lists;
  }
}

/** After bind() a UDP socket is in both lists. A TCP socket is known, but in no list. */
function bound(lists: Lists, socket: Receiver): Lists {
  if (socket.protocol === 'tcp') return replaced(lists, socket);
  const grouped = joined(lists, socket, lists.byPort);
  return {
    ...grouped,
    byAddress: added(lists.byAddress, socket),
    byPort: added(lists.byPort, socket),
  };
}

/** After listen() a TCP socket is in the list of its address. */
function listed(lists: Lists, socket: Receiver): Lists {
  return { ...joined(lists, socket, lists.byAddress), byAddress: added(lists.byAddress, socket) };
}

/** A new socket goes to the head; an AF_INET6 one that has SO_REUSEPORT at this time goes to the tail. */
function added(list: Chain, { id, family, options }: Receiver): Chain {
  return family === 'inet6' && options.reuseport === true ? toTail(list, id) : toHead(list, id);
}

/**
 * Puts a socket with SO_REUSEPORT into the group of the first socket in a list that it may share with. If that socket has
 * no group, both go into a new one. If there is no such socket, the new one gets its own group.
 */
function joined(lists: Lists, socket: Receiver, list: Chain): Lists {
  if (socket.options.reuseport !== true) return replaced(lists, socket);
  const other = list.map((id) => lists.sockets.get(id)).find((one) => one !== undefined && shares(one, socket));
  const number = other?.group ?? Math.max(0, ...lists.groups.keys()) + 1;
  const { members, hasConnections } = lists.groups.get(number) ?? {
    members: other === undefined ? [] : [other.id],
    hasConnections: false,
  };
  const groups = new Map(lists.groups).set(number, { members: [...members, socket.id], hasConnections });
  const sockets = new Map(lists.sockets).set(socket.id, { ...socket, group: number });
  if (other !== undefined) sockets.set(other.id, { ...other, group: number });
  return { ...lists, sockets, groups };
}

function shares(one: Receiver, other: Receiver): boolean {
  return (
    one.options.reuseport === true &&
    one.id !== other.id &&
    one.family === other.family &&
    one.v6only === other.v6only &&
    one.device === other.device &&
    one.uid === other.uid &&
    one.address === other.address
  );
}

function connected(
  lists: Lists,
  id: number,
  { local, to }: Operation & { readonly op: 'connect' },
  kernel: Kernel,
): Lists {
  const socket = lists.sockets.get(id);
  if (socket === undefined) return lists;
  const moves = onWildcard(socket);
  // One that is in the list of four-tuples since an earlier connect() stays there, until 7.3 under its first peer, and stays
  // in the group that another socket has made with it since: udp_lib_hash4() returns early.
  const isThere = lists.fourTuples.some((entry) => entry.id === id);
  // The kernel compares the port of the peer only if it is not 0.
  const now = connectedTo(socket, local ?? '', to?.address, to?.port === 0 ? undefined : to?.port);
  let next = lists;
  if (moves) {
    next = { ...ungrouped(lists, id), byAddress: toHead(lists.byAddress, id) };
  } else {
    next = noteConnection(next, socket.group);
    if (hasFourTuples(kernel) && !isThere) next = ungrouped(next, id);
  }
  next = replaced(next, { ...now, group: next.sockets.get(id)?.group });
  if (!hasFourTuples(kernel) || to === undefined || (isThere && !moves && !refiles(kernel))) return next;
  return { ...next, fourTuples: [{ id, key: fourTuple(now) }, ...next.fourTuples.filter((entry) => entry.id !== id)] };
}

/** The four-tuple of a connected socket. */
function fourTuple({ address, peer }: Receiver): string {
  return `${unmapped(address)} ${peer.v4 ?? peer.v6} ${peer.port}`;
}

function withoutPeer(lists: Lists, socket: Receiver): Lists {
  if (socket.autobound) return removed(lists, socket.id);
  if (!socket.connected) return replaced(lists, { ...socket, device: undefined });
  const next = replaced(lists, disconnected(socket));
  if (!returnsToWildcard(socket)) return next;
  // Its address changes, so that it leaves the group that others have made with it while it was connected.
  return {
    ...ungrouped(next, socket.id),
    byAddress: toHead(lists.byAddress, socket.id),
    fourTuples: lists.fourTuples.filter(({ id }) => id !== socket.id),
  };
}

function withOptions(lists: Lists, socket: Receiver, { options, device }: Operation & { readonly op: 'set' }): Lists {
  const changed: Receiver = { ...socket, options: { ...socket.options, ...options } };
  if (device === undefined) return replaced(lists, changed);
  const tied = { ...changed, device: device ?? undefined };
  // A tie takes a UDP socket out of its group, and files it again under its present four-tuple. A TCP socket stays.
  if (socket.protocol === 'tcp') return replaced(lists, tied);
  const next = ungrouped(replaced(lists, tied), socket.id);
  if (!tied.connected) return next;
  const key = fourTuple(tied);
  const entry = next.fourTuples.find(({ id }) => id === socket.id);
  if (entry === undefined || entry.key === key) return next;
  return { ...next, fourTuples: [{ id: socket.id, key }, ...next.fourTuples.filter((other) => other !== entry)] };
}

/** All UDP sockets of the port, from the head of their list. */
export function udpSocketsOf({ sockets, byPort }: Lists): readonly Receiver[] {
  return byPort.map((id) => sockets.get(id)).filter((socket) => socket !== undefined);
}

/** The group of SO_REUSEPORT that a socket is in; undefined for none. */
export function groupOf({ groups }: Lists, { group }: Receiver): Group | undefined {
  return group === undefined ? undefined : groups.get(group);
}

function noteConnection(lists: Lists, number: number | undefined): Lists {
  const group = number === undefined ? undefined : lists.groups.get(number);
  if (number === undefined || group === undefined) return lists;
  return { ...lists, groups: new Map(lists.groups).set(number, { ...group, hasConnections: true }) };
}

function ungrouped(lists: Lists, id: number): Lists {
  const socket = lists.sockets.get(id);
  const number = socket?.group;
  const group = number === undefined ? undefined : lists.groups.get(number);
  if (socket === undefined || number === undefined || group === undefined) return lists;
  return {
    ...replaced(lists, { ...socket, group: undefined }),
    groups: new Map(lists.groups).set(number, { ...group, members: without(group.members, id) }),
  };
}

function unlisted(lists: Lists, socket: Receiver): Lists {
  const next = ungrouped(lists, socket.id);
  return {
    ...replaced(next, { ...socket, group: undefined, listening: false }),
    byAddress: without(next.byAddress, socket.id),
  };
}

function removed(lists: Lists, id: number): Lists {
  const next = ungrouped(lists, id);
  const sockets = new Map(next.sockets);
  sockets.delete(id);
  return {
    ...next,
    sockets,
    byAddress: without(next.byAddress, id),
    byPort: without(next.byPort, id),
    fourTuples: next.fourTuples.filter((entry) => entry.id !== id),
  };
}

function replaced(lists: Lists, socket: Receiver): Lists {
  return { ...lists, sockets: new Map(lists.sockets).set(socket.id, socket) };
}
