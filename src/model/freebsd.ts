import { isMulticast } from './address.ts';
import { peerTaken, releasedByRefusal, wrongStack } from './peers.ts';
import { asksToShare, bestMatch, exactMatch, isConnected, isDual, isV4, type Stack, widened } from './bsd-scan.ts';
import { type Chain, inOrder, toHead, toTail, without } from './chain.ts';
import { isBound, isMappedOnV6only, lacksPrivilege, standing, bothReuseport } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { ANY, NOTHING } from './overlap.ts';
import { precedes, parseRelease, type Release } from './release.ts';
import { ruleBook } from './rules.ts';
import type { Outcome, Prediction, RuleId } from './types.ts';
import type { Socket, Step, System, World } from './world.ts';

const KERNEL = 'FreeBSD 14 and 15';
const PCB4 = { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbbind_avail' };
const PCB6 = { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6_pcbbind_avail' };
const UDP = { name: KERNEL, where: 'sys/netinet/udp_usrreq.c, udp_disconnect; sys/netinet/in_pcb.c, in_pcbdisconnect' };
const OLD = 'FreeBSD 13 and 14';
const RUN = { name: 'FreeBSD 9.1 stack run in user space', where: 'the 64-cell table' };

const { id, rules } = ruleBook('freebsd', {
  free: { prose: 'The lookup finds no socket that stands in the way.', source: RUN, known: 'observed' },
  overlap: {
    prose:
      'A second socket without SO_REUSEADDR, SO_REUSEPORT and SO_REUSEPORT_LB conflicts with the best match among all that overlap it, in any state.',
    source: RUN,
    known: 'observed',
  },
  'exact-match': {
    prose:
      'A second socket with one of these options conflicts only with an unconnected socket on exactly the same address.',
    source: RUN,
    known: 'observed',
  },
  'reuseport-both': {
    prose: 'SO_REUSEPORT on both sockets permits exact duplicates.',
    source: RUN,
    known: 'observed',
  },
  'reuseport-lb-both': {
    prose: 'SO_REUSEPORT_LB on both sockets permits exact duplicates too; it does not match SO_REUSEPORT.',
    source: PCB4,
    known: 'source-run',
  },
  'F3-multicast': {
    prose:
      'On a multicast address, v4-mapped ones included, SO_REUSEADDR on the second socket shares with any of SO_REUSEADDR, SO_REUSEPORT and SO_REUSEPORT_LB on the first; SO_REUSEPORT and SO_REUSEPORT_LB each share with SO_REUSEADDR as well as with themselves. Owners do not matter.',
    source: PCB4,
    known: 'source-run',
  },
  'other-uid': {
    prose:
      'Unless the second socket’s owner is root, any overlapping socket of another user is in the way, whatever the options; for TCP, connected ones are not.',
    source: PCB6,
    known: 'source-run',
  },
  'F5-other-uid-lb': {
    prose:
      'Up to 14.1 two wildcards of different users may be shared by SO_REUSEPORT_LB, if the first has it without SO_REUSEPORT; not for the IPv4 part of a dual-stack ::. 14.3 and later have no such exception, and 14.2 was not looked at.',
    source: { name: OLD, where: 'sys/netinet6/in6_pcb.c, in6_pcbbind; sys/netinet/in_pcb.c, in_pcbbind_avail' },
    known: 'source-run',
  },
  'dual-skips-v4-wildcard': {
    prose: 'A dual-stack :: is not stopped by an AF_INET 0.0.0.0 that was there first, but the other order conflicts.',
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
  'F1-disconnect': {
    prose:
      'Since 14 a disconnect of UDP gives the port up: the socket receives nothing, cannot be bound again, and stands in no one’s way. A later connect() puts it on that port again, whoever holds it, as the newest; 14 chooses the local address again, 15 keeps it. connect() to AF_UNSPEC returns EAFNOSUPPORT all the same.',
    source: UDP,
    known: 'source-run',
  },
  'F1-disconnect-13': {
    prose:
      'Up to 13 a disconnect of UDP leaves the wildcard, even of a socket that was bound to a specific address, in the stack that the connection was in, and keeps the port. connect() to AF_UNSPEC returns EAFNOSUPPORT all the same.',
    source: { name: OLD, where: 'sys/netinet/udp_usrreq.c, udp_disconnect; sys/netinet6/udp6_usrreq.c' },
    known: 'source',
  },
  'disconnect-tcp': {
    prose: 'connect() to AF_UNSPEC does not dissolve a TCP connection.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnectat' },
    known: 'source',
  },
  'F2-order-of-wildcards': {
    prose:
      'Among several unconnected wildcards in IPv4 the newest of 0.0.0.0 and the dual-stack :: decides, and the oldest ::ffff:0.0.0.0 only if there is none of these.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, _in_pcbinshash_wild' },
    known: 'source-run',
  },
  'connect-other-stack': {
    prose:
      'A socket that is in one stack only, by its name or since it was connected, cannot connect in the other; with IPV6_V6ONLY=1 a v4-mapped peer is an invalid argument.',
    source: { name: KERNEL, where: 'sys/netinet6/udp6_usrreq.c, udp6_connect' },
    known: 'source-run',
  },
  'connect-same-peer': {
    prose: 'Two sockets cannot be connected from one address to one peer, whatever their options.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbconnect' },
    known: 'source-run',
  },
  'connect-again': {
    prose: 'A connected TCP socket cannot connect, and a listening one neither.',
    source: { name: KERNEL, where: 'sys/kern/uipc_socket.c, soconnectat; sys/netinet/tcp_usrreq.c' },
    known: 'source',
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
    source: { name: KERNEL, where: 'sys/net/if.c, ifa_ifwithaddr' },
    known: 'source',
  },
  scope: {
    prose:
      'A link-local address needs the scope of an interface that has it, else it is the address of none; a scope that no interface has is ENXIO.',
    source: { name: KERNEL, where: 'sys/netinet6/scope6.c, sa6_embedscope' },
    known: 'source',
  },
  unready: {
    prose: 'A tentative, duplicated or detached IPv6 address cannot be bound; a deprecated one can.',
    source: PCB6,
    known: 'source',
  },
  'anycast-14': {
    prose: 'Up to 14.3 an anycast address cannot be bound; FreeBSD 15 lets it.',
    source: PCB6,
    known: 'source',
  },
  bindany: {
    prose: 'IP_BINDANY and IPV6_BINDANY take every address for one of the machine’s.',
    source: PCB4,
    known: 'source',
  },
  'mapped-on-v6only': {
    prose: 'With IPV6_V6ONLY=1, the default, a v4-mapped address is one that no interface has.',
    source: PCB6,
    known: 'source-run',
  },
  'tcp-multicast': {
    prose:
      'TCP cannot be bound to a multicast address, which is judged before all else; a v4-mapped one counts only with IPV6_V6ONLY=0.',
    source: { name: KERNEL, where: 'sys/netinet/tcp_usrreq.c, tcp_usr_bind and tcp6_usr_bind' },
    known: 'source-run',
  },
  privileged: {
    prose: 'A port below 1024 needs root, on every address and for both families.',
    source: PCB4,
    known: 'source-run',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: PCB6, known: 'source-run' },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: { name: 'FreeBSD 14 and 15', where: 'sys/netinet6/ip6_output.c, ip6_ctloutput' },
    known: 'source',
  },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: PCB4, known: 'source' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: PCB4, known: 'source' },
  chosen: {
    prose:
      'For port 0 the system takes a port on which nothing overlaps the name or, with SO_REUSEADDR, SO_REUSEPORT or SO_REUSEPORT_LB, one that no unconnected socket has on exactly that address.',
    source: { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcb_lport_dest' },
    known: 'source-run',
  },
});

/** The chains that FreeBSD searches: that of unconnected sockets by address, and that of the port. */
interface Chains {
  readonly unconnected: Chain;
  readonly byPort: Chain;
}

type Here = World<Chains>;

function isBefore(world: Here, major: number, minor: number): boolean {
  return precedes(releaseOf(world), [major, minor]);
}

function releaseOf({ setting }: Here): Release {
  return parseRelease(setting.release, 'FreeBSD');
}

/** The model of FreeBSD. */
export const freebsd: System<Chains> = {
  name: 'freebsd',
  title: 'FreeBSD',
  summary:
    'Only the second socket’s options decide whether names may overlap: with SO_REUSEADDR, SO_REUSEPORT or SO_REUSEPORT_LB it conflicts with an unconnected socket on exactly its address, without them with any overlap in any state. Exact duplicates need SO_REUSEPORT on both or SO_REUSEPORT_LB on both, and an ordinary user never shares with another user.',
  rules,
  v6onlyByDefault: true,
  hidden: { unconnected: [], byPort: [] },
  releases: ['15.0', '14.3', '14.1'],
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
      const listener = socket.family === 'inet' ? 'EOPNOTSUPP' : 'EINVAL';
      return decide(socket.state === 'listening' ? listener : 'EISCONN', id['connect-again']);
    }
    if (wrongStack(socket, target)) {
      const invalid = socket.v6only && target.stack === 'v4';
      return decide(invalid ? 'EINVAL' : 'EAFNOSUPPORT', id['connect-other-stack']);
    }
    return peerTaken(world, socket, target) ? decide('EADDRINUSE', id['connect-same-peer']) : undefined;
  },

  refused(socket, { stack }, outcome) {
    const released = releasedByRefusal(socket, outcome);
    if (released !== undefined) return released;
    // A dual-stack socket stays in the stack over which it tried to connect.
    const narrow = (claims: Socket['local']) =>
      stack !== undefined && isDual(claims) ? inStack(claims, stack) : claims;
    const { formerly } = socket;
    return { ...socket, local: narrow(socket.local), formerly: formerly === undefined ? undefined : narrow(formerly) };
  },

  reset: (socket) => ({ ...socket, local: NOTHING, state: 'bound', peer: undefined }),

  disconnected(socket, world, by) {
    const left: Socket = { ...socket, local: widened(socket.local), state: 'bound', peer: undefined };
    if (socket.protocol === 'tcp') return { left, prediction: decide('EISCONN', id['disconnect-tcp']) };
    const outcomes: readonly Outcome[] = by === undefined ? ['EAFNOSUPPORT', 'ok'] : ['EAFNOSUPPORT'];
    if (isBefore(world, 14, 0)) return { left, prediction: decide(outcomes, id['F1-disconnect-13']) };
    const formerly = isBefore(world, 15, 0) ? widened(socket.local) : socket.local;
    return { left: { ...left, local: NOTHING, formerly }, prediction: decide(outcomes, id['F1-disconnect']) };
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

  remember(world, { kind, socket }: Step) {
    const { unconnected, byPort } = world.hidden;
    const isOld = isBefore(world, 14, 0);
    switch (kind) {
      case 'listen':
        return world.hidden;
      case 'close':
        return { unconnected: without(unconnected, socket.id), byPort: without(byPort, socket.id) };
      case 'connect':
        // Since 14 connect() puts a socket that was disconnected on its port again, as the newest.
        return isOld || byPort.includes(socket.id) ? world.hidden : { unconnected, byPort: toHead(byPort, socket.id) };
      case 'disconnect':
        return isOld
          ? { unconnected: toHead(unconnected, socket.id), byPort }
          : { unconnected: without(unconnected, socket.id), byPort: without(byPort, socket.id) };
      default: {
        const last = !isOld && isMappedWildcard(socket);
        return {
          unconnected: last ? toTail(unconnected, socket.id) : toHead(unconnected, socket.id),
          byPort: toHead(byPort, socket.id),
        };
      }
    }
  },
};

function inStack(claims: Socket['local'], stack: Stack): Socket['local'] {
  return { ...NOTHING, [stack]: claims[stack] };
}

function isMappedWildcard({ family, local }: Socket): boolean {
  return family === 'inet6' && local.v4 === ANY && local.v6 === undefined;
}

function judgeArgument(world: Here, next: Socket): Prediction | undefined {
  const mappedOnV6only = isMappedOnV6only(next);
  if (next.protocol === 'tcp' && isMulticast(next.address) && !mappedOnV6only) {
    return decide('EAFNOSUPPORT', id['tcp-multicast']);
  }
  if (isBound(world, next)) return decide('EINVAL', id['already-bound']);
  if (mappedOnV6only) return decide('EADDRNOTAVAIL', id['mapped-on-v6only']);
  const address = judgeAddress(world, next);
  return !isRefusal(address) && lacksPrivilege(world, next) ? decide('EACCES', id.privileged) : address;
}

/** An address that no interface has. It can be bound only with an option. */
function unlessAny(next: Socket, rule: RuleId): Prediction {
  return next.anyAddress ? decide('ok', id.bindany) : decide('EADDRNOTAVAIL', rule);
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
      return decide('ENXIO', id.scope);
    case 'no-scope':
    case 'wrong-scope':
      return unlessAny(next, id.scope);
    case 'anycast':
      return isBefore(world, 15, 0) ? decide('EADDRNOTAVAIL', id['anycast-14']) : undefined;
    case 'unready':
      return decide('EADDRNOTAVAIL', id.unready);
    case 'limited-broadcast':
    case 'foreign':
      return unlessAny(next, id['not-local']);
  }
}

/** The extra cost that ranks a dual-stack socket on :: below every AF_INET one. */
function dualCost(socket: Socket): number {
  return socket.local.v6 === undefined ? 0 : 3;
}

function onPort({ sockets, hidden }: Here): readonly Socket[] {
  return inOrder(sockets, hidden.byPort);
}

/** Searches for the address exactly, or for any overlap; the second socket's options decide which. */
function holderOf(world: Here, next: Socket, stack: Stack, address: string): Socket | undefined {
  return asksToShare(next)
    ? exactMatch(inOrder(world.sockets, world.hidden.unconnected), stack, address)
    : bestMatch(onPort(world), stack, address, stack === 'v4' ? dualCost : undefined);
}

function otherOwner(world: Here, next: Socket): Prediction | undefined {
  if (next.uid === 0 || isMulticast(next.address)) return undefined;
  const { local } = next;
  const chain = onPort(world);
  const held6 = local.v6 === undefined ? undefined : bestMatch(chain, 'v6', local.v6);
  const held4 = local.v4 === undefined ? undefined : bestMatch(chain, 'v4', local.v4, dualCost);
  const isOthers = (other: Socket | undefined): other is Socket =>
    other !== undefined && other.uid !== next.uid && (next.protocol === 'udp' || !isConnected(other));
  // There is no exception for the IPv4 part of a dual-stack name.
  const own = isV4(local) ? held4 : held6;
  const excepted = isOthers(own) && isBalanced(own) && isBetweenWildcards(local, own.local) && isBefore(world, 14, 3);
  if (isOthers(own) && !excepted) return decide('EADDRINUSE', id['other-uid'], own);
  if (!isV4(local) && isOthers(held4)) return decide('EADDRINUSE', id['other-uid'], held4);
  if (!excepted) return undefined;
  const found = conflict(world, next);
  if (found.outcomes[0] !== 'ok') return found;
  // 14.2 has not been checked.
  return decide(isBefore(world, 14, 2) ? 'ok' : ['EADDRINUSE', 'ok'], id['F5-other-uid-lb'], own);
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
    const wildcards = local.v4 === ANY && held.local.v4 === ANY;
    const found =
      shared(next, held) ??
      (wildcards && next.family === 'inet6' && held.family === 'inet6'
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
  const refused = held4.local.v4 !== ANY || held4.family === 'inet6';
  const found =
    shared(next, held4) ??
    (refused ? decide('EADDRINUSE', id['dual-v4-holder'], held4) : decide('ok', id['dual-skips-v4-wildcard'], held4));
  return ordered(world, next, found, held4);
}

/** Names the order of wildcards as the rule, if a search in the order of bind() finds a socket with another outcome. */
function ordered(world: Here, next: Socket, found: Prediction, held: Socket): Prediction {
  if (!asksToShare(next) || held.local.v4 !== ANY || isBefore(world, 14, 0)) return found;
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
  if (!isMulticast(next.address)) return undefined;
  const { reuseaddr, reuseport, reuseportLb } = held.options;
  const together =
    (options.reuseaddr === true && (reuseaddr === true || reuseport === true || reuseportLb === true)) ||
    ((options.reuseport === true || options.reuseportLb === true) && reuseaddr === true);
  return together ? decide('ok', id['F3-multicast'], held) : undefined;
}

/** Whether the system may choose this port for a socket that asked for port 0. */
function choice(world: Here, next: Socket): Prediction {
  const { local } = next;
  const held4 = local.v4 === undefined ? undefined : holderOf(world, next, 'v4', local.v4);
  const held = (local.v6 === undefined ? undefined : holderOf(world, next, 'v6', local.v6)) ?? held4;
  return decide(held === undefined ? 'ok' : 'EADDRINUSE', id.chosen, held);
}
