import { endsInZero } from './address.ts';
import { type Chain, toHead, toTail, without } from './chain.ts';
import { ANY, type Claims } from './overlap.ts';
import { parseRelease, precedes, type Release } from './release.ts';
import type { Family } from './types.ts';
import type { Socket, Step, World } from './world.ts';

/** A group of SO_REUSEPORT_LB: the name with which its members joined it, and these. */
export interface Group {
  readonly name: Claims;
  readonly family: Family;
  readonly members: Chain;
  /** The number of members that it has room for. */
  readonly size: number;
  /** The FIB in which its members were bound, where a bind is of one FIB. */
  readonly fib: number | undefined;
}

/** The lists that FreeBSD searches on a port. */
export interface PortLists {
  /** The sockets that are searched by address; in 13 the connected ones are among them. */
  readonly unconnected: Chain;
  /** All sockets of the port, the one that was put there last first. */
  readonly byPort: Chain;
  /** The UDP sockets that a disconnect has taken off the port (since 14), the last one first. */
  readonly adrift: Chain;
  /** The group that was made last is first. */
  readonly groups: readonly Group[];
}

/** The room of a group: INPCBLBGROUP_SIZMIN and INPCBLBGROUP_SIZMAX. */
const ROOM = { least: 8, most: 256 } as const;

export const EMPTY_PORT: PortLists = { unconnected: [], byPort: [], adrift: [], groups: [] };

/** Whether the release is older than another. */
export function isOlder(world: World<unknown>, major: number, minor: number): boolean {
  return precedes(releaseOf(world), [major, minor]);
}

function releaseOf({ setting }: World<unknown>): Release {
  return parseRelease(setting.release, 'FreeBSD');
}

/** Whether binds and packets are of one FIB each: net.inet.udp.bind_all_fibs=0, net.inet.tcp.bind_all_fibs=0. */
export function isByFib(world: World<unknown>): boolean {
  return world.setting.host?.bindAllFibs === false && !isOlder(world, 14, 3);
}

/** The lists after a step. */
export function listsAfter(world: World<PortLists>, { kind, socket }: Step): PortLists {
  const lists = world.hidden;
  const isOld = isOlder(world, 14, 0);
  switch (kind) {
    case 'listen':
      return lists;
    case 'close':
      return outOf(world, socket);
    case 'connect':
      return connected(world, socket);
    case 'disconnect':
      if (isOld && isNamed(socket)) return { ...lists, unconnected: toHead(lists.unconnected, socket.id) };
      return { ...outOf(world, socket), adrift: toHead(lists.adrift, socket.id) };
    case 'accept':
      return { ...lists, byPort: toHead(lists.byPort, socket.id) };
    case 'autobind': {
      // sendto() leaves the socket unconnected, so that it is listed as after bind().
      if (socket.sent) return boundTo(world, socket);
      const next = isOlder(world, 15, 0) ? joined(world, lists, socket) : lists;
      return isOld ? onPort(next, socket) : { ...next, byPort: toHead(next.byPort, socket.id) };
    }
    case 'bind':
      return boundTo(world, socket);
  }
}

function boundTo(world: World<PortLists>, socket: Socket): PortLists {
  const next = onPort(joined(world, world.hidden, socket), socket);
  return isOlder(world, 14, 0) ? next : { ...next, unconnected: ranked(world, socket) };
}

/** Whether the socket has a name: a TCP socket whose connection was reset has none. */
function isNamed({ local }: Socket): boolean {
  return local.v4 !== undefined || local.v6 !== undefined;
}

/** A socket that a disconnect took off its port comes back as the newest; in 15 a connected socket is in no group. */
function connected(world: World<PortLists>, socket: Socket): PortLists {
  const lists = world.hidden;
  const isNew = !isOlder(world, 15, 0);
  if (isOlder(world, 14, 0)) return lists;
  const unconnected = without(lists.unconnected, socket.id);
  const own = { ...lists, unconnected, groups: isNew ? left(world, socket) : lists.groups };
  if (lists.byPort.includes(socket.id)) return own;
  const back = { ...own, adrift: without(own.adrift, socket.id), byPort: toHead(own.byPort, socket.id) };
  return isNew ? back : joined(world, back, socket);
}

function onPort(lists: PortLists, { id }: Socket): PortLists {
  return { ...lists, unconnected: toHead(lists.unconnected, id), byPort: toHead(lists.byPort, id) };
}

function outOf(world: World<PortLists>, socket: Socket): PortLists {
  const { unconnected, byPort, adrift } = world.hidden;
  return {
    unconnected: without(unconnected, socket.id),
    byPort: without(byPort, socket.id),
    adrift: without(adrift, socket.id),
    groups: left(world, socket),
  };
}

/**
 * The unconnected sockets since 14: those on an address first, and ::ffff:0.0.0.0 last. The search for the place of 0.0.0.0
 * takes an IPv6 address whose last 32 bits are zero for the IPv4 wildcard, and puts it before that.
 */
function ranked({ sockets, hidden: { unconnected } }: World<PortLists>, socket: Socket): Chain {
  const { family, local, id } = socket;
  const isAny = ({ v4, v6 }: Claims) => v4 === ANY || v6 === ANY;
  if (!isAny(local)) return toHead(unconnected, id);
  if (family === 'inet6' && local.v6 === undefined) return toTail(unconnected, id);
  const claims = new Map(sockets.map((other) => [other.id, other.local]));
  const place = unconnected.findIndex((other) => {
    const name = claims.get(other);
    return name !== undefined && (isAny(name) || (family === 'inet' && endsInZero(name.v6 ?? '')));
  });
  return place < 0 ? toTail(unconnected, id) : unconnected.toSpliced(place, 0, id);
}

/** The lists after a socket with SO_REUSEPORT_LB has joined the group of its name, unless it is an AF_INET6 one on the IPv4 wildcard. */
function joined(world: World<unknown>, lists: PortLists, { id, options, family, local, domain }: Socket): PortLists {
  if (options.reuseportLb !== true || (family === 'inet6' && local.v4 === ANY)) return lists;
  const fib = isByFib(world) ? domain : undefined;
  const isOf = (group: Group) =>
    group.family === family && group.name.v4 === local.v4 && group.name.v6 === local.v6 && group.fib === fib;
  const own = lists.groups.find(isOf);
  const others = lists.groups.filter((group) => group !== own);
  if (own === undefined) {
    return { ...lists, groups: [{ name: local, family, members: [id], size: ROOM.least, fib }, ...others] };
  }
  const members = [...own.members, id];
  if (members.length <= own.size)
    return { ...lists, groups: lists.groups.map((group) => (group === own ? { ...own, members } : group)) };
  // A full group is made again with twice the room, so that it is the newest; the largest takes no more.
  return own.size >= ROOM.most ? lists : { ...lists, groups: [{ ...own, members, size: own.size * 2 }, ...others] };
}

/** The groups after a socket has left its own. Up to 14 one that has shrunk is made again with half the room. */
function left(world: World<PortLists>, { id }: Socket): readonly Group[] {
  const { groups } = world.hidden;
  const own = groups.find(({ members }) => members.includes(id));
  if (own === undefined) return groups;
  const others = groups.filter((group) => group !== own);
  const members = without(own.members, id);
  if (members.length === 0) return others;
  const shrinks = own.size > ROOM.least && members.length <= own.size / 4 && isOlder(world, 15, 0);
  if (shrinks) return [{ ...own, members, size: own.size / 2 }, ...others];
  return groups.map((group) => (group === own ? { ...own, members } : group));
}
