import { asksToShare, bestMatch, holderOf, isConnected, isV4, sharesPort } from './bsd-scan.ts';
import { isBound, isLocal, lacksPrivilege } from './checks.ts';
import { decide } from './decide.ts';
import { ANY, isMapped, isMulticast } from './overlap.ts';
import { ruleBook } from './rules.ts';
import type { Prediction } from './types.ts';
import type { Socket, System, World } from './world.ts';

const PCB4 = { name: 'NetBSD 7 to 9', where: 'sys/netinet/in_pcb.c, in_pcbbind_port' };
const PCB6 = { name: 'NetBSD 6 to 9', where: 'sys/netinet6/in6_pcb.c, in6_pcbbind_port and in6_pcblookup_port' };
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
    known: 'source',
  },
  'other-uid': {
    prose:
      'Unless the second socket’s owner is root, an overlapping AF_INET socket of another user is in the way of an AF_INET one, unless both are wildcards and the first has SO_REUSEPORT.',
    source: PCB4,
    known: 'source',
  },
  listen: { prose: 'listen() asks nothing about other sockets.', source: RUN, known: 'observed' },
  'not-local': {
    prose: 'The address belongs to no interface; that includes all of 127.0.0.0/8 but 127.0.0.1.',
    source: PCB4,
    known: 'source',
  },
  'mapped-on-v6only': {
    prose: 'A v4-mapped address on a socket with IPV6_V6ONLY=1 is refused; with which error is not known for certain.',
    source: PCB6,
    known: 'reported',
    unverified: true,
  },
  privileged: {
    prose: 'A port below 1024 needs root; that is judged before the conflict.',
    source: RUN,
    known: 'observed',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: RUN, known: 'observed' },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: PCB4, known: 'source' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: PCB4, known: 'source' },
});

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
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id.listen),
  },

  bind(world, next) {
    return badArgument(world, next) ?? conflict(world, next);
  },

  listen() {
    return decide('ok', id.listen);
  },
};

function badArgument(world: World<undefined>, next: Socket): Prediction | undefined {
  if (isBound(world, next)) return decide('EINVAL', id['already-bound']);
  if (next.v6only && isMapped(next.address)) return decide(['EINVAL', 'EADDRNOTAVAIL'], id['mapped-on-v6only']);
  if (!isMulticast(next.address) && !isLocal(world, next)) return decide('EADDRNOTAVAIL', id['not-local']);
  return lacksPrivilege(world, next) ? decide('EACCES', id.privileged) : undefined;
}

/** AF_INET and AF_INET6 sockets are kept in two tables, and a v4-mapped name stays in the second. */
function conflict({ sockets }: World<undefined>, next: Socket): Prediction {
  const { local } = next;
  const inet = sockets.filter((socket) => socket.family === 'inet');
  const inet6 = sockets.filter((socket) => socket.family === 'inet6');
  if (!isV4(local)) {
    const held = holderOf(inet6, next, 'v6', local.v6 ?? ANY);
    if (held !== undefined) return judge(next, held);
    const unseen = local.v4 === ANY && inet.length > 0;
    return decide('ok', unseen ? id['v6-ignores-v4'] : id.free);
  }
  const held6 = mappedHolder(inet6, next, local.v4);
  const held4 = holderOf(inet, next, 'v4', local.v4);
  if (held6 !== undefined && !sharesPort(next, held6)) {
    return held6.local.v6 === ANY ? decide('EADDRINUSE', id['dual-holds-v4'], held6) : judge(next, held6);
  }
  const other = next.family === 'inet' ? stranger(inet, next, local.v4) : undefined;
  if (other !== undefined) return decide('EADDRINUSE', id['other-uid'], other);
  const held = held4 ?? held6;
  return held === undefined ? decide('ok', id.free) : judge(next, held);
}

/** The AF_INET6 socket that an IPv4 name finds under its mapped form. A dual-stack :: is never an exact match. */
function mappedHolder(inet6: readonly Socket[], next: Socket, address: string): Socket | undefined {
  if (!asksToShare(next)) return bestMatch(inet6, 'v4', address, (socket) => (socket.local.v6 === ANY ? 1 : 0));
  return inet6.findLast(
    (socket) => socket.local.v4 === address && socket.local.v6 === undefined && !isConnected(socket),
  );
}

function stranger(inet: readonly Socket[], next: Socket, address: string): Socket | undefined {
  if (next.uid === 0 || isMulticast(next.address)) return undefined;
  const held = bestMatch(inet, 'v4', address);
  if (held === undefined || held.uid === next.uid) return undefined;
  return address === ANY && held.local.v4 === ANY && held.options.reuseport === true ? undefined : held;
}

function judge(next: Socket, held: Socket): Prediction {
  if (sharesPort(next, held)) return decide('ok', id['reuseport-both'], held);
  return decide('EADDRINUSE', asksToShare(next) ? id['exact-match'] : id.overlap, held);
}
