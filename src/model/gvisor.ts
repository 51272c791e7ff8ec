import { canonical, isLoopback4, isMulticast, unmapped } from './address.ts';
import { bothReuseaddr, isBound, isMappedOnV6only, standing } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { isConnected, isDual } from './bsd-scan.ts';
import { ANY, type Claims, claimsAny, NOTHING, overlap } from './overlap.ts';
import { peerTaken, releasedByRefusal } from './peers.ts';
import { gvisorRules } from './gvisor-rules.ts';
import { hasPeer, isReleased, withoutPeer } from './socket.ts';
import type { Outcome, Prediction, RuleId, Setting } from './types.ts';
import type { Socket, Step, System, Target, World } from './world.ts';

const { id, rules } = gvisorRules;

const MOST_RECENT = 1;
const LOAD_BALANCED = 2;
const TUPLE_ONLY = 4;
const EVERY = MOST_RECENT | LOAD_BALANCED | TUPLE_ONLY;

/** The reservation that a socket made when it was bound. Its flags and device do not change after that. */
interface Reservation {
  readonly id: number;
  readonly claims: Claims;
  readonly device: string | undefined;
  readonly flags: number;
  /** Whether it reserves one connection, and not a whole address. */
  readonly connection: boolean;
  /** Whether it gave up its part in IPv4. */
  readonly released?: boolean;
  /** The part that stays when its socket is gone. */
  readonly leaks?: Claims;
  /** Whether its socket has no port any more, so that it stays for ever. */
  readonly leaked?: boolean;
  /** The flags with which a UDP socket is registered for packets: those that it had at its last bind, connect or disconnect. */
  readonly registered: number;
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
  rechooses: true,
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id.listen),
  },
  lateV6only: decide('EINVAL', id['v6only-late']),

  shutDownUnconnected: ({ state }) => (state === 'listening' ? undefined : decide('ENOTCONN', id.shutdown)),

  send(_world, socket, target) {
    const noWay = hasPeer(socket) ? undefined : stackError(socket, target);
    return noWay === undefined ? undefined : decide(noWay, id['connect-other-stack']);
  },

  connect(world, socket, target) {
    if (socket.state === 'listening' || socket.state === 'shut-down') return decide('EINVAL', id['connect-again']);
    if (isReleased(socket)) return decide('ECONNABORTED', id.released);
    if (socket.protocol === 'tcp' && isConnected(socket)) return decide('EISCONN', id['connect-again']);
    const noWay = stackError(socket, target);
    if (noWay !== undefined) return decide(noWay, id['connect-other-stack']);
    if (socket.protocol === 'tcp') {
      return peerTaken(world, socket, target) ? decide('EADDRNOTAVAIL', id['connect-same-peer']) : undefined;
    }
    return isRegistered(world, socket, target) ? decide('EADDRINUSE', id['connect-same-peer']) : undefined;
  },

  refused: (socket, _target, outcome) => releasedByRefusal(socket, outcome) ?? socket,

  reset: (socket) => withoutPeer(socket, NOTHING),

  disconnected(socket, world) {
    if (socket.protocol === 'tcp') return { left: socket, prediction: decide('EAFNOSUPPORT', id['disconnect-tcp']) };
    if (!isConnected(socket)) return { left: socket, prediction: decide('ok', id.free) };
    if (socket.autobound && !socket.sent) {
      return { left: undefined, prediction: decide('ok', id['disconnect-autobound']) };
    }
    // Where the name is taken the connection stays.
    const taken = besideRegistered(world, socket);
    return taken === undefined
      ? { left: withoutPeer(socket, socket.bound), prediction: decide('ok', id.free) }
      : { left: socket, prediction: taken };
  },

  bind(world, next) {
    const argument = judgeArgument(world, next);
    if (isRefusal(argument)) return argument;
    const wanted = reservation(next);
    const reservations = reservationsOf(world);
    const held = next.chosen && next.protocol === 'tcp' ? reservations.find((old) => meets(wanted, old)) : undefined;
    if (held !== undefined) return decide('EADDRINUSE', id['chosen-tcp'], held);
    const reserved = besideListener(world, wanted) ?? reserve(reservations, wanted, world.setting);
    if (isRefusal(reserved)) return reserved;
    return besideRegistered(world, next) ?? because(reserved, id.free, argument);
  },

  listen(world, socket) {
    if (isReleased(socket)) return decide('EINVAL', id.released);
    const own = world.hidden.find((other) => other.id === socket.id);
    return (own === undefined ? undefined : besideListener(world, own)) ?? decide('ok', id.listen);
  },

  remember({ hidden, setting }, step: Step) {
    if (step.kind === 'close') {
      return hidden.flatMap((own) => (own.id === step.socket.id ? leakOf(own) : [own]));
    }
    if (step.kind === 'bind') return [...hidden, reservation(step.socket)];
    if (step.kind === 'accept' || step.kind === 'autobind') {
      const connection = step.socket.protocol === 'tcp';
      return [...hidden, { ...reservation(step.socket), claims: reservedBy(step.socket), connection }];
    }
    if (step.kind === 'disconnect' && step.socket.protocol === 'udp') {
      const registered = flagsOf(step.socket);
      return hidden.map((own) => (own.id === step.socket.id ? { ...own, registered } : own));
    }
    if (step.kind === 'connect') {
      return hidden.map((own) => (own.id === step.socket.id ? connected(own, step.socket, setting) : own));
    }
    return hidden;
  },
};

/**
 * What a socket reserves whose port connect() or accept() chose: its present name. A dual-stack UDP socket that connects over
 * IPv6 reserves its IPv6 address in both stacks, so that in IPv4 only the wildcard meets it.
 */
function reservedBy({ protocol, family, v6only, sent, local }: Socket): Claims {
  const isBoth = protocol === 'udp' && family === 'inet6' && !v6only && !sent && local.v4 === undefined;
  return isBoth && local.v6 !== ANY ? { v4: local.v6, v6: local.v6 } : local;
}

/** The reservation of a socket that has connected. */
function connected(own: Reservation, socket: Socket, { release }: Setting): Reservation {
  if (socket.protocol === 'udp') {
    const { leaks: _, ...kept } = own;
    const isLost = isDual(own.claims) && socket.local.v6 === undefined;
    return { ...kept, registered: flagsOf(socket), ...(isLost ? { leaks: { v4: undefined, v6: ANY } } : {}) };
  }
  const leaking = claimsAny(own.claims) ? { ...own, leaks: own.claims } : own;
  // A connection over IPv6 releases only the IPv4 part of the dual-stack socket's own reservation.
  return dateOf(release) >= NARROWS_SINCE && isOutOfV4(own, socket) ? narrowed(leaking) : leaking;
}

/** What is left of a reservation when its socket is gone. The number of the socket may be given to another. */
function leakOf(own: Reservation): Reservations {
  return own.leaks === undefined ? [] : [{ ...own, claims: own.leaks, id: -1 - own.id, leaked: true }];
}

/** The reservations that are there: of sockets that have lost their port only those that leak. */
function reservationsOf({ sockets, hidden }: World<Reservations>): Reservations {
  const released = new Set(sockets.filter((socket) => isReleased(socket)).map((socket) => socket.id));
  return hidden.flatMap((own) => (released.has(own.id) ? leakOf(own) : [own]));
}

/** The error of a connect() to a stack in which the socket's name is not. */
function stackError(socket: Socket, { stack }: Target): Outcome | undefined {
  if (socket.family === 'inet' || stack === undefined || socket.bound[stack] !== undefined) return undefined;
  if (stack === 'v6') return 'EINVAL';
  return socket.v6only ? 'EHOSTUNREACH' : 'ENETUNREACH';
}

/** Whether another UDP socket is registered for the same peer under the name that this one was bound to. */
function isRegistered({ sockets }: World<Reservations>, socket: Socket, { to }: Target): boolean {
  if (to === undefined) return false;
  return sockets.some(
    (other) =>
      other.id !== socket.id &&
      other.peer?.port === to.port &&
      canonical(other.peer.address).address === canonical(to.address).address &&
      sameAddress(other.bound, socket.bound) &&
      !bothReuseaddr(other, socket),
  );
}

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
  if (isMappedOnV6only(next)) return decide('EHOSTUNREACH', id['mapped-on-v6only']);
  const isTcp = next.protocol === 'tcp';
  switch (standing(world, next)) {
    case 'any':
    case 'own':
      return undefined;
    case 'group':
      return isTcp ? decide('EADDRNOTAVAIL', id['tcp-multicast']) : undefined;
    case 'limited-broadcast':
      return decide('ok', id[isTcp ? 'tcp-broadcast' : 'broadcast']);
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

function flagsOf({ protocol, options }: Socket): number {
  const reuseaddr = protocol === 'udp' ? MOST_RECENT : TUPLE_ONLY;
  return (options.reuseaddr === true ? reuseaddr : 0) | (options.reuseport === true ? LOAD_BALANCED : 0);
}

function reservation(socket: Socket): Reservation {
  const flags = flagsOf(socket);
  const { id: own, bound: claims, device } = socket;
  return { id: own, claims, device, flags, connection: false, registered: flags };
}

/**
 * Refuses a UDP socket, unless in each stack of its name it shares a flag with all that are registered there without a
 * peer under exactly that name. The flag need not be the same one in both stacks.
 */
function besideRegistered({ sockets, hidden }: World<Reservations>, socket: Socket): Prediction | undefined {
  if (socket.protocol === 'tcp') return undefined;
  const free = new Set(sockets.filter((other) => other.id !== socket.id && !isConnected(other)).map((one) => one.id));
  const registered = hidden.filter((other) => free.has(other.id) && other.device === socket.device);
  for (const stack of ['v4', 'v6'] as const) {
    const address = socket.bound[stack];
    const beside = registered.filter(({ claims }) => address !== undefined && claims[stack] === address);
    const common = beside.reduce((flags, other) => flags & other.registered, flagsOf(socket));
    if (beside.length > 0 && common === 0) return decide('EADDRINUSE', id.registered, beside[0]);
  }
  return undefined;
}

function reserve(reservations: Reservations, wanted: Reservation, { release }: Setting): Prediction {
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
      if ((common & wanted.flags) === 0 && old.leaked === true) {
        return decide(dateOf(release) < NARROWS_SINCE ? 'EADDRINUSE' : ['EADDRINUSE', 'ok'], id.leak);
      }
      if ((common & wanted.flags) === 0) {
        const isOfSix = stack === 'v4' && held.includes(':');
        return decide(
          'EADDRINUSE',
          isOfSix ? id['connect-both-stacks'] : old.connection ? id.connection : id.flags,
          old,
        );
      }
      rule = old.connection && (old.flags & wanted.flags) === 0 ? id.connection : id['shared-flag'];
    }
  }
  return decide('ok', rule);
}

/** Refuses a reservation, unless it shares by load balancing with every listener on exactly the same address. */
function besideListener({ sockets, hidden }: World<Reservations>, wanted: Reservation): Prediction | undefined {
  for (const socket of sockets) {
    // A listener that was shut down is still registered.
    if ((socket.state !== 'listening' && socket.state !== 'shut-down') || socket.id === wanted.id) continue;
    const old = hidden.find((other) => other.id === socket.id);
    if (old === undefined || old.device !== wanted.device || !sameAddress(old.claims, wanted.claims)) continue;
    if ((old.flags & wanted.flags & LOAD_BALANCED) === 0) return decide('EADDRINUSE', id.listener, old);
  }
  return undefined;
}

function meets(wanted: Reservation, old: Reservation): boolean {
  return devicesMeet(wanted, old) && overlap(wanted.claims, old.claims);
}

function sameAddress(a: Claims, b: Claims): boolean {
  return (a.v4 !== undefined && a.v4 === b.v4) || (a.v6 !== undefined && a.v6 === b.v6);
}

function devicesMeet(a: Reservation, b: Reservation): boolean {
  return a.device === undefined || b.device === undefined || a.device === b.device;
}
