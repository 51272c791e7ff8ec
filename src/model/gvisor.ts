import { canonical, isLoopback4, isMulticast, isWildcard, unmapped } from './address.ts';
import { isConnected, type Stack } from './bsd-scan.ts';
import { isBound, isMappedOnV6only, standing } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { refusedBy, registered, unregistered } from './gvisor-demuxer.ts';
import {
  added,
  boundEndpoint,
  connectedStacks,
  NO_SOCKETS,
  type GvisorEndpoint,
  endpointOf,
  entryOf,
  flagsOf,
  keyOf,
  unscoped,
  removed,
  requestOf,
  reregistered,
  type Stacks,
  stackOfAddress,
  withEndpoint,
} from './gvisor-endpoint.ts';
import {
  inTheWay,
  isMiscounted,
  concerns,
  type Reservations,
  released,
  type PortRequest,
  type Reserved,
  shared,
} from './gvisor-ports.ts';
import { gvisorRules } from './gvisor-rules.ts';
import { ANY, type Claims, NOTHING } from './overlap.ts';
import { releasedByRefusal } from './peers.ts';
import { gvisorDelivery } from './receive/gvisor.ts';
import { isReleased, withoutPeer } from './socket.ts';
import type { Outcome, Prediction, RuleId, Setting } from './types.ts';
import type { Socket, Step, System, Target, World } from './world.ts';

const { id, rules } = gvisorRules;

type Here = World<Stacks>;

/** The model of gVisor's network stack. */
export const gvisor: System<Stacks> = {
  name: 'gvisor',
  title: 'gVisor',
  summary:
    'A new socket needs a flag, SO_REUSEADDR or SO_REUSEPORT, that every reservation at each overlapping address has in common, as the options were when they were bound; who owns them does not matter. On exactly the address of a TCP listener only SO_REUSEPORT counts, at bind() and again at listen().',
  rules,
  v6onlyByDefault: false,
  hidden: NO_SOCKETS,
  releases: ['20260801', '20240729'],
  free: id.free,
  rechooses: true,
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id.listen),
  },
  lateV6only: decide('EINVAL', id['v6only-late']),
  delivery: gvisorDelivery,

  membership: ({ family }, group) =>
    family === 'inet6' && !group.includes(':') ? decide('EINVAL', id['join-other-family']) : undefined,

  shutDownUnconnected: ({ state }) => (state === 'listening' ? undefined : decide('ENOTCONN', id.shutdown)),

  send(world, socket, target) {
    const noWay = stackError(world, socket, target);
    return noWay === undefined ? undefined : decide(noWay, id['connect-other-stack']);
  },

  choosesFirst: ({ protocol }, _target, _outcome, op) =>
    protocol === 'udp' && op === 'send' ? id['send-binds-first'] : undefined,

  connect(world, socket, target) {
    const noWay = stackError(world, socket, target);
    if (noWay !== undefined) return decide(noWay, id['connect-other-stack']);
    if (socket.state === 'listening' || socket.state === 'shut-down') return decide('EINVAL', id['connect-again']);
    if (isReleased(socket)) return decide('ECONNABORTED', id.released);
    if (socket.protocol === 'tcp' && isConnected(socket)) return decide('EISCONN', id['connect-again']);
    const own = endpointOf(world.hidden, socket.id);
    if (own === undefined || target.to === undefined) return undefined;
    const next = connecting(own, socket, target);
    const isUdp = socket.protocol === 'udp';
    const without = isUdp ? unregistered(world.hidden.demuxer, entryOf(own)) : world.hidden.demuxer;
    if (refusedBy(without, entryOf(next)) === undefined) return undefined;
    return decide(isUdp ? 'EADDRINUSE' : 'EADDRNOTAVAIL', id['connect-same-peer']);
  },

  refused: (socket, _target, outcome) => releasedByRefusal(socket, outcome) ?? socket,

  rememberRefused({ hidden }, socket, target, outcome) {
    const own = endpointOf(hidden, socket.id);
    if (own === undefined) return hidden;
    const next = connecting(own, socket, target);
    if (socket.protocol === 'udp') return outcome === 'EADDRINUSE' ? reregistered(hidden, own, next) : hidden;
    // The name of the connection stays with a socket that cannot have it, and replaces its own for the release of the port.
    if (outcome === 'EADDRNOTAVAIL') return withEndpoint(hidden, { ...own, local: next.local, peer: next.peer });
    return releasedByRefusal(socket, outcome) === undefined ? hidden : removed(withEndpoint(hidden, next), socket.id);
  },

  reset: (socket) => withoutPeer(socket, NOTHING),

  disconnected(socket, { hidden }) {
    if (socket.protocol === 'tcp') return { left: socket, prediction: decide('EAFNOSUPPORT', id['disconnect-tcp']) };
    if (!isConnected(socket)) return { left: socket, prediction: decide('ok', id.free) };
    if (socket.autobound && !socket.sent) {
      return { left: undefined, prediction: decide('ok', id['disconnect-autobound']) };
    }
    // Where the name is taken the connection stays.
    const own = endpointOf(hidden, socket.id);
    const group = own === undefined ? undefined : refusedBy(hidden.demuxer, entryOf(unconnected(own, socket)));
    return group === undefined
      ? { left: withoutPeer(socket, socket.bound), prediction: decide('ok', id.free) }
      : { left: socket, prediction: decide('EADDRINUSE', id.registered, holderIn(group.sockets)) };
  },

  bind(world, next) {
    const argument = judgeArgument(world, next);
    if (isRefusal(argument)) return argument;
    const { ports, demuxer } = world.hidden;
    const endpoint = boundEndpoint(next);
    const wanted = requestOf(endpoint);
    const overlapping = ports.filter((one) => wanted.stacks.includes(one.stack) && concerns(one, wanted));
    if (next.chosen && next.protocol === 'tcp' && overlapping.length > 0) {
      return decide('EADDRINUSE', id['chosen-tcp'], holderIn(overlapping.flatMap(socketsOf)));
    }
    const group = refusedBy(demuxer, entryOf(endpoint));
    const isListener = next.protocol === 'tcp' && group !== undefined;
    if (isListener) return decide('EADDRINUSE', id.listener, holderIn(group.sockets));
    const refusal = stopped(ports, wanted, world.setting);
    if (refusal !== undefined) return refusal;
    if (group !== undefined) return decide('EADDRINUSE', id.registered, holderIn(group.sockets));
    return because(decide('ok', whyFree(world, overlapping, wanted.flags)), id.free, argument);
  },

  listen({ hidden }, socket) {
    if (isReleased(socket)) return decide('EINVAL', id.released);
    const own = endpointOf(hidden, socket.id);
    const group = own === undefined || isListed(hidden, own) ? undefined : refusedBy(hidden.demuxer, entryOf(own));
    return group === undefined ? decide('ok', id.listen) : decide('EADDRINUSE', id.listener, holderIn(group.sockets));
  },

  listenRefused: (socket) => ({ ...socket, local: NOTHING, state: 'shut-down' }),

  remember(world, { kind, socket, listener }: Step) {
    const { hidden, setting } = world;
    const own = endpointOf(hidden, socket.id);
    switch (kind) {
      case 'bind':
        return added(hidden, boundEndpoint(socket), socket.protocol === 'udp');
      case 'autobind':
        return added(hidden, autobound(socket), true);
      case 'accept':
        return added(hidden, accepted(hidden, socket, listener), true);
      case 'listen':
        return own === undefined || isListed(hidden, own)
          ? hidden
          : { ...hidden, demuxer: registered(hidden.demuxer, entryOf(own)) };
      case 'connect': {
        if (own === undefined) return hidden;
        const next = connecting(own, socket, targetIn(socket));
        if (socket.protocol === 'udp') return reregistered(hidden, own, next);
        return connectedTcp(hidden, own, next, setting);
      }
      case 'disconnect':
        if (socket.protocol === 'tcp') return isReleased(socket) ? removed(hidden, socket.id) : hidden;
        return own === undefined ? hidden : reregistered(hidden, own, unconnected(own, socket));
      case 'close':
        return removed(hidden, socket.id);
    }
  },
};

/** What is known of a connection that a socket has. */
function targetIn({ peer, local }: Socket): Pick<Target, 'to' | 'stack' | 'local'> {
  const stack = peer === undefined ? onlyStack(local) : stackOfAddress(peer.address);
  const address = stack === undefined ? undefined : local[stack];
  return { to: peer, stack, local: address === ANY ? undefined : address };
}

function onlyStack({ v4, v6 }: Claims): Stack | undefined {
  if (v4 === undefined) return 'v6';
  return v6 === undefined ? 'v4' : undefined;
}

/** A socket as a connection makes it. */
function connecting(
  own: GvisorEndpoint,
  socket: Socket,
  { to, stack, local }: Pick<Target, 'to' | 'stack' | 'local'>,
): GvisorEndpoint {
  const peer = peerKey(own, to);
  if (socket.protocol === 'udp') {
    const stacks = stack === undefined ? own.stacks : connectedStacks(socket, stack);
    return { ...own, stacks, peer, flags: flagsOf(socket), device: socket.device };
  }
  const address = own.local === ANY ? unscoped(local ?? UNKNOWN) : own.local;
  return { ...own, stacks: stack === undefined ? own.stacks : [stack], local: address, peer };
}

/** A socket whose port connect() or sendto() has chosen. sendto() binds it to the wildcard first. */
function autobound(socket: Socket): GvisorEndpoint {
  const bound = boundEndpoint(socket);
  if (socket.sent) return bound;
  const { to, stack = 'v4', local = UNKNOWN } = targetIn(socket);
  const isUdp = socket.protocol === 'udp';
  const peer = peerKey(bound, to);
  const stacks = isUdp ? connectedStacks(socket, stack) : [stack];
  return { ...bound, stacks, local: unscoped(local), peer, reservedFor: isUdp ? undefined : peer };
}

/** A connection has the flags and the device with which its listener was bound. */
function accepted(hidden: Stacks, socket: Socket, listener: number | undefined): GvisorEndpoint {
  const bound = (listener === undefined ? undefined : endpointOf(hidden, listener)) ?? boundEndpoint(socket);
  const { to, stack = 'v4', local = UNKNOWN } = targetIn(socket);
  const peer = peerKey({ ...bound, id: socket.id }, to);
  return { ...bound, id: socket.id, stacks: [stack], local: unscoped(local), peer, reservedFor: peer, reserves: true };
}

function unconnected(own: GvisorEndpoint, socket: Socket): GvisorEndpoint {
  return { ...own, peer: undefined, flags: flagsOf(socket), device: socket.device };
}

/** The peer as text. A wildcard means the socket's own address, or that of the loopback; an unknown one is like no other. */
function peerKey(own: GvisorEndpoint, to: Target['to']): string {
  if (to === undefined) return `${UNKNOWN} ${own.id}`;
  const address = unscoped(to.address);
  if (!isWildcard(address)) return keyOf(to);
  const loopback = address === '::' ? '::1' : '127.0.0.1';
  return keyOf({ ...to, address: own.local === ANY ? loopback : own.local });
}

/** A TCP connection is registered for packets. Over IPv6 it releases the IPv4 part of a dual-stack reservation. */
function connectedTcp(hidden: Stacks, own: GvisorEndpoint, next: GvisorEndpoint, { release }: Setting): Stacks {
  const isNarrowed =
    dateOf(release) >= NARROWS_SINCE && own.local === ANY && own.stacks.length === 2 && next.stacks[0] === 'v6';
  const ports = isNarrowed ? released(hidden.ports, { ...requestOf(own), stacks: ['v4'] }) : hidden.ports;
  const demuxer = registered(hidden.demuxer, entryOf(next));
  return withEndpoint({ ...hidden, ports, demuxer }, isNarrowed ? { ...next, narrowed: true } : next);
}

function isListed({ demuxer }: Stacks, { id: own, peer }: GvisorEndpoint): boolean {
  return demuxer.some((group) => group.peer === peer && group.sockets.includes(own));
}

/** The error of a connect() or sendto() to a stack in which the socket's address is not. */
function stackError({ hidden }: Here, socket: Socket, { to, stack }: Target): Outcome | undefined {
  if (socket.family === 'inet' || stack === undefined) return undefined;
  if (to !== undefined && isWildcard(canonical(to.address).address)) return undefined;
  const { local } = endpointOf(hidden, socket.id) ?? boundEndpoint(socket);
  const isElsewhere = local !== ANY && local !== UNKNOWN && stackOfAddress(local) !== stack;
  if (isElsewhere) return stack === 'v6' ? 'EINVAL' : 'ENETUNREACH';
  return socket.v6only && stack === 'v4' ? 'EHOSTUNREACH' : undefined;
}

/** The day on which gVisor began to release the reservation in IPv4 (066d932b8). */
const NARROWS_SINCE = 20_250_428;

/** Stands for an address that the caller did not give. */
const UNKNOWN = '?';

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

function judgeArgument(world: Here, next: Socket): Prediction | undefined {
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

/** Why a bind is refused by the table of ports; undefined if it is not. */
function stopped(ports: Reservations, wanted: PortRequest, { release }: Setting): Prediction | undefined {
  const owned = inTheWay(
    ports.filter((one) => !isLeaked(one)),
    wanted,
  );
  if (owned !== undefined) return decide('EADDRINUSE', id[reasonOf(owned)], holderIn(socketsOf(owned)));
  if (inTheWay(ports, wanted) === undefined) return undefined;
  return decide(dateOf(release) < NARROWS_SINCE ? 'EADDRINUSE' : ['EADDRINUSE', 'ok'], id.leak);
}

function isLeaked({ owners }: Reserved): boolean {
  return owners.length > 0 && owners.every(({ socket }) => socket < 0);
}

function reasonOf(one: Reserved): 'connect-both-stacks' | 'connection' | 'late-release' | 'flags' {
  if (one.stack === 'v4' && one.address.includes(':')) return 'connect-both-stacks';
  if (one.peer !== undefined) return 'connection';
  return isMiscounted(one) ? 'late-release' : 'flags';
}

function whyFree({ hidden }: Here, overlapping: Reservations, flags: number): RuleId {
  if (hidden.endpoints.some(({ narrowed }) => narrowed === true)) return id['D2-narrowed'];
  const last = overlapping.at(-1);
  if (last === undefined) return id.free;
  return last.peer !== undefined && (shared(last.references) & flags) === 0 ? id.connection : id['shared-flag'];
}

function socketsOf({ owners }: Reserved): readonly number[] {
  return owners.map(({ socket }) => socket);
}

/** The first of these sockets that is there still. */
function holderIn(sockets: readonly number[]): { readonly id: number } | undefined {
  const there = sockets.find((socket) => socket >= 0);
  return there === undefined ? undefined : { id: there };
}
