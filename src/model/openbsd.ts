import { isMapped, isMulticast } from './address.ts';
import { isUnicastPeer, peerTaken, releasedByRefusal, unfit, withoutPort } from './peers.ts';
import { judgeStanding, unlessAny } from './bsd-address.ts';
import { asksToShare, bestMatch, hasEither, holderIn, type Stack, widened } from './bsd-scan.ts';
import { type Chain, inOrder, toHead, without } from './chain.ts';
import { lacksPrivilege, standing, bothReuseport } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { ANY, claimsOf, NOTHING } from './overlap.ts';
import { precedes, parseRelease } from './release.ts';
import { ruleBook } from './rules.ts';
import { isReleased, withoutPeer } from './socket.ts';
import type { Outcome, Prediction } from './types.ts';
import type { Socket, Step, System, Target, World } from './world.ts';

const KERNEL = 'OpenBSD 6.8 to 7.x';
const PCB = { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbaddrisavail and in_pcbbind' };
const PCB6 = { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6_pcbaddrisavail_lock' };
const CONNECT = { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnect; sys/netinet/in_pcb.c, in_pcbunset_laddr' };
const REGRESS = { name: 'OpenBSD regress/sys/netinet/in_pcbbind', where: 'runtest.c' };

const { id, rules } = ruleBook('openbsd', {
  free: { prose: 'The lookup finds no socket that stands in the way.', source: PCB, known: 'source-run' },
  overlap: {
    prose:
      'A second socket with neither SO_REUSEADDR nor SO_REUSEPORT conflicts with any that overlaps it, in any state. IPv4 and IPv6 never overlap, since every IPv6 socket is IPv6 only.',
    source: REGRESS,
    known: 'test-suite',
  },
  'exact-match': {
    prose:
      'A second socket with SO_REUSEADDR or SO_REUSEPORT conflicts only with an unconnected socket on exactly the same address.',
    source: REGRESS,
    known: 'test-suite',
  },
  'reuseport-both': {
    prose: 'SO_REUSEPORT on both sockets permits exact duplicates.',
    source: REGRESS,
    known: 'test-suite',
  },
  'other-uid': {
    prose: 'Unless the second socket’s owner is root, any overlapping socket of another user is in the way.',
    source: PCB,
    known: 'source-run',
  },
  'other-uid-v6': {
    prose: 'The owners of IPv6 sockets are compared as those of IPv4 ones are.',
    source: PCB6,
    known: 'source-run',
  },
  'O1-multicast': {
    prose:
      'On a multicast address SO_REUSEADDR or SO_REUSEPORT on each of the two sockets is enough, whichever it is and whoever owns them.',
    source: REGRESS,
    known: 'test-suite',
  },
  'O1-multicast-5.8': {
    prose: 'Up to 5.8 the second socket shares a multicast address by SO_REUSEADDR only.',
    source: { name: 'OpenBSD 5.8', where: 'sys/netinet/in_pcb.c before revision 1.195, in_pcbbind' },
    known: 'source',
  },
  'O2-disconnect': {
    prose:
      'A disconnect of UDP leaves the wildcard, even of a socket that was bound to a specific address, and keeps the port; a second connect() begins with one. connect() to AF_UNSPEC dissolves the connection and yet returns EAFNOSUPPORT.',
    source: CONNECT,
    known: 'source-run',
  },
  'O3-head-of-chain': {
    prose:
      'If several sockets stand in the way alike, the one at the head of the port’s chain decides: the one that was bound, connected, accepted or disconnected last.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbrehash and in_pcblookup_local_lock' },
    known: 'source-run',
  },
  'disconnect-tcp': {
    prose:
      'connect() to AF_UNSPEC does not dissolve a TCP connection. Without a connection it is only a connect() to a wrong family.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnect; sys/netinet/in.c, in_nam2sin' },
    known: 'source',
  },
  'connect-mapped': {
    prose: 'An IPv6 socket cannot connect to a v4-mapped address.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6_pcbconnect' },
    known: 'source',
  },
  'connect-same-peer': {
    prose: 'Two sockets cannot be connected from one address to one peer, whatever their options.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbconnect' },
    known: 'source-run',
  },
  'connect-again': {
    prose: 'A connected TCP socket cannot connect, and one that listens or listened neither.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnect' },
    known: 'source',
  },
  'connect-port-0': {
    prose: 'Port 0 is no port to connect to.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbconnect; sys/netinet6/in6_pcb.c, in6_pcbconnect' },
    known: 'source-run',
  },
  'connect-unicast': {
    prose: 'TCP cannot connect to a wildcard, a multicast or a broadcast address.',
    source: { name: KERNEL, where: 'sys/netinet/tcp_usrreq.c, tcp_connect' },
    known: 'source',
  },
  'connect-from-broadcast': {
    prose:
      'A UDP socket bound to 255.255.255.255 asks whether its connection exists under the address of the route, and yet keeps 255.255.255.255, so that two of them can be connected to one peer.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbselsrc and in_pcbconnect' },
    known: 'source',
  },
  released: {
    prose:
      'A TCP socket whose connection was reset or refused has lost its port, and so has one that was shut down without a connection, a listener too. No call brings it back to life; the first after a reset may return ECONNRESET.',
    source: { name: KERNEL, where: 'sys/netinet/tcp_usrreq.c, tcp_usrclosed and tcp_sogetpcb' },
    known: 'source',
  },
  listen: { prose: 'listen() asks nothing about other sockets.', source: PCB, known: 'source' },
  'not-local': {
    prose:
      'The address belongs to no interface; that includes all of 127.0.0.0/8 but 127.0.0.1, and every v4-compatible address.',
    source: PCB,
    known: 'source-run',
  },
  broadcast: {
    prose: 'UDP can be bound to 255.255.255.255 and to the broadcast address of an interface, TCP to neither.',
    source: PCB,
    known: 'source-run',
  },
  scope: {
    prose:
      'A link-local address needs the scope of an interface that has it; a scope that no interface has is an invalid argument.',
    source: PCB6,
    known: 'source-run',
  },
  unready: {
    prose: 'An anycast, tentative, duplicated or detached IPv6 address cannot be bound; a deprecated one can.',
    source: PCB6,
    known: 'source',
  },
  bindany: {
    prose: 'SO_BINDANY takes every unicast address for one of the machine’s, but no v4-mapped one.',
    source: PCB,
    known: 'source-run',
  },
  'v4-mapped': {
    prose:
      'A v4-mapped address is one that no interface has, ::ffff:0.0.0.0 too, since every IPv6 socket is IPv6 only.',
    source: PCB6,
    known: 'source-run',
  },
  privileged: {
    prose: 'A port below 1024, or 2049, needs root; that is judged after the conflict.',
    source: PCB,
    known: 'source-run',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: PCB, known: 'source' },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: { name: KERNEL, where: 'sys/netinet6/ip6_output.c, ip6_ctloutput' },
    known: 'source',
  },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: PCB, known: 'source' },
  'listen-state': {
    prose: 'A connected TCP socket cannot listen. Some older releases say EOPNOTSUPP.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, solisten' },
    known: 'source',
  },
  chosen: {
    prose:
      'For port 0 the system takes a port that a bind to it would get, without asking for owners: with SO_REUSEADDR or SO_REUSEPORT that may be one that another user’s socket has on an overlapping address.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbpickport' },
    known: 'source-run',
  },
});

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
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide(['EINVAL', 'EOPNOTSUPP'], id['listen-state']),
    again: decide('ok', id.listen),
  },
  lateV6only: decide('EINVAL', id['v6only-late']),

  connect(world, socket, target) {
    const state = unfit(socket, RELEASED);
    if (state !== undefined) return decide(state, id[isReleased(socket) ? 'released' : 'connect-again']);
    if (socket.protocol === 'tcp' && !isUnicastPeer(world, target)) return decide('EINVAL', id['connect-unicast']);
    if (target.to?.port === 0) return decide('EADDRNOTAVAIL', id['connect-port-0']);
    if (socket.family === 'inet6' && target.stack === 'v4') return decide('EADDRNOTAVAIL', id['connect-mapped']);
    const asked = underRoute(socket, target);
    if (peerTaken(world, socket, asked)) return decide('EADDRINUSE', id['connect-same-peer']);
    return peerTaken(world, socket, target) ? decide('ok', id['connect-from-broadcast']) : undefined;
  },

  refused: (socket, _target, outcome) => releasedByRefusal(socket, outcome) ?? socket,

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
    const sockets = world.sockets.filter((other) => other.family === next.family);
    const chain = inOrder(sockets, world.hidden);
    if (next.chosen) {
      const held = holderIn(chain, next, stack, address);
      return decide(held === undefined ? 'ok' : 'EADDRINUSE', id.chosen, held);
    }
    const found = otherOwner(chain, sockets, next, stack, address) ?? conflict(chain, world, next, stack, address);
    if (found.outcomes[0] !== 'ok') return found;
    const privileged = lacksPrivilege(world, next) || (next.port === NFS && !next.privileged);
    return privileged ? decide('EACCES', id.privileged) : because(found, id.free, argument);
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

/** The target with the name under which the system looks for the same connection. */
function underRoute({ local }: Socket, target: Target): Target {
  if (local.v4 !== '255.255.255.255' || target.local === undefined) return target;
  return { ...target, name: claimsOf('inet', target.local, false) };
}

function judgeArgument(world: Here, next: Socket): Prediction | undefined {
  const self = world.sockets.find((socket) => socket.id === next.id);
  if (self !== undefined)
    return isReleased(self) ? decide(RELEASED, id.released) : decide('EINVAL', id['already-bound']);
  if (isMapped(next.address)) return decide('EADDRNOTAVAIL', id['v4-mapped']);
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
  if (next.uid === 0 || isMulticast(next.address)) return undefined;
  const held = bestMatch(chain, stack, address);
  if (held === undefined || held.uid === next.uid) return undefined;
  // If a search in the order of bind() finds a socket of the same user, the order of the chain is the reason.
  const plain = bestMatch(sockets.toReversed(), stack, address);
  if (plain?.uid === next.uid) return decide('EADDRINUSE', id['O3-head-of-chain'], held);
  return decide('EADDRINUSE', stack === 'v4' ? id['other-uid'] : id['other-uid-v6'], held);
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
