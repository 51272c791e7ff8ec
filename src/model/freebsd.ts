import { isMapped, isMulticast } from './address.ts';
import { beforeNames, isEarly, judgeConnect, judgeSend, ofReset } from './freebsd-peers.ts';
import { keptBySend, releasedByRefusal } from './peers.ts';
import { judgeStanding, unlessAny } from './bsd-address.ts';
import {
  areSixOnAny4,
  asksToShare,
  bestMatch,
  exactMatch,
  holderIn,
  isConnected,
  isDual,
  isV4,
  type Stack,
  stopsDual,
  widened,
} from './bsd-scan.ts';
import { inOrder } from './chain.ts';
import { isBound, isMappedOnV6only, lacksPrivilege, standing, bothReuseport } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { ANY, NOTHING } from './overlap.ts';
import { isByFib, isOlder, listsAfter, EMPTY_PORT, type PortLists } from './freebsd-lists.ts';
import { freebsdDelivery } from './receive/freebsd.ts';
import { freebsdRules } from './freebsd-rules.ts';
import { hasPeer, isReleased, withoutPeer } from './socket.ts';
import type { Outcome, Prediction } from './types.ts';
import type { Socket, System, World } from './world.ts';

const { id, rules } = freebsdRules;

type Here = World<PortLists>;

/** The model of FreeBSD. */
export const freebsd: System<PortLists> = {
  name: 'freebsd',
  title: 'FreeBSD',
  summary:
    'Only the second socket’s options decide whether names may overlap: with SO_REUSEADDR, SO_REUSEPORT or SO_REUSEPORT_LB it conflicts with an unconnected socket on exactly its address, without them with any overlap in any state. Exact duplicates need SO_REUSEPORT on both or SO_REUSEPORT_LB on both, and an ordinary user never shares with another user.',
  rules,
  v6onlyByDefault: true,
  mappedIsV6: true,
  hidden: EMPTY_PORT,
  releases: ['15.0', '14.3', '14.1'],
  free: id.free,
  acceptsForListener: true,
  reconnects: true,
  choosesFirst: (_socket, _target, outcome, op) => keptBySend(outcome, op, id['send-keeps-port']),
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id.listen),
  },

  shutDownUnconnected: () => decide('ENOTCONN', id.shutdown),
  lateV6only: decide('EINVAL', id['v6only-late']),
  delivery: freebsdDelivery,
  remember: listsAfter,

  connect: judgeConnect,

  send: judgeSend,

  refused(socket, { stack }, outcome) {
    const released = releasedByRefusal(socket, outcome);
    if (released !== undefined) return released;
    if (stack === undefined || isEarly(socket, outcome)) return socket;
    // A dual-stack socket stays in the stack over which it tried to connect.
    const narrow = (claims: Socket['local']) => (isDual(claims) ? inStack(claims, stack) : claims);
    const { formerly } = socket;
    return { ...socket, local: narrow(socket.local), formerly: formerly === undefined ? undefined : narrow(formerly) };
  },

  reset: (socket) => withoutPeer(socket, NOTHING),

  disconnected(socket, world, by) {
    const isOld = isOlder(world, 14, 0);
    if (socket.protocol === 'tcp') return ofTcp(world, socket);
    const rule = id[isOld ? 'F1-disconnect-13' : 'F1-disconnect'];
    const errors = unspecified(world, socket);
    const prediction = decide(by === undefined ? [...errors, 'ok'] : errors, rule);
    if (!hasPeer(socket)) return { left: socket, prediction, otherwise: tried(world, socket) };
    const left = withoutPeer(socket, widened(socket.local));
    if (isOld) return { left, prediction };
    const formerly = isOlder(world, 15, 0) ? widened(socket.local) : socket.local;
    return { left: { ...left, local: NOTHING, formerly }, prediction };
  },

  bind(world, next) {
    const argument = judgeArgument(world, next);
    if (isRefusal(argument)) return argument;
    return next.chosen
      ? choice(world, next)
      : because(otherOwner(world, next) ?? beyondFib(world, next, conflict(world, next)), id.free, argument);
  },

  listen: (_world, socket) => (isReleased(socket) ? decide('EINVAL', id.reset) : decide('ok', id.listen)),
};

/** The result of connect() to AF_UNSPEC. In 13 it depended on the length of the socket name on AF_INET6. */
function unspecified(world: Here, { family }: Socket): readonly Outcome[] {
  return family === 'inet6' && isOlder(world, 14, 0) ? ['EAFNOSUPPORT', 'EINVAL'] : ['EAFNOSUPPORT'];
}

/** The socket after connect() to AF_UNSPEC that dissolved nothing: in 13 the attempt left a dual-stack socket in IPv6. */
function tried(world: Here, socket: Socket): Socket | undefined {
  return isOlder(world, 14, 0) && isDual(socket.local) ? { ...socket, local: inStack(socket.local, 'v6') } : undefined;
}

/** For TCP, connect() to AF_UNSPEC is a connect() like any other. */
function ofTcp(world: Here, socket: Socket) {
  const rule = id['disconnect-tcp'];
  const errors = unspecified(world, socket);
  const early = beforeNames(world, socket) ?? ofReset(world, socket, errors);
  if (early !== undefined) return { left: socket, prediction: { ...early, rule } };
  const otherwise = socket.state === 'listening' ? undefined : tried(world, socket);
  return { left: socket, prediction: decide(errors, rule), otherwise };
}

function inStack(claims: Socket['local'], stack: Stack): Socket['local'] {
  return { ...NOTHING, [stack]: claims[stack] };
}

function judgeArgument(world: Here, next: Socket): Prediction | undefined {
  const mappedOnV6only = isMappedOnV6only(next);
  const group = next.protocol === 'tcp' && isGroup(next) ? judgeGroup(world, next) : undefined;
  if (group !== undefined) return group;
  if (isBound(world, next)) return decide('EINVAL', id['already-bound']);
  const address = mappedOnV6only ? unlessAny(next, id['mapped-on-v6only'], id.bindany) : judgeAddress(world, next);
  return !isRefusal(address) && lacksPrivilege(world, next) ? decide('EACCES', id.privileged) : address;
}

/** What TCP says of a group; undefined where it looks first at the socket, whose connection was reset. */
function judgeGroup(world: Here, next: Socket): Prediction | undefined {
  const own = world.sockets.find(({ id: number }) => number === next.id);
  const wasReset = own !== undefined && isReleased(own);
  if (!wasReset || isOlder(world, 14, 0)) {
    return wasReset && isMapped(next.address) ? undefined : decide('EAFNOSUPPORT', id['tcp-multicast']);
  }
  if (isMapped(next.address) || !isOlder(world, 14, 3)) return undefined;
  return decide(['EAFNOSUPPORT', 'EINVAL'], id['tcp-multicast']);
}

function judgeAddress(world: Here, next: Socket): Prediction | undefined {
  const place = standing(world, next);
  if (place === 'anycast') return isOlder(world, 15, 0) ? decide('EADDRNOTAVAIL', id['anycast-14']) : undefined;
  if (place === 'unready') return decide('EADDRNOTAVAIL', id.unready);
  return judgeStanding(place, next, { id, noSuchScope: 'ENXIO' });
}

/** The extra cost that ranks a dual-stack socket on :: below every AF_INET one. */
function dualCost(socket: Socket): number {
  return socket.local.v6 === undefined ? 0 : 3;
}

function onPort({ sockets, hidden }: Here): readonly Socket[] {
  return inOrder(sockets, hidden.byPort);
}

/** The chain in which it searches depends on the second socket's options too. */
function holderOf(world: Here, next: Socket, stack: Stack, address: string): Socket | undefined {
  const chain = asksToShare(next) ? inOrder(world.sockets, world.hidden.unconnected) : onPort(world);
  return holderIn(inFib(world, next, stack, chain), next, stack, address, stack === 'v4' ? dualCost : undefined);
}

/** The sockets of a chain that the search looks at: those of the socket's own FIB, if binds do not count for all of them. */
function inFib(world: Here, next: Socket, stack: Stack, chain: readonly Socket[]): readonly Socket[] {
  if (countsForAllFibs(world, next, stack)) return chain;
  return chain.filter((other) => other.domain === next.domain);
}

function countsForAllFibs(world: Here, next: Socket, stack: Stack): boolean {
  if (!isByFib(world)) return true;
  // The IPv4 part of a dual-stack name looks at every FIB, and TCP does on a v4-mapped one.
  return next.family === 'inet6' && stack === 'v4' && (isDual(next.local) || next.protocol === 'tcp');
}

/** Names the FIB as the rule, if there would be another outcome without it. */
function beyondFib(world: Here, next: Socket, found: Prediction): Prediction {
  if (!isByFib(world) || isRefusal(found)) return found;
  return isRefusal(conflict(inAllFibs(world), next)) ? decide('ok', id.fib) : found;
}

/** The port where binds count for all FIBs. */
function inAllFibs(world: Here): Here {
  const { bindAllFibs: _, ...host } = world.setting.host ?? {};
  return { ...world, setting: { ...world.setting, host } };
}

/** Whether the name is a multicast address; with IPV6_V6ONLY=1 a v4-mapped one is an IPv6 address like any other. */
function isGroup(next: Socket): boolean {
  return isMulticast(next.address) && !isMappedOnV6only(next);
}

function otherOwner(world: Here, next: Socket): Prediction | undefined {
  if (next.uid === 0 || isGroup(next)) return undefined;
  const { local } = next;
  const chain = onPort(world);
  const held6 = local.v6 === undefined ? undefined : bestMatch(chain, 'v6', local.v6);
  const held4 = local.v4 === undefined ? undefined : bestMatch(chain, 'v4', local.v4, dualCost);
  const isOthers = (other: Socket | undefined): other is Socket =>
    other !== undefined && other.uid !== next.uid && (next.protocol === 'udp' || !isConnected(other));
  // There is no exception for the IPv4 part of a dual-stack name.
  const own = isV4(local) ? held4 : held6;
  const excepted = isOthers(own) && isBalanced(own) && isBetweenWildcards(local, own.local) && isOlder(world, 14, 3);
  if (isOthers(own) && !excepted) return decide('EADDRINUSE', id['other-uid'], own);
  if (!isV4(local) && isOthers(held4)) return decide('EADDRINUSE', id['other-uid'], held4);
  if (!excepted) return undefined;
  const found = conflict(world, next);
  if (found.outcomes[0] !== 'ok') return found;
  // 14.2 has not been checked.
  return decide(isOlder(world, 14, 2) ? 'ok' : ['EADDRINUSE', 'ok'], id['F5-other-uid-lb'], own);
}

function isBalanced({ options }: Socket): boolean {
  return options.reuseportLb === true && options.reuseport !== true;
}

function isBetweenWildcards(one: Socket['local'], other: Socket['local']): boolean {
  return isV4(one) ? one.v4 === ANY && other.v4 === ANY : one.v6 === ANY && other.v6 === ANY;
}

function conflict(world: Here, next: Socket): Prediction {
  const { local } = next;
  if (isV4(local)) {
    const held = holderOf(world, next, 'v4', local.v4);
    if (held === undefined) return decide('ok', id.free);
    const found =
      shared(next, held) ??
      (areSixOnAny4(next, held)
        ? decide('ok', id['both-v6-wildcards'], held)
        : decide('EADDRINUSE', asksToShare(next) ? id['exact-match'] : id.overlap, held));
    return ordered(world, next, found, held);
  }
  const held = holderOf(world, next, 'v6', local.v6 ?? ANY);
  const share = held === undefined ? undefined : shared(next, held);
  if (held !== undefined && share === undefined) {
    return decide('EADDRINUSE', asksToShare(next) ? id['exact-match'] : id.overlap, held);
  }
  const held4 = isDual(local) ? holderOf(world, next, 'v4', ANY) : undefined;
  if (held4 === undefined) return share ?? decide('ok', id.free);
  const found =
    shared(next, held4) ??
    (stopsDual(held4)
      ? decide('EADDRINUSE', id['dual-v4-holder'], held4)
      : decide('ok', id['dual-skips-v4-wildcard'], held4));
  return ordered(world, next, found, held4);
}

/** Names the order of wildcards as the rule, if a search in the order of bind() finds a socket with another outcome. */
function ordered(world: Here, next: Socket, found: Prediction, held: Socket): Prediction {
  if (!asksToShare(next) || held.local.v4 !== ANY || isOlder(world, 14, 0)) return found;
  const newest = exactMatch(onPort(world), 'v4', ANY);
  if (newest === undefined || newest === held) return found;
  const same = (shared(next, newest) !== undefined) === (shared(next, held) !== undefined);
  return same ? found : { ...found, rule: id['F2-order-of-wildcards'] };
}

function shared(next: Socket, held: Socket): Prediction | undefined {
  if (bothReuseport(next, held)) return decide('ok', id['reuseport-both'], held);
  const { options } = next;
  if (options.reuseportLb === true && held.options.reuseportLb === true) {
    return decide('ok', id['reuseport-lb-both'], held);
  }
  if (!isGroup(next)) return undefined;
  const { reuseaddr, reuseport, reuseportLb } = held.options;
  const together =
    (options.reuseaddr === true && (reuseaddr === true || reuseport === true || reuseportLb === true)) ||
    ((options.reuseport === true || options.reuseportLb === true) && reuseaddr === true);
  return together ? decide('ok', id['F3-multicast'], held) : undefined;
}

/** Whether the system may choose this port for a socket that asked for port 0. */
function choice(world: Here, next: Socket): Prediction {
  const { local } = next;
  const looksAtV4 = local.v4 !== undefined && (isV4(local) || !isOlder(world, 14, 0));
  const everywhere = inAllFibs(world);
  const held4 = looksAtV4 ? holderOf(everywhere, next, 'v4', local.v4) : undefined;
  const held = (local.v6 === undefined ? undefined : holderOf(everywhere, next, 'v6', local.v6)) ?? held4;
  return decide(held === undefined ? 'ok' : 'EADDRINUSE', id.chosen, held);
}
