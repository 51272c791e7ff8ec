import { isMapped, isMulticast } from './address.ts';
import { peerTaken, releasedByRefusal, unfit, withoutPort, wrongStack } from './peers.ts';
import { judgeStanding } from './bsd-address.ts';
import { asksToShare, bestMatch, hasEither, holderIn, isConnected, isDual, isV4 } from './bsd-scan.ts';
import { isBound, isMappedOnV6only, lacksPrivilege, standing, bothReuseport } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { ANY, claimsOf, NOTHING } from './overlap.ts';
import { ruleBook } from './rules.ts';
import { hasPeer, isReleased, withoutPeer } from './socket.ts';
import type { Prediction } from './types.ts';
import type { Socket, System, World } from './world.ts';

const PCB4 = { name: 'NetBSD 7 to 9', where: 'sys/netinet/in_pcb.c, in_pcbbind_port' };
const PCB6 = { name: 'NetBSD 6 to 9', where: 'sys/netinet6/in6_pcb.c, in6_pcbbind_port and in6_pcblookup_port' };
const KERNEL = 'NetBSD 7 to 10';
const RUN = { name: 'NetBSD 7.99 stack run in user space', where: 'the 64-cell table and the dual-stack rows' };

const { id, rules } = ruleBook('netbsd', {
  free: { prose: 'The lookup finds no socket that stands in the way.', source: RUN, known: 'observed' },
  overlap: {
    prose:
      'A second socket with neither SO_REUSEADDR nor SO_REUSEPORT conflicts with the best match among all that overlap it, in any state.',
    source: RUN,
    known: 'observed',
  },
  'exact-match': {
    prose:
      'A second socket with SO_REUSEADDR or SO_REUSEPORT conflicts only with an unconnected socket on exactly the same address.',
    source: RUN,
    known: 'observed',
  },
  'reuseport-both': { prose: 'SO_REUSEPORT on both sockets permits exact duplicates.', source: RUN, known: 'observed' },
  'dual-holds-v4': {
    prose:
      'An IPv4 bind also looks for AF_INET6 sockets, under the mapped form of its address, so a dual-stack :: that is there stops one without options.',
    source: RUN,
    known: 'observed',
  },
  'v6-ignores-v4': {
    prose: 'A native IPv6 bind, the dual-stack :: included, never looks at AF_INET sockets.',
    source: PCB6,
    known: 'source-run',
  },
  'other-uid': {
    prose:
      'Unless the second socket’s owner is root, an overlapping AF_INET socket of another user is in the way of an AF_INET one, unless both are wildcards and the first has SO_REUSEPORT.',
    source: PCB4,
    known: 'source-run',
  },
  listen: { prose: 'listen() asks nothing about other sockets.', source: RUN, known: 'observed' },
  'not-local': {
    prose:
      'The address belongs to no interface; that includes all of 127.0.0.0/8 but 127.0.0.1, 255.255.255.255, and every v4-compatible address.',
    source: PCB4,
    known: 'source-run',
  },
  broadcast: {
    prose: 'The broadcast address of an interface can be bound.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, inpcb_bind_addr; sys/net/if.c, ifa_ifwithaddr' },
    known: 'source-run',
  },
  scope: {
    prose:
      'A link-local address needs the scope of an interface that has it, else it is the address of none; a scope that no interface has is ENXIO.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6pcb_bind_addr; sys/netinet6/scope6.c, sa6_embedscope' },
    known: 'source-run',
  },
  unready: {
    prose: 'An anycast or duplicated address cannot be bound; a deprecated one can.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6pcb_bind_addr' },
    known: 'source',
  },
  bindany: {
    prose: 'IP_BINDANY and IPV6_BINDANY take every unicast address for one of the machine’s.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, inpcb_bind_addr' },
    known: 'source-run',
  },
  'mapped-on-v6only': {
    prose: 'A v4-mapped address on a socket with IPV6_V6ONLY=1, the default, is an invalid argument.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6pcb_bind_addr' },
    known: 'source-run',
  },
  'N1-accepted-unseen': {
    prose:
      'bind() does not find accepted sockets, whatever became of them, unless the port is a multiple of 128: their place in the port chains is that of port 0.',
    source: {
      name: KERNEL,
      where: 'sys/netinet/tcp_syncache.c, syn_cache_get; sys/netinet/in_pcb.c, inpcb_lookup_local',
    },
    known: 'source-run',
  },
  'N2-multicast': {
    prose:
      'On a multicast address SO_REUSEADDR or SO_REUSEPORT on each of the two sockets is enough, whichever it is. For an AF_INET6 socket a v4-mapped address is not a multicast address.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, inpcb_bind_port; sys/netinet6/in6_pcb.c, in6pcb_bind_port' },
    known: 'source-run',
  },
  'N3-disconnect': {
    prose:
      'A disconnect of UDP leaves the wildcard, even of a socket that was bound to a specific address, and keeps the port; of an AF_INET6 socket that is ::, which with IPV6_V6ONLY=0 claims both stacks. A second connect() begins with one. connect() to AF_UNSPEC dissolves the connection and yet returns EAFNOSUPPORT.',
    source: {
      name: KERNEL,
      where: 'sys/netinet/udp_usrreq.c, udp_disconnect; sys/netinet6/udp6_usrreq.c, udp6_disconnect',
    },
    known: 'source-run',
  },
  'disconnect-tcp': {
    prose:
      'connect() to AF_UNSPEC does not dissolve a TCP connection. Without a connection it is only a connect() to a wrong family.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnect' },
    known: 'source',
  },
  'connect-other-stack': {
    prose:
      'A socket whose name is in one stack only cannot connect in the other, and with IPV6_V6ONLY=1 not to a v4-mapped address.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6pcb_connect' },
    known: 'source',
  },
  'connect-same-peer': {
    prose: 'Two sockets cannot be connected from one address to one peer, whatever their options.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, inpcb_connect' },
    known: 'source-run',
  },
  'connect-mapped-twice': {
    prose:
      'A dual-stack :: or ::ffff:0.0.0.0 that connects over IPv4 looks for the same connection under ::ffff:0.0.0.0, not under the address of the route, and so never finds it.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6pcb_connect' },
    known: 'source',
  },
  'connect-again': {
    prose: 'A connected TCP socket cannot connect, and one that listens or listened neither.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnect' },
    known: 'source',
  },
  'connect-no-peer': {
    prose: 'No socket connects to port 0, and no TCP connection has a multicast address as its peer.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, inpcb_connect; sys/netinet6/in6_pcb.c, in6pcb_connect' },
    known: 'source',
  },
  'connect-narrows': {
    prose: 'A dual-stack :: that tried to connect over IPv4, and could not, is ::ffff:0.0.0.0 afterwards.',
    source: { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6pcb_connect' },
    known: 'source',
  },
  'send-connects': {
    prose:
      'sendto() of an AF_INET socket connects it, sends, and disconnects it again; so it fails where another socket has this connection, and afterwards the socket counts as the one that was bound last.',
    source: { name: KERNEL, where: 'sys/netinet/udp_usrreq.c, udp_send' },
    known: 'source-run',
  },
  'send-connected': {
    prose: 'sendto() with an address fails on a connected socket.',
    source: { name: KERNEL, where: 'sys/netinet/udp_usrreq.c, udp_send; sys/netinet6/udp6_output.c, udp6_output' },
    known: 'source',
  },
  'send-unseen': {
    prose:
      'bind() does not find an AF_INET6 socket whose port sendto() chose, unless the port is a multiple of 128: its place in the port chains stays that of port 0.',
    source: { name: KERNEL, where: 'sys/netinet6/udp6_output.c, udp6_output; sys/netinet6/in6_pcb.c, in6pcb_set_port' },
    known: 'source-run',
  },
  released: {
    prose:
      'A TCP socket whose connection was reset or refused has lost its port, and so has one that was shut down without a connection, a listener too. No call brings it back to life.',
    source: { name: KERNEL, where: 'sys/netinet/tcp_usrreq.c, tcp_usrclosed and tcp_getpcb' },
    known: 'source',
  },
  privileged: {
    prose: 'A port below 1024 needs root; that is judged before the conflict.',
    source: RUN,
    known: 'observed',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: RUN, known: 'observed' },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: { name: KERNEL, where: 'sys/netinet6/ip6_output.c, ip6_ctloutput' },
    known: 'source',
  },
  'listen-udp': {
    prose: 'A UDP socket cannot listen; for a connected one that is an invalid argument.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, solisten' },
    known: 'source',
  },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: PCB4, known: 'source' },
  chosen: {
    prose:
      'For port 0 the system only looks at sockets of the same family: AF_INET takes a port on which nothing overlaps, whatever the options, AF_INET6 with SO_REUSEADDR or SO_REUSEPORT one that no unconnected socket has on exactly that address.',
    source: { name: KERNEL, where: 'sys/netinet/portalgo.c, check_suitable_port' },
    known: 'source-run',
  },
});

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
    const isGroup = to !== undefined && isMulticast(to.address) && !isMapped(to.address);
    if (to?.port === 0 || (socket.protocol === 'tcp' && isGroup)) return decide('EADDRNOTAVAIL', id['connect-no-peer']);
    if (wrongStack(socket, target)) return decide('EINVAL', id['connect-other-stack']);
    if (!peerTaken(world, socket, target)) return undefined;
    const asksForWildcard = socket.family === 'inet6' && target.stack === 'v4' && socket.local.v4 === ANY;
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
    if (hasPeer(socket)) return decide('EISCONN', id['send-connected']);
    if (target.to?.port === 0) return decide('EADDRNOTAVAIL', id['connect-no-peer']);
    if (wrongStack(socket, target) && target.stack === 'v4') return decide('EINVAL', id['connect-other-stack']);
    const taken = socket.family === 'inet' && peerTaken(world, socket, target);
    return decide(taken ? 'EADDRINUSE' : 'ok', id['send-connects']);
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
    const found = because(conflict(visible, next), id.free, argument);
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
  const address = judgeStanding(standing(world, next), next, { id, noSuchScope: 'ENXIO' });
  return !isRefusal(address) && lacksPrivilege(world, next) ? decide('EACCES', id.privileged) : address;
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
  if (!asksToShare(next)) return bestMatch(inet6, 'v4', address, (socket) => (socket.local.v6 === ANY ? 1 : 0));
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

/** Whether the system may choose this port for a socket that asked for port 0. */
function choice(world: Here, next: Socket): Prediction {
  const { inet, inet6 } = tables(world.sockets.filter((socket) => isVisible(socket)));
  const { v4, v6 } = next.local;
  const held =
    next.family === 'inet'
      ? bestMatch(inet, 'v4', v4 ?? ANY)
      : v6 === undefined
        ? mappedHolder(inet6, next, v4 ?? ANY)
        : holderIn(inet6, next, 'v6', v6);
  return decide(held === undefined ? 'ok' : 'EADDRINUSE', id.chosen, held);
}
