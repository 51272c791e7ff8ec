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
      return outOf(lists, socket.id);
    case 'connect':
      return connected(world, socket);
    case 'disconnect':
      if (isOld && isNamed(socket)) return { ...lists, unconnected: toHead(lists.unconnected, socket.id) };
      return { ...outOf(lists, socket.id), adrift: toHead(lists.adrift, socket.id) };
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
  const own = { ...lists, unconnected, groups: isNew ? left(lists.groups, socket.id) : lists.groups };
  if (lists.byPort.includes(socket.id)) return own;
  const back = { ...own, adrift: without(own.adrift, socket.id), byPort: toHead(own.byPort, socket.id) };
  return isNew ? back : joined(world, back, socket);
}

function onPort(lists: PortLists, { id }: Socket): PortLists {
  return { ...lists, unconnected: toHead(lists.unconnected, id), byPort: toHead(lists.byPort, id) };
}

function outOf({ unconnected, byPort, adrift, groups }: PortLists, id: number): PortLists {
  return {
    unconnected: without(unconnected, id),
    byPort: without(byPort, id),
    adrift: without(adrift, id),
    groups: left(groups, id),
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
  const groups = lists.groups.some(isOf)
    ? lists.groups.map((group) => (isOf(group) ? { ...group, members: [...group.members, id] } : group))
    : [{ name: local, family, members: [id], fib }, ...lists.groups];
  return { ...lists, groups };
}

function left(groups: readonly Group[], id: number): readonly Group[] {
  return groups
    .map((group) => ({ ...group, members: without(group.members, id) }))
    .filter(({ members }) => members.length > 0);
}
