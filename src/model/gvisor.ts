import { isLoopback4, isMulticast, unmapped } from './address.ts';
import { isBound, isMappedOnV6only, standing } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { ANY, type Claims } from './overlap.ts';
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
  'D2-narrowed': {
    prose:
      'Since 28 April 2025 a dual-stack TCP socket on :: that connects over IPv6 releases its reservation in IPv4; before, it keeps it.',
    source: TCP,
    known: 'observed',
  },
  'not-local': { prose: 'The address belongs to no interface.', source: TCP, known: 'source' },
  'tcp-multicast': {
    prose: 'TCP cannot be bound to a multicast address; UDP can.',
    source: { name: SENTRY, where: 'pkg/tcpip/transport/tcp/endpoint.go, bindLocked; seen on runsc of 2022 and 2024' },
    known: 'observed',
  },
  broadcast: {
    prose: 'UDP and TCP can be bound to the broadcast address of a subnet, and UDP to 255.255.255.255.',
    source: {
      name: SENTRY,
      where: 'pkg/tcpip/network/ipv4/ipv4.go, acquireAddressOrCreateTemp; seen on runsc 20240729',
    },
    known: 'observed',
  },
  'tcp-broadcast': {
    prose:
      'For TCP 255.255.255.255 is an address that every interface has, by the source; whether a bind to it succeeds was not seen.',
    source: { name: SENTRY, where: 'pkg/tcpip/network/ipv4/ipv4.go, enableLocked' },
    known: 'source',
    unverified: true,
  },
  scope: {
    prose:
      'A link-local address needs no scope; with one, that interface must have it. The scope of a multicast address is not looked at.',
    source: { name: SENTRY, where: 'pkg/tcpip/stack/stack.go, CheckLocalAddress' },
    known: 'source',
  },
  'mapped-on-v6only': {
    prose: 'A v4-mapped address on a socket with IPV6_V6ONLY=1 is taken to be an invalid argument, as on Linux.',
    source: TCP,
    known: 'reported',
    unverified: true,
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: TCP, known: 'source' },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: { name: SENTRY, where: 'pkg/tcpip/transport/tcp/endpoint.go, SetSockOptInt' },
    known: 'source',
  },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: TCP, known: 'source' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: TCP, known: 'source' },
});

const MOST_RECENT = 1;
const LOAD_BALANCED = 2;
const TUPLE_ONLY = 4;
const EVERY = MOST_RECENT | LOAD_BALANCED | TUPLE_ONLY;

/** The reservation that a socket made when it was bound. Its options and device do not change after that. */
interface Reservation {
  readonly id: number;
  readonly claims: Claims;
  readonly device: string | undefined;
  readonly flags: number;
  /** Whether it reserves one connection, and not a whole address. */
  readonly connection: boolean;
  /** Whether it gave up its part in IPv4. */
  readonly released?: boolean;
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
  releases: ['20260801', '20240729'],
  free: id.free,
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id.listen),
  },
  lateV6only: decide('EINVAL', id['v6only-late']),

  bind(world, next) {
    const argument = judgeArgument(world, next);
    if (isRefusal(argument)) return argument;
    const wanted = reservation(next);
    return because(besideListener(world, wanted) ?? reserve(world.hidden, wanted), id.free, argument);
  },

  listen(world, socket) {
    const own = world.hidden.find((other) => other.id === socket.id);
    return (own === undefined ? undefined : besideListener(world, own)) ?? decide('ok', id.listen);
  },

  remember({ hidden, setting }, step: Step) {
    if (step.kind === 'close') return hidden.filter((other) => other.id !== step.socket.id);
    if (step.kind === 'bind') return [...hidden, reservation(step.socket)];
    if (step.kind === 'accept' || step.kind === 'autobind') {
      return [...hidden, { ...reservation(step.socket), claims: step.socket.local, connection: true }];
    }
    // A connection over IPv6 releases only the IPv4 part of the dual-stack socket's own reservation.
    if (step.kind === 'connect' && step.socket.protocol === 'tcp' && dateOf(setting.release) >= NARROWS_SINCE) {
      return hidden.map((own) => (own.id === step.socket.id && isOutOfV4(own, step.socket) ? narrowed(own) : own));
    }
    return hidden;
  },
};

/** The day on which gVisor began to release the reservation in IPv4 (066d932b8). */
const NARROWS_SINCE = 20_250_428;

/**
 * The day in a release such as `20240729`, `release-20240729.0` or `2024-07-29`, as a number.
 * @throws RangeError for text without a day
 */
function dateOf(release: string | undefined): number {
  if (release === undefined) return Number.POSITIVE_INFINITY;
  const [, year, month, day] = /(20\d\d)-?(\d\d)-?(\d\d)/.exec(release) ?? [];
  if (year === undefined) throw new RangeError(`not a release of gVisor: ${release}`);
  return Number(`${year}${month}${day}`);
}

function isOutOfV4({ claims }: Reservation, { local }: Socket): boolean {
  return claims.v4 === ANY && claims.v6 === ANY && local.v4 === undefined;
}

function narrowed(own: Reservation): Reservation {
  return { ...own, claims: { v4: undefined, v6: own.claims.v6 }, released: true };
}

function judgeArgument(world: World<Reservations>, next: Socket): Prediction | undefined {
  if (isBound(world, next)) return decide('EINVAL', id['already-bound']);
  if (isMappedOnV6only(next)) return decide('EINVAL', id['mapped-on-v6only']);
  const isTcp = next.protocol === 'tcp';
  switch (standing(world, next)) {
    case 'any':
    case 'own':
      return undefined;
    case 'group':
      return isTcp ? decide('EADDRNOTAVAIL', id['tcp-multicast']) : undefined;
    case 'limited-broadcast':
      return isTcp ? decide(['ok', 'EADDRNOTAVAIL'], id['tcp-broadcast']) : decide('ok', id.broadcast);
    case 'broadcast':
      return decide('ok', id.broadcast);
    case 'no-scope': {
      const addresses = world.setting.host?.addresses;
      return addresses === undefined || addresses.includes(next.address)
        ? decide('ok', id.scope)
        : decide('EADDRNOTAVAIL', id['not-local']);
    }
    case 'wrong-scope':
    case 'no-such-scope':
      if (isMulticast(next.address))
        return isTcp ? decide('EADDRNOTAVAIL', id['tcp-multicast']) : decide('ok', id.scope);
      return decide('EADDRNOTAVAIL', id.scope);
    case 'unready':
    case 'anycast':
    case 'foreign':
      return isLoopback4(unmapped(next.address)) ? undefined : decide('EADDRNOTAVAIL', id['not-local']);
  }
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
  let rule: RuleId = reservations.some(({ released }) => released === true) ? id['D2-narrowed'] : id.free;
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

/** Refuses a reservation, unless it shares by load balancing with every listener on exactly the same address. */
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
