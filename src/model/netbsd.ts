import { isMapped, isMulticast } from './address.ts';
import { hasNoSuchScope, keptBySend, peerTaken, releasedByRefusal, unfit, withoutPort, wrongStack } from './peers.ts';
import { judgeStanding } from './bsd-address.ts';
import { asksToShare, bestMatch, hasEither, holderIn, isConnected, isDual, isV4 } from './bsd-scan.ts';
import { isBound, isMappedOnV6only, lacksPrivilege, standing, bothReuseport } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { ANY, claimsOf, NOTHING } from './overlap.ts';
import { netbsdRules } from './netbsd-rules.ts';
import { parseRelease, precedes } from './release.ts';
import { hasPeer, isReleased, withoutPeer } from './socket.ts';
import type { Peer, Prediction, Setting } from './types.ts';
import type { Socket, System, Target, World } from './world.ts';

const { id, rules } = netbsdRules;

/** The number of port chains. One in so many ports has its accepted sockets in its own chain. */
const PORT_CHAINS = 128;

/** What any call on a socket that has lost its port returns. */
const RELEASED = 'EINVAL';

type Here = World<undefined>;

/** The model of NetBSD. */
export const netbsd: System<undefined> = {
  name: 'netbsd',
  title: 'NetBSD',
  summary:
    'Only the second socket’s options decide whether names may overlap: with SO_REUSEADDR or SO_REUSEPORT it conflicts with an unconnected socket on exactly its address, without them with any overlap in any state. Exact duplicates need SO_REUSEPORT on both; an IPv4 bind sees dual-stack sockets, but an IPv6 bind does not see IPv4 ones.',
  rules,
  v6onlyByDefault: true,
  hidden: undefined,
  free: id.free,
  acceptsForListener: true,
  reconnects: true,
  choosesFirst: (_socket, _target, outcome, op) => keptBySend(outcome, op, id['send-keeps-port']),
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    connectedUdp: decide('EINVAL', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id.listen),
  },
  lateV6only: decide('EINVAL', id['v6only-late']),

  connect(world, socket, target) {
    const state = unfit(socket, RELEASED);
    if (state !== undefined) return decide(state, id[isReleased(socket) ? 'released' : 'connect-again']);
    const { to } = target;
    // For an AF_INET6 socket an IPv4 group is a v4-mapped address, and not a group.
    const isGroup = to !== undefined && isMulticast(to.address) && (socket.family === 'inet' || target.stack === 'v6');
    if (to?.port === 0 || (socket.protocol === 'tcp' && isGroup)) return decide('EADDRNOTAVAIL', id['connect-no-peer']);
    if (hasNoSuchScope(world, target)) return decide('ENXIO', id['connect-scope']);
    if (wrongStack(socket, target)) return decide('EINVAL', id['connect-other-stack']);
    if (socket.family === 'inet') return sameConnection(world, socket, target);
    if (!peerTaken(world, socket, target)) return undefined;
    const asksForWildcard = target.stack === 'v4' && socket.local.v4 === ANY;
    return asksForWildcard ? decide('ok', id['connect-mapped-twice']) : decide('EADDRINUSE', id['connect-same-peer']);
  },

  refused(socket, { to, stack }, outcome) {
    const released = releasedByRefusal(socket, outcome);
    if (released !== undefined) return released;
    const early = outcome === 'EINVAL' || to?.port === 0 || unfit(socket, RELEASED) !== undefined;
    const tried = stack === 'v4' && isDual(socket.local) && !early;
    return tried ? { ...socket, local: { v4: ANY, v6: undefined } } : socket;
  },

  send(world, socket, target) {
    const isSix = socket.family === 'inet6';
    if (isSix && hasNoSuchScope(world, target)) return decide('ENXIO', id['connect-scope']);
    if (hasPeer(socket) && !(isSix && target.to?.port === 0)) return decide('EISCONN', id['send-connected']);
    if (target.to?.port === 0) return decide('EADDRNOTAVAIL', id['connect-no-peer']);
    if (wrongStack(socket, target) && target.stack === 'v4') return decide('EINVAL', id['connect-other-stack']);
    const taken = isSix ? undefined : sameConnection(world, socket, target);
    const rule = id['send-connects'];
    return taken === undefined ? decide('ok', rule) : decide(taken.outcomes, rule);
  },

  reset: (socket) => withoutPeer(socket, NOTHING),

  shutDown: withoutPort,

  disconnected(socket, _world, by) {
    const local = claimsOf(socket.family, socket.family === 'inet' ? '0.0.0.0' : '::', socket.v6only);
    const left = withoutPeer(socket, local);
    if (socket.protocol === 'tcp') {
      // The family is judged before the state of a socket that was released.
      const error = unfit(socket, RELEASED);
      const state = error === RELEASED ? undefined : error;
      return { left, prediction: decide(state ?? 'EAFNOSUPPORT', id['disconnect-tcp']) };
    }
    return {
      left,
      prediction: decide(by === undefined ? ['EAFNOSUPPORT', 'ok'] : 'EAFNOSUPPORT', id['N3-disconnect']),
    };
  },

  bind(world, next) {
    const argument = judgeArgument(world, next);
    if (isRefusal(argument)) return argument;
    if (next.chosen) return choice(world, next);
    const visible = world.sockets.filter((socket) => isVisible(socket));
    const found = because(asOf(world, next, conflict(visible, next)), id.free, argument);
    if (found.outcomes[0] !== 'ok') return found;
    // A dual-stack :: under the name that it was bound to, before it tried to connect.
    const whole = visible.map((socket) => (isConnected(socket) ? socket : { ...socket, local: socket.bound }));
    if (visible.some(isNarrowed) && conflict(whole, next).outcomes[0] !== 'ok')
      return decide('ok', id['connect-narrows']);
    if (visible.length === world.sockets.length) return found;
    if (conflict(world.sockets, next).outcomes[0] === 'ok') return found;
    const withSent = world.sockets.filter((socket) => isVisible(socket) || socket.sent);
    const isSent = conflict(withSent, next).outcomes[0] !== 'ok';
    return decide('ok', id[isSent ? 'send-unseen' : 'N1-accepted-unseen']);
  },

  listen(_world, socket) {
    return isReleased(socket) ? decide(RELEASED, id.released) : decide('ok', id.listen);
  },
};

/** The peers that are not what they seem: the system puts an address of its own in their place. */
const REPLACED: ReadonlySet<string | undefined> = new Set(['255.255.255.255', '0.0.0.0']);

/** What connect() says of a connection that may be there already; undefined if it is not. Only of AF_INET sockets. */
function sameConnection(world: Here, socket: Socket, target: Target): Prediction | undefined {
  if (peerTaken(world, socket, target)) return decide('EADDRINUSE', id['connect-same-peer']);
  const peers = [target.to, ...world.sockets.map(({ peer }) => peer)];
  if (!peers.some((peer) => REPLACED.has(peer?.address))) return undefined;
  const isTaken = (real: Replacement) => {
    const sockets = world.sockets.map((other) => ({ ...other, peer: real(other.peer) }));
    return peerTaken({ ...world, sockets }, socket, { ...target, to: real(target.to) });
  };
  const found = new Set(replacements(world.setting).map(isTaken));
  if (!found.has(true)) return undefined;
  return decide(found.has(false) ? ['EADDRINUSE', 'ok'] : 'EADDRINUSE', id['connect-replaced']);
}

type Replacement = (peer: Peer | undefined) => Peer | undefined;

/** For each address of the machine that may be its first, and each broadcast address: what a peer becomes. */
function replacements({ host }: Setting): readonly Replacement[] {
  const own = (host?.addresses ?? []).filter((address) => !address.includes(':'));
  const { broadcasts = [] } = host ?? {};
  return (own.length === 0 ? ['0.0.0.0'] : own).flatMap((first) =>
    (broadcasts.length === 0 ? ['255.255.255.255'] : broadcasts).map((broadcast) => (peer: Peer | undefined) => {
      if (peer === undefined || !REPLACED.has(peer.address)) return peer;
      return { ...peer, address: peer.address === '0.0.0.0' ? first : broadcast };
    }),
  );
}

function isVisible({ accepted, sent, family, port }: Socket): boolean {
  return !(accepted || (sent && family === 'inet6')) || port % PORT_CHAINS === 0;
}

/** Whether it is a dual-stack :: that a connect() which failed has narrowed to IPv4. */
function isNarrowed(socket: Socket): boolean {
  return isDual(socket.bound) && !isDual(socket.local) && !isReleased(socket) && !isConnected(socket);
}

function judgeArgument(world: Here, next: Socket): Prediction | undefined {
  if (isBound(world, next)) return decide('EINVAL', id['already-bound']);
  if (isMappedOnV6only(next)) return decide('EINVAL', id['mapped-on-v6only']);
  const place = standing(world, next);
  const isFlagged = place === 'anycast' || place === 'unready';
  const address = isFlagged ? judgeFlag(world, next) : judgeStanding(place, next, { id, noSuchScope: 'ENXIO' });
  return !isRefusal(address) && lacksPrivilege(world, next) ? decide('EACCES', id.privileged) : address;
}

/** What bind() says of an address of the machine that is not an ordinary one. */
function judgeFlag({ setting: { host, release } }: Here, { address }: Socket): Prediction | undefined {
  if (isMapped(address)) return decide('ok', id.unready);
  const flag = host?.flags?.[address];
  if (flag === 'anycast' || flag === 'duplicated') return decide('EADDRNOTAVAIL', id.unready);
  const version = parseRelease(release, 'NetBSD');
  if (!precedes(version, [10, 0])) return decide('ok', id.unready);
  return decide(precedes(version, [8, 0]) ? 'EADDRNOTAVAIL' : ['ok', 'EADDRNOTAVAIL'], id['unready-7']);
}

/**
 * The two tables of AF_INET and of AF_INET6 sockets, both newest first. A socket with a v4-mapped name stays in the second.
 */
function tables(sockets: readonly Socket[]) {
  const chain = sockets.toReversed();
  return {
    inet: chain.filter((socket) => socket.family === 'inet'),
    inet6: chain.filter((socket) => socket.family === 'inet6'),
  };
}

function conflict(sockets: readonly Socket[], next: Socket): Prediction {
  const { local } = next;
  const { inet, inet6 } = tables(sockets);
  if (!isV4(local)) {
    const v6 = local.v6 ?? ANY;
    const held = holderIn(inet6, next, 'v6', v6);
    if (held !== undefined) return judge(next, held);
    const unseen = local.v4 === ANY && inet.length > 0;
    return decide('ok', unseen ? id['v6-ignores-v4'] : id.free);
  }
  const held6 = mappedHolder(inet6, next, local.v4);
  const held4 = holderIn(inet, next, 'v4', local.v4);
  const found6 = held6 === undefined ? undefined : judge(next, held6);
  if (held6 !== undefined && found6 !== undefined && found6.outcomes[0] !== 'ok') {
    return held6.local.v6 === ANY ? decide('EADDRINUSE', id['dual-holds-v4'], held6) : found6;
  }
  const other = next.family === 'inet' ? stranger(inet, next, local.v4) : undefined;
  if (other !== undefined) return decide('EADDRINUSE', id['other-uid'], other);
  return held4 === undefined ? (found6 ?? decide('ok', id.free)) : judge(next, held4);
}

/** The AF_INET6 socket that a search for the mapped form of an IPv4 name finds. A dual-stack :: is never an exact match. */
function mappedHolder(inet6: readonly Socket[], next: Socket, address: string): Socket | undefined {
  if (!asksToShare(next))
    return bestMatch(inet6, 'v4', address, (socket) => (isDual(socket.local) && address === ANY ? 1 : 0));
  return inet6.find((socket) => socket.local.v4 === address && socket.local.v6 === undefined && !isConnected(socket));
}

function stranger(inet: readonly Socket[], next: Socket, address: string): Socket | undefined {
  if (next.uid === 0 || isMulticast(next.address)) return undefined;
  const held = bestMatch(inet, 'v4', address);
  if (held === undefined || held.uid === next.uid) return undefined;
  return address === ANY && held.local.v4 === ANY && held.options.reuseport === true ? undefined : held;
}

function judge(next: Socket, held: Socket): Prediction {
  if (bothReuseport(next, held)) return decide('ok', id['reuseport-both'], held);
  const group = isMulticast(next.address) && !isMapped(next.address);
  if (group && hasEither(next) && hasEither(held)) return decide('ok', id['N2-multicast'], held);
  return decide('EADDRINUSE', asksToShare(next) ? id['exact-match'] : id.overlap, held);
}

/** The same with what is not known of 7: whether SO_REUSEPORT alone shares a group with a socket that has SO_REUSEADDR. */
function asOf({ setting: { release }, sockets }: Here, next: Socket, found: Prediction): Prediction {
  if (found.rule !== id['N2-multicast'] || next.options.reuseaddr === true) return found;
  if (!precedes(parseRelease(release, 'NetBSD'), [8, 0])) return found;
  const held = sockets.find((socket) => socket.id === found.holder);
  return decide(['ok', 'EADDRINUSE'], id['N2-multicast-7'], held);
}

/** Whether the system may choose this port for a socket that asked for port 0. */
function choice(world: Here, next: Socket): Prediction {
  const { inet, inet6 } = tables(world.sockets.filter((socket) => isVisible(socket)));
  const { v4, v6 } = next.local;
  const held =
    next.family === 'inet'
      ? bestMatch(inet, 'v4', v4 ?? ANY)
      : v6 === undefined
        ? holderIn(inet, next, 'v4', v4 ?? ANY)
        : holderIn(inet6, next, 'v6', v6);
  return decide(held === undefined ? 'ok' : 'EADDRINUSE', id.chosen, held);
}
