import { asksToShare, bestMatch, holderOf, sharesPort, type Stack } from './bsd-scan.ts';
import { isBound, isLocal, lacksPrivilege } from './checks.ts';
import { decide } from './decide.ts';
import { ANY, isMapped, isMulticast } from './overlap.ts';
import { ruleBook } from './rules.ts';
import type { Prediction } from './types.ts';
import type { Socket, System, World } from './world.ts';

const KERNEL = 'OpenBSD 6.8 to 7.x';
const PCB = { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbaddrisavail and in_pcbbind' };
const REGRESS = { name: 'OpenBSD regress/sys/netinet/in_pcbbind', where: 'runtest.c' };

const { id, rules } = ruleBook('openbsd', {
  free: { prose: 'The lookup finds no socket that stands in the way.', source: PCB, known: 'source' },
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
    known: 'source',
  },
  'other-uid-v6': {
    prose: 'The owners of IPv6 sockets are taken to be compared as those of IPv4 ones are.',
    source: PCB,
    known: 'reported',
    unverified: true,
  },
  listen: { prose: 'listen() asks nothing about other sockets.', source: PCB, known: 'source' },
  'not-local': {
    prose:
      'The address belongs to no interface; that includes all of 127.0.0.0/8 but 127.0.0.1. UDP may be bound to 255.255.255.255.',
    source: PCB,
    known: 'source',
  },
  'v4-mapped': {
    prose: 'A v4-mapped address is taken to be one that no interface has, since every IPv6 socket is IPv6 only.',
    source: PCB,
    known: 'reported',
    unverified: true,
  },
  privileged: {
    prose: 'A port below 1024, or 2049, needs root; that is judged after the conflict.',
    source: PCB,
    known: 'source',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: PCB, known: 'source' },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: PCB, known: 'source' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: PCB, known: 'source' },
});

/** Privileged beside those below 1024, by default. */
const NFS = 2049;

/** The model of OpenBSD. */
export const openbsd: System<undefined> = {
  name: 'openbsd',
  title: 'OpenBSD',
  summary:
    'Only the second socket’s options decide whether names may overlap: with SO_REUSEADDR or SO_REUSEPORT it conflicts with an unconnected socket on exactly its address, without them with any overlap in any state. Exact duplicates need SO_REUSEPORT on both, an ordinary user never shares with another user, and IPv4 and IPv6 sockets never meet.',
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
    const refused = badArgument(world, next);
    if (refused !== undefined) return refused;
    const stack: Stack = next.family === 'inet' ? 'v4' : 'v6';
    const address = next.local[stack] ?? ANY;
    // IPV6_V6ONLY cannot be turned off, so that a socket has a place in the table of its own family only.
    const sockets = world.sockets.filter((other) => other.family === next.family);
    const found = otherOwner(sockets, next, stack, address) ?? conflict(sockets, next, stack, address);
    if (found.outcomes[0] !== 'ok') return found;
    const privileged = lacksPrivilege(world, next) || (next.port === NFS && !next.privileged);
    return privileged ? decide('EACCES', id.privileged) : found;
  },

  listen() {
    return decide('ok', id.listen);
  },
};

function badArgument(world: World<undefined>, next: Socket): Prediction | undefined {
  if (isBound(world, next)) return decide('EINVAL', id['already-bound']);
  if (isMapped(next.address)) return decide('EADDRNOTAVAIL', id['v4-mapped']);
  const everywhere = isMulticast(next.address) || (next.protocol === 'udp' && next.address === '255.255.255.255');
  return everywhere || isLocal(world, next) ? undefined : decide('EADDRNOTAVAIL', id['not-local']);
}

function otherOwner(sockets: readonly Socket[], next: Socket, stack: Stack, address: string) {
  if (next.uid === 0 || isMulticast(next.address)) return undefined;
  const held = bestMatch(sockets, stack, address);
  if (held === undefined || held.uid === next.uid) return undefined;
  return decide('EADDRINUSE', stack === 'v4' ? id['other-uid'] : id['other-uid-v6'], held);
}

function conflict(sockets: readonly Socket[], next: Socket, stack: Stack, address: string): Prediction {
  const held = holderOf(sockets, next, stack, address);
  if (held === undefined) return decide('ok', id.free);
  if (sharesPort(next, held)) return decide('ok', id['reuseport-both'], held);
  return decide('EADDRINUSE', asksToShare(next) ? id['exact-match'] : id.overlap, held);
}
