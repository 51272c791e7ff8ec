import { asksToShare, bestMatch, holderOf, isConnected, isDual, isV4, sharesPort, wildcardAgain } from './bsd-scan.ts';
import { isBound, isLocal, lacksPrivilege } from './checks.ts';
import { decide } from './decide.ts';
import { ANY, isMapped, isMulticast } from './overlap.ts';
import { ruleBook } from './rules.ts';
import type { Prediction } from './types.ts';
import type { Socket, System, World } from './world.ts';

const KERNEL = 'FreeBSD 14 and 15';
const PCB4 = { name: KERNEL, where: 'sys/netinet/in_pcb.c, in_pcbbind_avail' };
const PCB6 = { name: KERNEL, where: 'sys/netinet6/in6_pcb.c, in6_pcbbind_avail' };
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
    known: 'source',
  },
  'other-uid': {
    prose:
      'Unless the second socket’s owner is root, any overlapping socket of another user is in the way, whatever the options; for TCP, connected ones are not.',
    source: PCB6,
    known: 'source',
  },
  'other-uid-lb': {
    prose:
      'Two wildcards of different users may be shared by SO_REUSEPORT_LB, if the first has it without SO_REUSEPORT, up to FreeBSD 14; newer sources have no such exception.',
    source: { name: 'FreeBSD 13 and 14', where: 'sys/netinet6/in6_pcb.c, in6_pcbbind' },
    known: 'source',
    unverified: true,
  },
  'dual-skips-v4-wildcard': {
    prose: 'A dual-stack :: is not stopped by an AF_INET 0.0.0.0 that was there first, but the other order conflicts.',
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
    source: { name: KERNEL, where: 'in_pcbdisconnect, in6_pcbdisconnect' },
    known: 'source',
  },
  listen: { prose: 'listen() asks nothing about other sockets.', source: RUN, known: 'observed' },
  'not-local': {
    prose: 'The address belongs to no interface; that includes all of 127.0.0.0/8 but 127.0.0.1.',
    source: PCB4,
    known: 'source',
  },
  'mapped-on-v6only': {
    prose: 'With IPV6_V6ONLY=1, the default, a v4-mapped address is one that no interface has.',
    source: PCB6,
    known: 'source',
  },
  'tcp-multicast': {
    prose: 'TCP cannot be bound to a multicast address.',
    source: { name: KERNEL, where: 'sys/netinet/tcp_usrreq.c' },
    known: 'source',
  },
  privileged: {
    prose: 'A port below 1024 needs root, on every address and for both families.',
    source: PCB4,
    known: 'source',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: PCB6, known: 'source' },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: PCB4, known: 'source' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: PCB4, known: 'source' },
});

/** The model of FreeBSD. */
export const freebsd: System<undefined> = {
  name: 'freebsd',
  title: 'FreeBSD',
  summary:
    'Only the second socket’s options decide whether names may overlap: with SO_REUSEADDR, SO_REUSEPORT or SO_REUSEPORT_LB it conflicts with an unconnected socket on exactly its address, without them with any overlap in any state. Exact duplicates need SO_REUSEPORT on both or SO_REUSEPORT_LB on both, and an ordinary user never shares with another user.',
  rules,
  v6onlyByDefault: true,
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
  if (next.protocol === 'tcp' && multicast) return decide('EAFNOSUPPORT', id['tcp-multicast']);
  if (isBound(world, next)) return decide('EINVAL', id['already-bound']);
  if (next.v6only && isMapped(next.address)) return decide('EADDRNOTAVAIL', id['mapped-on-v6only']);
  if (!multicast && !isLocal(world, next)) return decide('EADDRNOTAVAIL', id['not-local']);
  return lacksPrivilege(world, next) ? decide('EACCES', id.privileged) : undefined;
}

/** A dual-stack socket on :: is ranked behind every AF_INET one. */
function dualCost(socket: Socket): number {
  return socket.local.v6 === undefined ? 0 : 3;
}

function otherOwner(world: World<undefined>, next: Socket): Prediction | undefined {
  const { sockets } = world;
  if (next.uid === 0 || isMulticast(next.address)) return undefined;
  const { local } = next;
  const held6 = local.v6 === undefined ? undefined : bestMatch(sockets, 'v6', local.v6);
  const held4 = local.v4 === undefined ? undefined : bestMatch(sockets, 'v4', local.v4, dualCost);
  const held = [held6, held4].find(
    (other) => other !== undefined && other.uid !== next.uid && (next.protocol === 'udp' || !isConnected(other)),
  );
  if (held === undefined) return undefined;
  const excepted = held === held6 ? bothAny(local.v6, held.local.v6) : bothAny(local.v4, held.local.v4);
  if (excepted && held.options.reuseportLb === true && held.options.reuseport !== true) {
    const found = conflict(world, next);
    if (found.outcomes[0] === 'ok') return decide(['EADDRINUSE', 'ok'], id['other-uid-lb'], held);
  }
  return decide('EADDRINUSE', id['other-uid'], held);
}

function bothAny(one: string | undefined, other: string | undefined): boolean {
  return one === ANY && other === ANY;
}

function conflict({ sockets }: World<undefined>, next: Socket): Prediction {
  const { local } = next;
  if (isV4(local)) {
    const held = holderOf(sockets, next, 'v4', local.v4, dualCost);
    if (held === undefined) return decide('ok', id.free);
    const wildcards = local.v4 === ANY && held.local.v4 === ANY;
    return (
      shared(next, held) ??
      (wildcards && next.family === 'inet6' && held.family === 'inet6'
        ? decide('ok', id['both-v6-wildcards'], held)
        : decide('EADDRINUSE', asksToShare(next) ? id['exact-match'] : id.overlap, held))
    );
  }
  const held = holderOf(sockets, next, 'v6', local.v6 ?? ANY);
  const share = held === undefined ? undefined : shared(next, held);
  if (held !== undefined && share === undefined) {
    return decide('EADDRINUSE', asksToShare(next) ? id['exact-match'] : id.overlap, held);
  }
  const held4 = isDual(local) ? holderOf(sockets, next, 'v4', ANY, dualCost) : undefined;
  if (held4 === undefined) return share ?? decide('ok', id.free);
  const refused = held4.local.v4 !== ANY || held4.family === 'inet6';
  return (
    shared(next, held4) ??
    (refused ? decide('EADDRINUSE', id['dual-v4-holder'], held4) : decide('ok', id['dual-skips-v4-wildcard'], held4))
  );
}

function shared(next: Socket, held: Socket): Prediction | undefined {
  if (sharesPort(next, held)) return decide('ok', id['reuseport-both'], held);
  return next.options.reuseportLb === true && held.options.reuseportLb === true
    ? decide('ok', id['reuseport-lb-both'], held)
    : undefined;
}
