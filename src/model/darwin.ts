import {
  canonical,
  compatible4,
  endsInZero,
  isLimitedBroadcast,
  isMulticast,
  isWildcard,
  unmapped,
} from './address.ts';
import { judgeStanding } from './bsd-address.ts';
import {
  areSixOnAny4,
  asksToShare,
  bestMatch,
  exactMatch,
  hasEither,
  holderIn,
  isDual,
  isV4,
  type Stack,
  stopsDual,
  widened,
} from './bsd-scan.ts';
import { type Chain, inOrder, toHead, without } from './chain.ts';
import { isBound, isMappedOnV6only, lacksPrivilege, standing, bothReuseport } from './checks.ts';
import { hasNoSuchScope, keptBySend, pairTaken, releasedByRefusal, wrongStack } from './peers.ts';
import { because, decide, isRefusal } from './decide.ts';
import { ANY, claimsAny, NOTHING } from './overlap.ts';
import { darwinDelivery } from './receive/darwin.ts';
import { precedes, parseRelease, type Release } from './release.ts';
import { darwinRules } from './darwin-rules.ts';
import { hasPeer, isReleased, withoutPeer } from './socket.ts';
import type { Outcome, Peer, Prediction, Setting } from './types.ts';
import type { Socket, Step, System, Target, World } from './world.ts';

const { id, rules } = darwinRules;

const RESTRICTED = 55_555;
/** How many UDP ports the wildcards of a family may hold: all 65,535 ports, minus 4,096 that must stay free. */
const MOST_UDP_WILDCARDS = 61_439;
const WILDCARDS_FREE_SINCE = [10, 14] as const;

/** The chains that macOS searches: by address and port, and by port. */
interface Chains {
  readonly byHash: Chain;
  readonly byPort: Chain;
}

type Here = World<Chains>;

/** The model of macOS. */
export const darwin: System<Chains> = {
  name: 'darwin',
  title: 'macOS',
  summary:
    'Only the second socket’s options decide whether names may overlap: with SO_REUSEADDR or SO_REUSEPORT it conflicts with an unconnected socket on exactly its address, without them with any overlap in any state. Exact duplicates need SO_REUSEPORT on both, and an ordinary user is refused every overlap with another user’s socket but that of two wildcards.',
  rules,
  v6onlyByDefault: false,
  hidden: { byHash: [], byPort: [] },
  free: id.free,
  acceptsForListener: true,
  mappedAnyIsAny: true,
  reconnects: true,
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id.listen),
  },

  shutDownUnconnected: () => decide('ENOTCONN', id.shutdown),
  lateV6only: decide('EINVAL', id['v6only-late']),
  delivery: darwinDelivery,

  connect(world, socket, target) {
    const early = judgeEarly(world, socket, target);
    if (early !== undefined) return early;
    if (target.to?.port === 0) return decide('EADDRNOTAVAIL', id['connect-name']);
    if (hasNoSuchScope(world, target)) return decide('EINVAL', id['peer-scope']);
    if (isOnlySixToFour(socket, target)) return onlySix(world, socket);
    if (pairTaken(world, socket, target)) return decide('EADDRINUSE', id['connect-same-peer']);
    return isItself(socket, target) ? decide('EINVAL', id['connect-self']) : undefined;
  },

  choosesFirst({ protocol }, target, outcome, op) {
    // UDP over IPv4 has been bound when the datagram is refused.
    if (protocol === 'udp') return keptBySend(outcome, op, id['connect-chooses-first']);
    return judgePeer({ protocol }, target) === undefined && outcome !== 'EAFNOSUPPORT'
      ? id['connect-chooses-first']
      : undefined;
  },

  peerOf,

  send(world, socket, target) {
    const { to, stack } = target;
    const isSix = socket.family === 'inet6' && stack === 'v6';
    const noPort = to?.port === 0 ? decide('EADDRNOTAVAIL', id['connect-name']) : undefined;
    const connected = hasPeer(socket) ? decide('EISCONN', id['connected-sendto']) : undefined;
    if (isSix) {
      const noScope = hasNoSuchScope(world, target) ? decide('EINVAL', id['peer-scope']) : undefined;
      return noPort ?? connected ?? noScope;
    }
    if (stack === undefined) return connected;
    const source = sourceOf4(socket);
    if (source === ANY) return connected ?? noPort;
    return isSource(world, source) ? connected : decide('EADDRNOTAVAIL', id['send-source']);
  },

  refused(socket, target, outcome, world) {
    const released = releasedByRefusal(socket, outcome);
    if (released !== undefined) return released;
    const { stack } = target;
    if (socket.protocol === 'udp' || stack === undefined || !claimsAny(socket.local)) return socket;
    // A TCP socket on a wildcard stays in the stack over which it tried to connect; these errors come before the attempt.
    if (EARLY.has(outcome) || judgeEarly(world, socket, target) !== undefined) return socket;
    return { ...socket, local: { ...NOTHING, [stack]: ANY } };
  },

  reset: (socket) => withoutPeer(socket, NOTHING),

  disconnected(socket, _world, by) {
    if (socket.protocol === 'tcp') return ofTcp(socket, by);
    const isConnectedNow = hasPeer(socket);
    const left = isConnectedNow ? withoutPeer(socket, widened(socket.local)) : socket;
    const byX: readonly Outcome[] = isConnectedNow ? OK : ['ENOTCONN'];
    const outcomes =
      by === 'disconnectx' ? byX : by === 'AF_UNSPEC' ? unspecified(socket) : [...unspecified(socket), ...OK];
    return { left, prediction: decide(outcomes, id['K5-disconnect']) };
  },

  bind(world, next) {
    const argument = judgeArgument(world, next);
    if (isRefusal(argument)) return argument;
    return next.chosen
      ? choice(world, next)
      : because(otherOwner(world, next) ?? conflict(world, next), id.free, argument);
  },

  listen: (_world, socket) => (isReleased(socket) ? decide('EINVAL', id['reset']) : decide('ok', id.listen)),

  remember: ({ hidden: { byHash, byPort } }, { kind, socket }: Step) => {
    if (kind === 'close') return { byHash: without(byHash, socket.id), byPort: without(byPort, socket.id) };
    if (kind === 'listen') return { byHash, byPort };
    const isNew = kind === 'bind' || kind === 'autobind' || kind === 'accept';
    return { byHash: toHead(byHash, socket.id), byPort: isNew ? toHead(byPort, socket.id) : byPort };
  },
};

const OK: readonly Outcome[] = ['ok'];

/** The errors of connect() that come before the socket has taken on the stack of its peer. */
const EARLY: ReadonlySet<Outcome> = new Set(['EAFNOSUPPORT', 'EISCONN', 'EOPNOTSUPP']);

/** What connect() returns before the socket has taken on the stack of its peer. */
function judgeEarly(world: Here, socket: Socket, target: Target): Prediction | undefined {
  return beforeNames(socket) ?? judgePeer(socket, target) ?? otherStack(world, socket, target);
}

/** What connect() returns by the state of a TCP socket, before it looks at the peer. */
function beforeNames(socket: Socket): Prediction | undefined {
  if (socket.protocol === 'udp') return undefined;
  if (socket.state === 'listening') return decide('EOPNOTSUPP', id['connect-again']);
  if (socket.state !== 'bound') return decide('EISCONN', id['connect-again']);
  return isReleased(socket) ? decide(['EINVAL', 'ECONNRESET'], id['reset']) : undefined;
}

function judgePeer({ protocol }: Pick<Socket, 'protocol'>, { to }: Target): Prediction | undefined {
  if (protocol === 'udp' || to === undefined) return undefined;
  const address = canonical(to.address).address;
  const v4 = compatible4(address) ?? address;
  return isMulticast(v4) || isLimitedBroadcast(v4) ? decide('EAFNOSUPPORT', id['connect-name']) : undefined;
}

/** What connect() returns if the socket is not in the stack of the peer. */
function otherStack(world: Here, socket: Socket, target: Target): Prediction | undefined {
  if (!wrongStack(socket, target)) return undefined;
  const { protocol, local } = socket;
  if (isOnlySixToFour(socket, target)) return protocol === 'udp' ? undefined : onlySix(world, socket);
  if (protocol === 'udp') {
    return target.stack === 'v4' ? sinceChecked(world, 'EINVAL', OK) : decide('EINVAL', id['connect-other-stack']);
  }
  // A failed connect() has left it in IPv6, and its name is still the wildcard.
  if (target.stack === 'v4' && local.v6 === ANY) return undefined;
  return sinceChecked(world, 'EAFNOSUPPORT', ['ok', 'ETIMEDOUT']);
}

/** What connect() returns since it looks at the stack that the socket is in, and what it returned before. */
function sinceChecked({ setting }: Here, now: Outcome, before: readonly Outcome[]): Prediction {
  if (setting.release === undefined) return decide([now, ...before], id['connect-other-stack']);
  const release = macosOf(setting.release);
  if (!precedes(release, STACKS_CHECKED_SINCE)) return decide(now, id['connect-other-stack']);
  return decide(precedes(release, [15, 1]) ? before : [now, ...before], id['connect-other-stack-15.0']);
}

/**
 * The peer that connect() takes for a wildcard: ::1, and for IPv4 the first address of the machine. A UDP socket that is in
 * IPv4 only takes :: for 0.0.0.0.
 */
function peerOf(to: Peer, socket: Socket, { host }: Setting): Peer {
  const { address } = canonical(to.address);
  if (!isWildcard(address)) return to;
  const first = host?.addresses?.find((one) => !one.includes(':')) ?? '127.0.0.1';
  if (address === '0.0.0.0') return { ...to, address: first };
  const inFour = address !== '::' || (socket.protocol === 'udp' && isV4(socket.local));
  if (address !== '::' && socket.v6only) return to;
  return { ...to, address: inFour ? `::ffff:${first}` : '::1' };
}

/** Whether the socket has IPV6_V6ONLY=1 and the peer is v4-mapped. */
function isOnlySixToFour(socket: Socket, target: Target): boolean {
  return wrongStack(socket, target) && socket.v6only && target.stack === 'v4';
}

/** Whether a TCP socket would connect to its own name over IPv4. */
function isItself({ protocol, port, local: { v4 } }: Socket, { to, stack, local }: Target): boolean {
  if (protocol === 'udp' || stack !== 'v4' || to === undefined || to.port !== port) return false;
  return unmapped(canonical(to.address).address) === (v4 === ANY || v4 === undefined ? plain4(local) : v4);
}

function plain4(address: string | undefined): string | undefined {
  return address === undefined ? undefined : unmapped(canonical(address).address);
}

/** The source address of an IPv4 datagram, as the kernel reads it: the last 32 bits of an IPv6 address. */
function sourceOf4({ local: { v4, v6 } }: Socket): string {
  if (v4 !== undefined) return v4;
  return v6 === undefined || v6 === ANY || endsInZero(v6) ? ANY : v6;
}

/** Whether an interface has the address, so that a datagram can come from it. */
function isSource({ setting: { host } }: Here, address: string): boolean {
  return !address.includes(':') && !isMulticast(address) && host?.broadcasts?.includes(address) !== true;
}

/** With IPV6_V6ONLY=1 a v4-mapped peer is an IPv6 address for UDP, to which there is seldom a route. */
function onlySix(world: Here, { protocol, local }: Socket): Prediction {
  if (protocol === 'udp') {
    const outcomes: readonly Outcome[] = ['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ok'];
    return decide(local.v6 === ANY ? outcomes : 'ok', id['connect-v6only-udp']);
  }
  return sinceChecked(world, 'EAFNOSUPPORT', ['EINVAL']);
}

const STACKS_CHECKED_SINCE = [15, 4] as const;

/** A disconnect of TCP: AF_UNSPEC is an ordinary connect() to it, and disconnectx() begins to close the connection. */
function ofTcp(socket: Socket, by: 'AF_UNSPEC' | 'disconnectx' | undefined) {
  const rule = id['K5-tcp'];
  const left: Socket = { ...socket, state: 'fin-wait-1' };
  if (by === 'disconnectx') {
    const ended: Socket = { ...socket, local: NOTHING, state: 'bound' };
    return { left: hasPeer(socket) ? left : ended, prediction: decide('ok', rule) };
  }
  const early = beforeNames(socket);
  if (early !== undefined) return { left, prediction: { ...early, rule } };
  const inSix = socket.family === 'inet6' && socket.local.v6 !== undefined;
  const short: readonly Outcome[] = inSix ? ['EAFNOSUPPORT', 'EINVAL'] : ['EAFNOSUPPORT'];
  // The attempt leaves a dual-stack socket in IPv6.
  const otherwise = isDual(socket.local) ? { ...socket, local: { ...NOTHING, v6: ANY } } : undefined;
  return { left, prediction: decide(short, rule), otherwise };
}

/** The result of connect() to AF_UNSPEC. On AF_INET6 it depends on the length of the socket name. */
function unspecified(socket: Socket): readonly Outcome[] {
  if (socket.family === 'inet') return ['EAFNOSUPPORT'];
  return socket.local.v6 === undefined ? ['EADDRNOTAVAIL'] : ['EAFNOSUPPORT', 'EINVAL'];
}

function judgeArgument(world: Here, next: Socket): Prediction | undefined {
  const own = world.sockets.find(({ id: number }) => number === next.id);
  if (own !== undefined && isReleased(own)) return decide('EINVAL', id['already-bound']);
  const v4 = compatible4(next.address) ?? next.address;
  if (next.protocol === 'tcp' && (isMulticast(v4) || isLimitedBroadcast(v4))) {
    return decide('EAFNOSUPPORT', id['tcp-multicast']);
  }
  if (isBound(world, next)) return decide('EINVAL', id['already-bound']);
  if (isMappedOnV6only(next)) return decide('EADDRNOTAVAIL', id['mapped-on-v6only']);
  const address = judgeStanding(standing(world, next), next, { id, noSuchScope: 'EINVAL' });
  if (isRefusal(address)) return address;
  const family = unmapped(next.address) === next.address ? next.family : 'inet';
  if (next.protocol === 'udp' && (world.setting.host?.udpWildcardPorts?.[family] ?? 0) > MOST_UDP_WILDCARDS) {
    return decide('EADDRNOTAVAIL', id['K9-udp-exhausted']);
  }
  if (lacksPrivilege(world, next)) {
    if (!isWildcard(next.address)) return decide('EACCES', id.privileged);
    if (precedes(macosOf(world.setting.release), WILDCARDS_FREE_SINCE)) return decide('EACCES', id['privileged-10.13']);
  }
  const restricted = next.protocol === 'tcp' && next.port === RESTRICTED;
  return restricted ? decide('EADDRINUSE', id['K3-restricted']) : address;
}

/** The first build of XNU of each macOS, the newest first. */
const BUILDS = [
  [12_377, [26, 0]],
  [11_417, [15, 4]],
  [11_215, [15, 0]],
  [10_002, [14, 0]],
  [8792, [13, 0]],
  [8019, [12, 0]],
  [7195, [11, 0]],
  [6153, [10, 15]],
  [4903, [10, 14]],
  [4570, [10, 13]],
] as const;

/**
 * A release of macOS, from its own number, from that of a Darwin kernel (Darwin 17 is 10.13, 20 is 11, 25 is 26), or from that
 * of a build of XNU, such as `11417.101.15` or `xnu-4903.221.2`.
 */
function macosOf(text: string | undefined): Release {
  const [major, minor] = parseRelease(text?.replace(/^xnu-/, ''), 'macOS');
  const build = BUILDS.find(([first]) => Number.isFinite(major) && major >= first);
  if (build !== undefined) return build[1];
  if (major < 16 || major > 25) return [major, minor];
  if (major === 25) return [26, minor];
  return major < 20 ? [10, major - 4] : [major - 9, minor];
}

function onPort({ sockets, hidden }: Here): readonly Socket[] {
  return inOrder(sockets, hidden.byPort);
}

/** The chain in which it searches depends on the second socket's options too. */
function holderOf(world: Here, next: Socket, stack: Stack, address: string): Socket | undefined {
  const chain = asksToShare(next) ? inOrder(world.sockets, world.hidden.byHash) : onPort(world);
  return holderIn(chain, next, stack, address);
}

/** The step that compares owners. It looks at every overlap; options do not matter. */
function otherOwner(world: Here, next: Socket): Prediction | undefined {
  if (next.uid === 0 || isMulticast(next.address)) return undefined;
  const { local } = next;
  const chain = onPort(world);
  if (isV4(local)) {
    const held = bestMatch(chain, 'v4', local.v4);
    return held !== undefined && isStranger(next, held) && !(local.v4 === ANY && held.local.v4 === ANY)
      ? decide('EADDRINUSE', id['other-uid'], held)
      : undefined;
  }
  const v6 = local.v6 ?? ANY;
  const held = bestMatch(chain, 'v6', v6);
  const wildcards = v6 === ANY && held?.local.v6 === ANY && held.options.reuseport === true;
  if (held !== undefined && isStranger(next, held) && !wildcards) return decide('EADDRINUSE', id['other-uid'], held);
  if (!isDual(local)) return undefined;
  const held4 = bestMatch(chain, 'v4', ANY);
  return held4 !== undefined && held4.options.reuseport !== true && held4.uid !== next.uid && stopsDual(held4)
    ? decide('EADDRINUSE', id['other-uid'], held4)
    : undefined;
}

function isStranger(next: Socket, held: Socket): boolean {
  return held.uid !== next.uid && held.options.reuseShareUid !== true;
}

function conflict(world: Here, next: Socket): Prediction {
  const { local } = next;
  if (isV4(local)) {
    const held = holderOf(world, next, 'v4', local.v4);
    if (held === undefined) return decide('ok', id.free);
    return (
      shared(next, held) ??
      (areSixOnAny4(next, held) ? decide('ok', id['both-v6-wildcards'], held) : refuse(world, next, held, 'v4'))
    );
  }
  const held = holderOf(world, next, 'v6', local.v6 ?? ANY);
  const share = held === undefined ? undefined : shared(next, held);
  if (held !== undefined && share === undefined) return refuse(world, next, held, 'v6');
  const held4 = isDual(local) ? holderOf(world, next, 'v4', ANY) : undefined;
  if (held4 === undefined) return share ?? decide('ok', id.free);
  const share4 = shared(next, held4);
  if (share4 !== undefined) return share ?? share4;
  if (stopsDual(held4)) return decide('EADDRINUSE', id['dual-v4-holder'], held4);
  const unseen = !asksToShare(next) && world.sockets.some((other) => other.local.v4 !== undefined && stopsDual(other));
  return decide('ok', unseen ? id['M3-best-match-only'] : id['dual-skips-v4-wildcard'], held4);
}

function shared(next: Socket, held: Socket): Prediction | undefined {
  if (bothReuseport(next, held)) return decide('ok', id['reuseport-both'], held);
  const together = isMulticast(next.address) && next.options.reuseaddr === true && hasEither(held);
  return together ? decide('ok', id.multicast, held) : undefined;
}

function refuse(world: Here, next: Socket, held: Socket, stack: Stack): Prediction {
  if (!asksToShare(next)) return decide('EADDRINUSE', id.overlap, held);
  // If a search in the order of bind() finds another socket, the order of the hash chain is the reason for the refusal.
  const plain = exactMatch(onPort(world), stack, held.local[stack] ?? ANY);
  const sharesPlain = plain !== undefined && plain !== held && shared(next, plain) !== undefined;
  return decide('EADDRINUSE', sharesPlain ? id['K1-newest-in-hash'] : id['exact-match'], held);
}

/** Whether the system may choose this port for a socket that asked for port 0. */
function choice(world: Here, next: Socket): Prediction {
  const { local } = next;
  if (next.port === RESTRICTED) return decide('EADDRINUSE', id.chosen);
  const held = isV4(local) ? bestMatch(onPort(world), 'v4', local.v4) : holderOf(world, next, 'v6', local.v6 ?? ANY);
  return decide(held === undefined ? 'ok' : 'EADDRINUSE', id.chosen, held);
}
