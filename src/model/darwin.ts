import { asksToShare, bestMatch, holderOf, isDual, isV4, sharesPort, wildcardAgain } from './bsd-scan.ts';
import { isBound, isLocal, lacksPrivilege } from './checks.ts';
import { decide } from './decide.ts';
import { ANY, isMapped, isMulticast, isWildcard } from './overlap.ts';
import { ruleBook } from './rules.ts';
import type { Prediction } from './types.ts';
import type { Socket, System, World } from './world.ts';

const XNU = 'XNU 11417.101.15 (macOS 15.4)';
const PCB4 = { name: XNU, where: 'bsd/netinet/in_pcb.c, in_pcbbind' };
const PCB6 = { name: XNU, where: 'bsd/netinet6/in6_pcb.c, in6_pcbbind' };

const { id, rules } = ruleBook('darwin', {
  free: {
    prose: 'The lookup finds no socket that stands in the way.',
    source: PCB4,
    known: 'source',
  },
  overlap: {
    prose:
      'A second socket with neither SO_REUSEADDR nor SO_REUSEPORT conflicts with the best match among all that overlap it, in any state, connected ones and TIME_WAIT included.',
    source: PCB4,
    known: 'source',
  },
  'exact-match': {
    prose:
      'A second socket with SO_REUSEADDR or SO_REUSEPORT conflicts only with an unconnected socket on exactly the same address; the first socket’s SO_REUSEADDR does not matter.',
    source: PCB4,
    known: 'source',
  },
  'reuseport-both': {
    prose:
      'SO_REUSEPORT on both sockets permits exact duplicates. For a multicast address SO_REUSEADDR counts as SO_REUSEPORT.',
    source: PCB4,
    known: 'source',
  },
  'other-uid': {
    prose:
      'Unless the second socket’s owner is root, every overlapping socket of another user is in the way, unless that one has SO_REUSESHAREUID, or both are wildcards (for IPv6, only if the first has SO_REUSEPORT).',
    source: PCB4,
    known: 'source',
  },
  'dual-skips-v4-wildcard': {
    prose:
      'A dual-stack :: is not stopped by an AF_INET 0.0.0.0 that was there first, although 0.0.0.0 is stopped by a dual-stack ::.',
    source: PCB6,
    known: 'source',
  },
  'both-v6-wildcards': {
    prose: 'Two wildcards on IPv4 do not conflict when both sockets are AF_INET6 and the second is ::ffff:0.0.0.0.',
    source: PCB4,
    known: 'source',
  },
  'dual-v4-holder': {
    prose: 'A dual-stack :: is stopped by an IPv4 address that is held, or by an AF_INET6 socket on the IPv4 wildcard.',
    source: PCB6,
    known: 'source',
  },
  'M4-disconnect': {
    prose:
      'A disconnect leaves the wildcard, even of a socket that was bound to a specific address, and keeps the port.',
    source: { name: XNU, where: 'udp_disconnect' },
    known: 'source',
  },
  'M3-best-match-only': {
    prose:
      'Only the best match is examined: where that one does not stop a dual-stack ::, an IPv4 address behind it that would have stopped it is not seen.',
    source: { name: XNU, where: 'in_pcblookup_local' },
    known: 'source',
    unverified: true,
  },
  listen: {
    prose: 'listen() asks nothing about other sockets.',
    source: { name: XNU, where: 'tcp_usr_listen' },
    known: 'source',
  },
  'not-local': {
    prose: 'The address belongs to no interface; that includes all of 127.0.0.0/8 but 127.0.0.1.',
    source: PCB4,
    known: 'source',
  },
  'mapped-on-v6only': {
    prose: 'With IPV6_V6ONLY=1 a v4-mapped address is looked up as an IPv6 address, which no interface has.',
    source: PCB6,
    known: 'source',
  },
  'tcp-multicast': {
    prose: 'TCP cannot be bound to a multicast address or to 255.255.255.255.',
    source: { name: XNU, where: 'tcp_usrreq.c, tcp_usr_bind; tests/tcp_bind_connect.c' },
    known: 'test-suite',
  },
  privileged: {
    prose: 'A port below 1024 needs root only for a specific address; on a wildcard it is free for all.',
    source: PCB4,
    known: 'source',
  },
  restricted: {
    prose: 'Some ports, such as 55555 of TCP, are kept for Apple’s own programs and always look used.',
    source: { name: XNU, where: 'bsd/net/restricted_in_port.c' },
    known: 'source',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: PCB4, known: 'source' },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: { name: XNU, where: 'udp_usrreq.c' }, known: 'source' },
  'listen-state': {
    prose: 'A connected TCP socket cannot listen.',
    source: { name: XNU, where: 'tcp_usrreq.c' },
    known: 'source',
  },
});

const RESTRICTED: Readonly<Record<string, readonly number[]>> = {
  tcp: [55555, 61314, 61315, 62742],
  udp: [61314, 61315, 62742, 62743],
};

/** The model of macOS. */
export const darwin: System<undefined> = {
  name: 'darwin',
  title: 'macOS',
  summary:
    'Only the second socket’s options decide whether names may overlap: with SO_REUSEADDR or SO_REUSEPORT it conflicts with an unconnected socket on exactly its address, without them with any overlap in any state. Exact duplicates need SO_REUSEPORT on both, and an ordinary user is refused every overlap with another user’s socket but that of two wildcards.',
  rules,
  v6onlyByDefault: false,
  hidden: undefined,
  free: id.free,
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id.listen),
  },

  disconnected(socket) {
    return { local: wildcardAgain(socket), rule: id['M4-disconnect'] };
  },

  bind(world, next) {
    return badArgument(world, next) ?? otherOwner(world, next) ?? conflict(world, next);
  },

  listen() {
    return decide('ok', id.listen);
  },
};

function badArgument(world: World<undefined>, next: Socket): Prediction | undefined {
  const multicast = isMulticast(next.address);
  if (next.protocol === 'tcp' && (multicast || next.address.endsWith('255.255.255.255'))) {
    return decide('EAFNOSUPPORT', id['tcp-multicast']);
  }
  if (isBound(world, next)) return decide('EINVAL', id['already-bound']);
  if (next.v6only && isMapped(next.address)) return decide('EADDRNOTAVAIL', id['mapped-on-v6only']);
  if (!multicast && !isLocal(world, next)) return decide('EADDRNOTAVAIL', id['not-local']);
  if (lacksPrivilege(world, next) && !isWildcard(next.address)) return decide('EACCES', id.privileged);
  if (RESTRICTED[next.protocol]?.includes(next.port) === true) return decide('EADDRINUSE', id.restricted);
  return undefined;
}

/** The step that compares owners; it looks at any overlap, whatever the options. */
function otherOwner({ sockets }: World<undefined>, next: Socket): Prediction | undefined {
  if (next.uid === 0 || isMulticast(next.address)) return undefined;
  const { local } = next;
  if (isV4(local)) {
    const held = bestMatch(sockets, 'v4', local.v4);
    return held !== undefined && isStranger(next, held) && !(local.v4 === ANY && held.local.v4 === ANY)
      ? decide('EADDRINUSE', id['other-uid'], held)
      : undefined;
  }
  const v6 = local.v6 ?? ANY;
  const held = bestMatch(sockets, 'v6', v6);
  const wildcards = v6 === ANY && held?.local.v6 === ANY && held.options.reuseport === true;
  if (held !== undefined && isStranger(next, held) && !wildcards) return decide('EADDRINUSE', id['other-uid'], held);
  if (!isDual(local)) return undefined;
  const held4 = bestMatch(sockets, 'v4', ANY);
  return held4 !== undefined && held4.options.reuseport !== true && held4.uid !== next.uid && stopsDual(held4)
    ? decide('EADDRINUSE', id['other-uid'], held4)
    : undefined;
}

function isStranger(next: Socket, held: Socket): boolean {
  return held.uid !== next.uid && held.options.reuseShareUid !== true;
}

function conflict({ sockets }: World<undefined>, next: Socket): Prediction {
  const { local } = next;
  if (isV4(local)) {
    const held = holderOf(sockets, next, 'v4', local.v4);
    if (held === undefined) return decide('ok', id.free);
    if (sharesPort(next, held)) return decide('ok', id['reuseport-both'], held);
    const wildcards = local.v4 === ANY && held.local.v4 === ANY;
    return wildcards && next.family === 'inet6' && held.family === 'inet6'
      ? decide('ok', id['both-v6-wildcards'], held)
      : refuse(next, held);
  }
  const held = holderOf(sockets, next, 'v6', local.v6 ?? ANY);
  if (held !== undefined && !sharesPort(next, held)) return refuse(next, held);
  const held4 = isDual(local) ? holderOf(sockets, next, 'v4', ANY) : undefined;
  if (held4 !== undefined && !sharesPort(next, held4)) {
    if (stopsDual(held4)) return decide('EADDRINUSE', id['dual-v4-holder'], held4);
    const unseen = !asksToShare(next) && sockets.some((other) => other.local.v4 !== undefined && stopsDual(other));
    return decide('ok', unseen ? id['M3-best-match-only'] : id['dual-skips-v4-wildcard'], held4);
  }
  const shared = held ?? held4;
  return shared === undefined ? decide('ok', id.free) : decide('ok', id['reuseport-both'], shared);
}

/** Whether a holder in IPv4 stops a dual-stack ::, unless both have SO_REUSEPORT. */
function stopsDual(held: Socket): boolean {
  return held.local.v4 !== ANY || held.family === 'inet6';
}

function refuse(next: Socket, held: Socket): Prediction {
  return decide('EADDRINUSE', asksToShare(next) ? id['exact-match'] : id.overlap, held);
}
