import { isBound, isLocal } from './checks.ts';
import { decide } from './decide.ts';
import { ANY, type Claims, isLoopback4, isMapped, isMulticast } from './overlap.ts';
import { ruleBook } from './rules.ts';
import type { Prediction, RuleId } from './types.ts';
import type { Socket, Step, System, World } from './world.ts';

const SENTRY = 'gVisor 3c5eee17dc45';
const PORTS = { name: SENTRY, where: 'pkg/tcpip/ports/ports.go' };
const TCP = { name: SENTRY, where: 'pkg/tcpip/transport/tcp/endpoint.go' };

const { id, rules } = ruleBook('gvisor', {
  free: { prose: 'No reservation overlaps the name.', source: PORTS, known: 'source' },
  flags: {
    prose:
      'At each overlapping address the new socket must share a flag, SO_REUSEADDR or SO_REUSEPORT, that all reservations there have in common; owners are not compared.',
    source: PORTS,
    known: 'source',
  },
  'shared-flag': {
    prose:
      'All reservations at each overlapping address share a flag with the new socket, as it was when they were bound.',
    source: PORTS,
    known: 'source',
  },
  listener: {
    prose:
      'On exactly the address of a listening TCP socket another needs SO_REUSEPORT on both, at bind() and again at listen(); SO_REUSEADDR does not help there, but it does between a wildcard and an address.',
    source: TCP,
    known: 'source',
  },
  connection: {
    prose:
      'A connection reserves its address together with its peer, so all that it can spoil for a new bind is the sharing by SO_REUSEADDR. Whether SO_REUSEPORT on the new socket alone suffices is not known for certain.',
    source: PORTS,
    known: 'source',
    unverified: true,
  },
  listen: { prose: 'No other socket listens on the same address.', source: TCP, known: 'source' },
  'not-local': { prose: 'The address belongs to no interface.', source: TCP, known: 'source' },
  'mapped-on-v6only': {
    prose: 'A v4-mapped address on a socket with IPV6_V6ONLY=1 is taken to be an invalid argument, as on Linux.',
    source: TCP,
    known: 'reported',
    unverified: true,
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: TCP, known: 'source' },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: TCP, known: 'source' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: TCP, known: 'source' },
});

const MOST_RECENT = 1;
const LOAD_BALANCED = 2;
const TUPLE_ONLY = 4;
const EVERY = MOST_RECENT | LOAD_BALANCED | TUPLE_ONLY;

/** What a socket reserved when it was bound; options and device are frozen in it. */
interface Reservation {
  readonly id: number;
  readonly claims: Claims;
  readonly device: string | undefined;
  readonly flags: number;
  /** Whether it is that of one connection, rather than of an address as such. */
  readonly connection: boolean;
}

type Reservations = readonly Reservation[];

/** The model of gVisor's network stack. */
export const gvisor: System<Reservations> = {
  name: 'gvisor',
  title: 'gVisor',
  summary:
    'A new socket needs a flag, SO_REUSEADDR or SO_REUSEPORT, that every reservation at each overlapping address has in common, as the options were when they were bound; who owns them does not matter. On exactly the address of a TCP listener only SO_REUSEPORT counts, at bind() and again at listen().',
  rules,
  v6onlyByDefault: false,
  hidden: [],
  free: id.free,
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id.listen),
  },

  bind(world, next) {
    const refused = badArgument(world, next);
    if (refused !== undefined) return refused;
    const wanted = reservation(next);
    return besideListener(world, wanted) ?? reserve(world.hidden, wanted);
  },

  listen(world, socket) {
    const own = world.hidden.find((other) => other.id === socket.id);
    return (own === undefined ? undefined : besideListener(world, own)) ?? decide('ok', id.listen);
  },

  remember({ hidden }, step: Step) {
    if (step.kind === 'close') return hidden.filter((other) => other.id !== step.socket.id);
    if (step.kind === 'bind') return [...hidden, reservation(step.socket)];
    if (step.kind === 'accept' || step.kind === 'autobind') {
      return [...hidden, { ...reservation(step.socket), claims: step.socket.local, connection: true }];
    }
    return hidden;
  },
};

function badArgument(world: World<Reservations>, next: Socket): Prediction | undefined {
  if (isBound(world, next)) return decide('EINVAL', id['already-bound']);
  if (next.v6only && isMapped(next.address)) return decide('EINVAL', id['mapped-on-v6only']);
  const local = isLocal(world, next, (address) => isLoopback4(address) || isMulticast(address));
  return local ? undefined : decide('EADDRNOTAVAIL', id['not-local']);
}

function reservation(socket: Socket): Reservation {
  const reuseaddr = socket.protocol === 'udp' ? MOST_RECENT : TUPLE_ONLY;
  const { options } = socket;
  return {
    id: socket.id,
    claims: socket.bound,
    device: socket.device,
    flags: (options.reuseaddr === true ? reuseaddr : 0) | (options.reuseport === true ? LOAD_BALANCED : 0),
    connection: false,
  };
}

function reserve(reservations: Reservations, wanted: Reservation): Prediction {
  let rule: RuleId = id.free;
  for (const stack of ['v4', 'v6'] as const) {
    const address = wanted.claims[stack];
    if (address === undefined) continue;
    const shared = new Map<string, number>();
    for (const old of reservations) {
      const held = old.claims[stack];
      if (held === undefined || !devicesMeet(wanted, old)) continue;
      if (address !== ANY && held !== ANY && held !== address) continue;
      const flags = old.connection ? old.flags | MOST_RECENT | LOAD_BALANCED : old.flags;
      const common = (shared.get(held) ?? EVERY) & flags;
      shared.set(held, common);
      if ((common & wanted.flags) === 0) return decide('EADDRINUSE', old.connection ? id.connection : id.flags, old);
      if (old.connection && (old.flags & wanted.flags) === 0) {
        return decide(['ok', 'EADDRINUSE'], id.connection, old);
      }
      rule = id['shared-flag'];
    }
  }
  return decide('ok', rule);
}

/** Refuses what is not balanced with every listener on exactly the same address. */
function besideListener({ sockets, hidden }: World<Reservations>, wanted: Reservation): Prediction | undefined {
  for (const socket of sockets) {
    if (socket.state !== 'listening' || socket.id === wanted.id) continue;
    const old = hidden.find((other) => other.id === socket.id);
    if (old === undefined || old.device !== wanted.device || !sameAddress(old.claims, wanted.claims)) continue;
    if ((old.flags & wanted.flags & LOAD_BALANCED) === 0) return decide('EADDRINUSE', id.listener, old);
  }
  return undefined;
}

function sameAddress(a: Claims, b: Claims): boolean {
  return (a.v4 !== undefined && a.v4 === b.v4) || (a.v6 !== undefined && a.v6 === b.v6);
}

function devicesMeet(a: Reservation, b: Reservation): boolean {
  return a.device === undefined || b.device === undefined || a.device === b.device;
}
