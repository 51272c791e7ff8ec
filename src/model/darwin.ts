import { compatible4, isLimitedBroadcast, isMulticast, isWildcard, unmapped } from './address.ts';
import { asksToShare, bestMatch, exactMatch, hasEither, isDual, isV4, type Stack, widened } from './bsd-scan.ts';
import { type Chain, inOrder, toHead, without } from './chain.ts';
import { isBound, isMappedOnV6only, lacksPrivilege, standing, bothReuseport } from './checks.ts';
import { peerTaken, releasedByRefusal, wrongStack } from './peers.ts';
import { because, decide, isRefusal } from './decide.ts';
import { ANY, NOTHING } from './overlap.ts';
import { precedes, parseRelease } from './release.ts';
import { ruleBook } from './rules.ts';
import type { Outcome, Prediction } from './types.ts';
import type { Socket, Step, System, World } from './world.ts';

const XNU = 'XNU 11417.101.15 (macOS 15.4)';
const PCB4 = { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbbind' };
const PCB6 = { name: XNU, where: 'bsd/netinet6/in6_pcb.c, in6_pcbbind' };
const HASH = { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbinshash, in_pcbrehash and in_pcblookup_local' };
const UDP = { name: XNU, where: 'bsd/netinet/udp_usrreq.c, udp_disconnect; bsd/netinet6/udp6_usrreq.c' };

const { id, rules } = ruleBook('darwin', {
  free: {
    prose: 'The lookup finds no socket that stands in the way.',
    source: PCB4,
    known: 'source-run',
  },
  overlap: {
    prose:
      'A second socket with neither SO_REUSEADDR nor SO_REUSEPORT conflicts with the best match among all that overlap it, in any state, connected ones and TIME_WAIT included.',
    source: PCB4,
    known: 'source-run',
  },
  'exact-match': {
    prose:
      'A second socket with SO_REUSEADDR or SO_REUSEPORT conflicts only with an unconnected socket on exactly the same address; the first socket’s SO_REUSEADDR does not matter.',
    source: PCB4,
    known: 'source-run',
  },
  'reuseport-both': {
    prose: 'SO_REUSEPORT on both sockets permits exact duplicates.',
    source: PCB4,
    known: 'source-run',
  },
  multicast: {
    prose:
      'On a multicast address, v4-mapped ones included, SO_REUSEADDR on the second socket shares with SO_REUSEADDR or SO_REUSEPORT on the first, whoever owns them.',
    source: PCB4,
    known: 'source-run',
  },
  'other-uid': {
    prose:
      'Unless the second socket’s owner is root, every overlapping socket of another user is in the way, unless that one has SO_REUSESHAREUID, or both are wildcards (for IPv6, only if the first has SO_REUSEPORT).',
    source: PCB4,
    known: 'source-run',
  },
  'dual-skips-v4-wildcard': {
    prose:
      'A dual-stack :: is not stopped by an AF_INET 0.0.0.0 that was there first, although 0.0.0.0 is stopped by a dual-stack ::.',
    source: PCB6,
    known: 'source-run',
  },
  'both-v6-wildcards': {
    prose: 'Two wildcards on IPv4 do not conflict when both sockets are AF_INET6 and the second is ::ffff:0.0.0.0.',
    source: PCB4,
    known: 'source-run',
  },
  'dual-v4-holder': {
    prose: 'A dual-stack :: is stopped by an IPv4 address that is held, or by an AF_INET6 socket on the IPv4 wildcard.',
    source: PCB6,
    known: 'source-run',
  },
  'K1-newest-in-hash': {
    prose:
      'Among several unconnected sockets on exactly one address the one that was put into the hash chain last decides, and every bind, connect and disconnect of UDP puts a socket there; among all that overlap, the order of bind decides.',
    source: HASH,
    known: 'source-run',
  },
  'K5-disconnect': {
    prose:
      'connect() to AF_UNSPEC dissolves a connection and yet returns an error: EAFNOSUPPORT on AF_INET, EAFNOSUPPORT or, with a short name, EINVAL on AF_INET6, and EADDRNOTAVAIL on an AF_INET6 socket that is in IPv4. disconnectx() returns 0. What is left is the wildcard, even of a socket that was bound to a specific address, on the same port and in the stack that the connection was in.',
    source: UDP,
    known: 'source-run',
  },
  'K5-tcp': {
    prose: 'connect() to AF_UNSPEC does not dissolve a TCP connection.',
    source: { name: XNU, where: 'bsd/kern/uipc_socket.c, soconnectlock' },
    known: 'source',
  },
  'M3-best-match-only': {
    prose:
      'Only the best match is examined: where that one does not stop a dual-stack ::, an IPv4 address that comes after it and would have stopped it is not seen.',
    source: { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcblookup_local' },
    known: 'source-run',
  },
  'connect-other-stack': {
    prose:
      'A socket that is in one stack only, by its name, by IPV6_V6ONLY or since it was connected, cannot connect in the other.',
    source: { name: XNU, where: 'bsd/netinet6/udp6_usrreq.c, udp6_connect; bsd/netinet6/in6_pcb.c, in6_pcbconnect' },
    known: 'source-run',
  },
  'connect-same-peer': {
    prose: 'Two sockets cannot be connected from one address to one peer, whatever their options.',
    source: { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbconnect' },
    known: 'source-run',
  },
  'connect-again': {
    prose: 'A connected or listening TCP socket cannot connect.',
    source: { name: XNU, where: 'bsd/kern/uipc_socket.c, soconnectlock' },
    known: 'source',
  },
  listen: {
    prose: 'listen() asks nothing about other sockets.',
    source: { name: XNU, where: 'tcp_usr_listen' },
    known: 'source',
  },
  'not-local': {
    prose:
      'The address belongs to no interface; that includes all of 127.0.0.0/8 but 127.0.0.1, 255.255.255.255, and every v4-compatible address.',
    source: PCB4,
    known: 'source-run',
  },
  broadcast: {
    prose: 'The broadcast address of an interface can be bound.',
    source: { name: XNU, where: 'bsd/net/if.c, ifa_ifwithaddr_locked' },
    known: 'source',
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
    known: 'source-run',
  },
  'mapped-on-v6only': {
    prose: 'With IPV6_V6ONLY=1 a v4-mapped address is looked up as an IPv6 address, which no interface has.',
    source: PCB6,
    known: 'source-run',
  },
  'tcp-multicast': {
    prose:
      'TCP cannot be bound to a multicast address or to 255.255.255.255, in v4-mapped and v4-compatible form neither.',
    source: { name: XNU, where: 'bsd/netinet/tcp_usrreq.c, tcp_usr_bind and tcp6_usr_bind; tests/tcp_bind_connect.c' },
    known: 'test-suite',
  },
  privileged: {
    prose: 'A port below 1024 needs root only for a specific address; on a wildcard it is free for all.',
    source: PCB4,
    known: 'source-run',
  },
  'privileged-10.13': {
    prose: 'Up to 10.13 a port below 1024 needs root on a wildcard too.',
    source: {
      name: 'XNU 4570.1.46 (macOS 10.13)',
      where: 'bsd/netinet/in_pcb.c, in_pcbbind, beside that of 4903 (10.14)',
    },
    known: 'source',
  },
  'K3-restricted': {
    prose: 'TCP port 55555 is kept for Apple’s own programs and always looks used, to root too.',
    source: { name: XNU, where: 'bsd/net/restricted_in_port.c' },
    known: 'source-run',
  },
  'K9-udp-exhausted': {
    prose:
      'Once wildcard sockets hold more than 61,439 UDP ports of a family, nothing of that family can be bound by name.',
    source: { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbbind; ipport_allow_udp_port_exhaustion' },
    known: 'source-run',
  },
  chosen: {
    prose:
      'For port 0 the system takes a port on which nothing overlaps the name, whatever the options. A native IPv6 socket only looks at IPv6 sockets, and with SO_REUSEADDR or SO_REUSEPORT only at unconnected ones on exactly its address.',
    source: { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbbind; bsd/netinet6/in6_src.c, in6_pcbsetport' },
    known: 'source-run',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: PCB4, known: 'source-run' },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: { name: 'XNU 11417.101.15 (macOS 15.4)', where: 'bsd/netinet6/ip6_output.c, ip6_ctloutput' },
    known: 'source',
  },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: { name: XNU, where: 'udp_usrreq.c' }, known: 'source' },
  'listen-state': {
    prose: 'A connected TCP socket cannot listen.',
    source: { name: XNU, where: 'tcp_usrreq.c' },
    known: 'source',
  },
});

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
  reconnects: true,
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id.listen),
  },
  lateV6only: decide('EINVAL', id['v6only-late']),

  connect(world, socket, target) {
    if (socket.protocol === 'tcp' && socket.state !== 'bound') {
      return decide(socket.state === 'listening' ? 'EOPNOTSUPP' : 'EISCONN', id['connect-again']);
    }
    if (wrongStack(socket, target)) {
      const mappedOnV6only = socket.v6only && target.stack === 'v4';
      return decide(socket.protocol === 'udp' || mappedOnV6only ? 'EINVAL' : 'EAFNOSUPPORT', id['connect-other-stack']);
    }
    return peerTaken(world, socket, target) ? decide('EADDRINUSE', id['connect-same-peer']) : undefined;
  },

  refused: (socket, { stack }, outcome) =>
    releasedByRefusal(socket, outcome) ??
    // A dual-stack TCP socket stays in the stack over which it tried to connect.
    (socket.protocol === 'tcp' && stack !== undefined && isDual(socket.local)
      ? { ...socket, local: { ...NOTHING, [stack]: socket.local[stack] } }
      : socket),

  reset: (socket) => ({ ...socket, local: NOTHING, state: 'bound', peer: undefined }),

  disconnected(socket, _world, by) {
    const left: Socket = { ...socket, local: widened(socket.local), state: 'bound', peer: undefined };
    if (socket.protocol === 'tcp') {
      return { left, prediction: decide(by === 'disconnectx' ? 'ok' : 'EISCONN', id['K5-tcp']) };
    }
    const outcomes =
      by === 'disconnectx' ? OK : by === 'AF_UNSPEC' ? unspecified(socket) : [...unspecified(socket), ...OK];
    return { left, prediction: decide(outcomes, id['K5-disconnect']) };
  },

  bind(world, next) {
    const argument = judgeArgument(world, next);
    if (isRefusal(argument)) return argument;
    return next.chosen
      ? choice(world, next)
      : because(otherOwner(world, next) ?? conflict(world, next), id.free, argument);
  },

  listen() {
    return decide('ok', id.listen);
  },

  remember: ({ hidden: { byHash, byPort } }, { kind, socket }: Step) => {
    if (kind === 'close') return { byHash: without(byHash, socket.id), byPort: without(byPort, socket.id) };
    if (kind === 'listen') return { byHash, byPort };
    const isNew = kind === 'bind' || kind === 'autobind' || kind === 'accept';
    return { byHash: toHead(byHash, socket.id), byPort: isNew ? toHead(byPort, socket.id) : byPort };
  },
};

const OK: readonly Outcome[] = ['ok'];

/** The result of connect() to AF_UNSPEC. On AF_INET6 it depends on the length of the socket name. */
function unspecified(socket: Socket): readonly Outcome[] {
  if (socket.family === 'inet') return ['EAFNOSUPPORT'];
  return socket.local.v6 === undefined ? ['EADDRNOTAVAIL'] : ['EAFNOSUPPORT', 'EINVAL'];
}

function judgeArgument(world: Here, next: Socket): Prediction | undefined {
  const v4 = compatible4(next.address) ?? next.address;
  if (next.protocol === 'tcp' && (isMulticast(v4) || isLimitedBroadcast(v4))) {
    return decide('EAFNOSUPPORT', id['tcp-multicast']);
  }
  if (isBound(world, next)) return decide('EINVAL', id['already-bound']);
  if (isMappedOnV6only(next)) return decide('EADDRNOTAVAIL', id['mapped-on-v6only']);
  const address = judgeAddress(world, next);
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

/** A release of macOS, from its own number or from that of a Darwin kernel: Darwin 17 is 10.13, Darwin 20 is 11. */
function macosOf(text: string | undefined) {
  const [major, minor] = parseRelease(text, 'macOS');
  if (major < 16 || major > 25) return [major, minor] as const;
  return major < 20 ? ([10, major - 4] as const) : ([major - 9, 0] as const);
}

function judgeAddress(world: Here, next: Socket): Prediction | undefined {
  switch (standing(world, next)) {
    case 'any':
    case 'group':
    case 'own':
      return undefined;
    case 'broadcast':
      return decide('ok', id.broadcast);
    case 'no-such-scope':
      return decide('EINVAL', id.scope);
    case 'no-scope':
    case 'wrong-scope':
      return decide('EADDRNOTAVAIL', id.scope);
    case 'anycast':
    case 'unready':
      return decide('EADDRNOTAVAIL', id.unready);
    case 'limited-broadcast':
    case 'foreign':
      return decide('EADDRNOTAVAIL', id['not-local']);
  }
}

function onPort({ sockets, hidden }: Here): readonly Socket[] {
  return inOrder(sockets, hidden.byPort);
}

/** Searches for the address exactly, or for any overlap; the second socket's options decide which. */
function holderOf(world: Here, next: Socket, stack: Stack, address: string): Socket | undefined {
  return asksToShare(next)
    ? exactMatch(inOrder(world.sockets, world.hidden.byHash), stack, address)
    : bestMatch(onPort(world), stack, address);
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
    const wildcards = local.v4 === ANY && held.local.v4 === ANY;
    return (
      shared(next, held) ??
      (wildcards && next.family === 'inet6' && held.family === 'inet6'
        ? decide('ok', id['both-v6-wildcards'], held)
        : refuse(world, next, held, 'v4'))
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

/** Whether a socket in IPv4 stops a bind to a dual-stack ::, unless both have SO_REUSEPORT. */
function stopsDual(held: Socket): boolean {
  return held.local.v4 !== ANY || held.family === 'inet6';
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
  const held = isV4(local) ? bestMatch(onPort(world), 'v4', local.v4) : holderOf(world, next, 'v6', local.v6 ?? ANY);
  return decide(held === undefined ? 'ok' : 'EADDRINUSE', id.chosen, held);
}
