import { isMapped, isMulticast, isWildcard } from './address.ts';
import {
  hasNoSuchScope,
  keptBySend,
  isUnicastPeer,
  peerTaken,
  releasedByRefusal,
  unfit,
  withoutPort,
} from './peers.ts';
import { judgeStanding, unlessAny } from './bsd-address.ts';
import { asksToShare, bestMatch, hasEither, holderIn, type Stack, widened } from './bsd-scan.ts';
import { type Chain, inOrder, toHead, without } from './chain.ts';
import { lacksPrivilege, standing, bothReuseport } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { ANY, type Claims, claimsOf, NOTHING } from './overlap.ts';
import { precedes, parseRelease } from './release.ts';
import { openbsdRules } from './openbsd-rules.ts';
import { hasPeer, isReleased, withoutPeer } from './socket.ts';
import type { Outcome, Prediction } from './types.ts';
import type { Socket, Step, System, Target, World } from './world.ts';

const { id, rules } = openbsdRules;

/** By default this port is privileged too, in addition to those below 1024. */
const NFS = 2049;

type Here = World<Chain>;

/** The model of OpenBSD. */
export const openbsd: System<Chain> = {
  name: 'openbsd',
  title: 'OpenBSD',
  summary:
    'Only the second socket’s options decide whether names may overlap: with SO_REUSEADDR or SO_REUSEPORT it conflicts with an unconnected socket on exactly its address, without them with any overlap in any state. Exact duplicates need SO_REUSEPORT on both, an ordinary user never shares with another user, and IPv4 and IPv6 sockets never meet.',
  rules,
  v6onlyByDefault: true,
  alwaysV6only: true,
  hidden: [],
  free: id.free,
  acceptsForListener: true,
  reconnects: true,
  choosesFirst: (_socket, _target, outcome, op) => keptBySend(outcome, op, id['send-keeps-port']),
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide(['EINVAL', 'EOPNOTSUPP'], id['listen-state']),
    again: decide('ok', id.listen),
  },
  lateV6only: decide('EINVAL', id['v6only-late']),

  connect(everyDomain, socket, target) {
    const world = inDomain(everyDomain, socket);
    const state = unfit(socket, RELEASED);
    if (state !== undefined) return decide(state, id[isReleased(socket) ? 'released' : 'connect-again']);
    const unlikeGroup = socket.protocol === 'udp' || isMappedPeer(socket, target) || isUnicastPeer(world, target);
    if (!unlikeGroup) return decide('EINVAL', id['connect-unicast']);
    if (target.to?.port === 0) return decide('EADDRNOTAVAIL', id['connect-port-0']);
    if (isMappedPeer(socket, target)) return decide('EADDRNOTAVAIL', id['connect-mapped']);
    if (hasNoSuchScope(world, target)) return decide('EINVAL', id['connect-scope']);
    if (socket.local.v4 === LIMITED) return fromBroadcast(world, socket, target);
    return peerTaken(world, socket, target) ? decide('EADDRINUSE', id['connect-same-peer']) : undefined;
  },

  refused: (socket, _target, outcome) => releasedByRefusal(socket, outcome) ?? socket,

  send(world, socket, target) {
    if (target.to?.port === 0) return decide('EADDRNOTAVAIL', id['connect-port-0']);
    if (isMappedPeer(socket, target)) return decide('EADDRNOTAVAIL', id['connect-mapped']);
    if (hasPeer(socket)) return decide('EISCONN', id['connected-sendto']);
    return hasNoSuchScope(world, target) ? decide('EINVAL', id['connect-scope']) : undefined;
  },

  reset: (socket) => withoutPeer(socket, NOTHING),

  shutDown: withoutPort,

  disconnected(socket, _world, by) {
    const left = withoutPeer(socket, widened(socket.local));
    if (socket.protocol === 'tcp') {
      return { left, prediction: decide(unfit(socket, RELEASED) ?? 'EAFNOSUPPORT', id['disconnect-tcp']) };
    }
    return {
      left,
      prediction: decide(by === undefined ? ['EAFNOSUPPORT', 'ok'] : 'EAFNOSUPPORT', id['O2-disconnect']),
    };
  },

  bind(world, next) {
    const argument = judgeArgument(world, next);
    if (isRefusal(argument)) return argument;
    const stack: Stack = next.family === 'inet' ? 'v4' : 'v6';
    const address = next.local[stack] ?? ANY;
    // IPV6_V6ONLY cannot be turned off, so a socket is only in the table of its own family.
    const sockets = inDomain(world, next).sockets.filter((other) => other.family === next.family);
    const chain = inOrder(sockets, world.hidden);
    if (next.chosen) {
      const held = holderIn(chain, next, stack, address);
      return decide(held === undefined ? 'ok' : 'EADDRINUSE', id.chosen, held);
    }
    const ask = (own: readonly Socket[], among: readonly Socket[]) => {
      const other = otherOwner(own, among, next, stack, address);
      if (other !== undefined && !isMulticast(next.address)) return other;
      const found = conflict(own, world, next, stack, address);
      return other === undefined || isRefusal(found) ? found : ofGroup(world, found, other);
    };
    const privileged = lacksPrivilege(world, next) || (next.port === NFS && !next.privileged);
    const release = parseRelease(world.setting.release, 'OpenBSD');
    if (privileged && precedes(release, [5, 9])) return decide('EACCES', id['privileged-5.8']);
    const found = ask(chain, sockets);
    if (found.outcomes[0] !== 'ok') {
      const either = privileged && precedes(release, [6, 4]);
      return either ? { ...found, outcomes: [...found.outcomes, 'EACCES'], rule: id['privileged-5.8'] } : found;
    }
    const everywhere = world.sockets.filter((other) => other.family === next.family);
    const isApart = everywhere.length > sockets.length && isRefusal(ask(inOrder(everywhere, world.hidden), everywhere));
    if (privileged) return decide('EACCES', id.privileged);
    return isApart ? decide('ok', id.rdomain) : because(found, id.free, argument);
  },

  listen(_world, socket) {
    return isReleased(socket) ? decide(RELEASED, id.released) : decide('ok', id.listen);
  },

  remember({ hidden }, { kind, socket }: Step) {
    if (kind === 'close') return without(hidden, socket.id);
    return kind === 'listen' ? hidden : toHead(hidden, socket.id);
  },
};

const RELEASED: readonly Outcome[] = ['EINVAL', 'ECONNRESET'];

/** The address whose sockets ask for their connection under the address of the route. */
const LIMITED = '255.255.255.255';

/** Whether an IPv6 socket is to reach an IPv4 address. */
function isMappedPeer({ family }: Socket, { stack }: Target): boolean {
  return family === 'inet6' && stack === 'v4';
}

/** connect() of a socket that is bound to 255.255.255.255. If the caller does not give the route's address, it may be any. */
function fromBroadcast(world: Here, socket: Socket, target: Target): Prediction | undefined {
  const under = (name: Claims) => peerTaken(world, socket, { ...target, name });
  const others = world.sockets.map(({ local }) => local).filter((local) => local.v4 !== LIMITED && under(local));
  if (others.length === 0) return under(socket.local) ? decide('ok', id['connect-from-broadcast']) : undefined;
  if (target.local === undefined || target.local === LIMITED)
    return decide(['EADDRINUSE', 'ok'], id['connect-from-broadcast']);
  if (under(claimsOf('inet', target.local, false))) return decide('EADDRINUSE', id['connect-same-peer']);
  return decide('ok', id['connect-from-broadcast']);
}

/** The world as a socket of one routing domain finds it: the lookups only see sockets of that domain. */
function inDomain(world: Here, { domain }: Socket): Here {
  return { ...world, sockets: world.sockets.filter((other) => other.domain === domain) };
}

/** Whether another routing domain has the address, and that of the socket has not. */
function isInOtherDomain({ setting: { host } }: Here, { address, domain, anyAddress }: Socket): boolean {
  if (host?.domains === undefined || anyAddress || isWildcard(address) || isMulticast(address)) return false;
  const [own = [], others] = [
    host.domains[String(domain)],
    Object.entries(host.domains).filter(([name]) => name !== String(domain)),
  ];
  return !own.includes(address) && others.some(([, addresses]) => addresses.includes(address));
}

function judgeArgument(world: Here, next: Socket): Prediction | undefined {
  const self = world.sockets.find((socket) => socket.id === next.id);
  if (self !== undefined)
    return isReleased(self) ? decide(RELEASED, id.released) : decide('EINVAL', id['already-bound']);
  if (isMapped(next.address)) return decide('EADDRNOTAVAIL', id['v4-mapped']);
  if (isInOtherDomain(world, next)) return decide('EADDRNOTAVAIL', id.rdomain);
  const place = standing(world, next);
  if (place !== 'limited-broadcast' && place !== 'broadcast') {
    return judgeStanding(place, next, { id, noSuchScope: 'EINVAL' });
  }
  return next.protocol === 'udp' ? decide('ok', id.broadcast) : unlessAny(next, id.broadcast, id.bindany);
}

function otherOwner(
  chain: readonly Socket[],
  sockets: readonly Socket[],
  next: Socket,
  stack: Stack,
  address: string,
): Prediction | undefined {
  if (next.uid === 0) return undefined;
  const held = bestMatch(chain, stack, address);
  if (held === undefined || held.uid === next.uid) return undefined;
  // If a search in the order of bind() finds a socket of the same user, the order of the chain is the reason.
  const plain = bestMatch(sockets.toReversed(), stack, address);
  if (plain?.uid === next.uid) return decide('EADDRINUSE', id['O3-head-of-chain'], held);
  return decide('EADDRINUSE', stack === 'v4' ? id['other-uid'] : id['other-uid-v6'], held);
}

/** What becomes of a group that could be shared if the best match of all overlaps were not another user's. */
function ofGroup({ setting }: Here, found: Prediction, { holder }: Prediction): Prediction {
  const release = parseRelease(setting.release, 'OpenBSD');
  if (!precedes(release, [7, 8])) return found;
  const outcomes: readonly Outcome[] = precedes(release, [6, 5]) ? ['EADDRINUSE'] : ['ok', 'EADDRINUSE'];
  return { ...found, outcomes, rule: id['O1-multicast-owners'], ...(holder === undefined ? {} : { holder }) };
}

function conflict(chain: readonly Socket[], world: Here, next: Socket, stack: Stack, address: string): Prediction {
  const held = holderIn(chain, next, stack, address);
  if (held === undefined) return decide('ok', id.free);
  if (bothReuseport(next, held)) return decide('ok', id['reuseport-both'], held);
  if (isMulticast(next.address) && hasEither(next) && hasEither(held)) {
    const old = precedes(parseRelease(world.setting.release, 'OpenBSD'), [5, 9]);
    return old && next.options.reuseaddr !== true
      ? decide('EADDRINUSE', id['O1-multicast-5.8'], held)
      : decide('ok', id['O1-multicast'], held);
  }
  return decide('EADDRINUSE', asksToShare(next) ? id['exact-match'] : id.overlap, held);
}
