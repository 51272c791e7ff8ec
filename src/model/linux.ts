import { isLoopback4, isMapped, isMulticast, needsScope } from './address.ts';
import { isMappedOnV6only, lacksPrivilege, standing } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { type Kernel, parseKernel } from './linux-kernel.ts';
import { linuxRules } from './linux-rules.ts';
import { FORGOTTEN, judgeTcp, mayChooseTcp, type PortMemory, rememberTcp } from './linux-tcp.ts';
import { type Chains, EMPTY, judgeUdp, rememberUdp } from './linux-udp.ts';
import { isOutOfRange } from './linux-range.ts';
import { bucketOf, isInOtherVrf } from './linux-vrf.ts';
import { ANY, claimsOf, NOTHING } from './overlap.ts';
import { peerTaken, withoutPort } from './peers.ts';
import { isReleased, withoutPeer } from './socket.ts';
import type { Outcome, Prediction, Setting } from './types.ts';
import type { Socket, Step, System, Target, World } from './world.ts';

const { id, rules } = linuxRules;

/** The state that Linux keeps for a port in addition to its sockets. */
export interface LinuxHidden {
  /** The memory of each bucket of the TCP port: one for each VRF, and one for all other sockets. */
  readonly memories: Readonly<Record<string, PortMemory>>;
  /** The bucket that each TCP socket went into when it got the port, if it is the bucket of a VRF. */
  readonly buckets: Readonly<Record<number, string>>;
  readonly chains: Chains;
}

type Here = World<LinuxHidden>;

/** The model of Linux. */
export const linux: System<LinuxHidden> = {
  name: 'linux',
  title: 'Linux',
  summary:
    'Two names that overlap conflict in either order, unless both sockets have SO_REUSEADDR (and, for TCP, the first is not listening) or both have SO_REUSEPORT and one owner. TCP listen() asks the same question again, so that of two sockets that share a name by SO_REUSEADDR only one can listen.',
  rules,
  v6onlyByDefault: false,
  hidden: { memories: {}, buckets: {}, chains: EMPTY },
  free: id.free,
  scopeTies: true,
  hasAddressOnly: true,
  listenErrors: {
    udp: decide('EOPNOTSUPP', id['listen-udp']),
    state: decide('EINVAL', id['listen-state']),
    again: decide('ok', id['listen-again']),
  },
  lateV6only: decide('EINVAL', id['v6only-late']),

  shutDownUnconnected: ({ state }) => (state === 'listening' ? undefined : decide('ENOTCONN', id.shutdown)),

  bind(world, next) {
    const argument = judgeArgument(world, next);
    return isRefusal(argument) ? argument : because(judge(world, next), id.free, argument);
  },

  listen(world, socket) {
    // A port that the system chose is not chosen again.
    return judge(world, { ...socket, chosen: false, state: 'listening' });
  },

  connect(world, socket, target) {
    const isFree = socket.state === 'bound' || socket.state === 'shut-down';
    if (socket.protocol === 'tcp' && !isFree) return decide('EISCONN', id['connect-again']);
    const noWay = otherStack(socket, target);
    if (noWay !== undefined || socket.protocol === 'udp') return noWay;
    if (peerTaken(world, socket, target, true)) return decide('EADDRNOTAVAIL', id['connect-same-peer']);
    return socket.overIPv4 && target.stack === 'v6'
      ? decide(['ETIMEDOUT', 'EINPROGRESS'], id['connect-after-ipv4'])
      : undefined;
  },

  takesRoute,

  choosesFirst: ({ protocol }) => (protocol === 'udp' ? id['connect-chooses-first'] : undefined),

  send(_world, socket, target) {
    return otherStack(socket, target) ?? (target.to?.port === 0 ? decide('EINVAL', id['send-port-0']) : undefined);
  },

  shutDown: (socket) => (isLent(socket) ? withoutPort(socket) : { ...socket, state: 'shut-down' }),

  refused(before, { local, stack }, outcome, world) {
    // A call over IPv4 that finds no way to its peer gives the socket the operations of IPv6 back.
    const isMappedPeer = before.protocol === 'tcp' && before.family === 'inet6' && stack === 'v4';
    const undone = isMappedPeer && NO_WAY.has(outcome) && before.overIPv4 && !before.v6only;
    const tried = isMappedPeer && NO_ANSWER.has(outcome) && !before.overIPv4;
    const socket = undone || tried ? { ...before, overIPv4: tried } : before;
    if (BEFORE_NAMES.has(outcome)) return socket;
    if (socket.protocol === 'tcp' && isLent(socket) && AFTER_ROUTE.has(outcome)) return { ...socket, local: NOTHING };
    // A socket that counts as bound to an address keeps the one that the failed call gave it.
    const mapped = socket.protocol === 'tcp' && socket.address === '::ffff:0.0.0.0' && socket.local.v4 === ANY;
    const sticks = mapped || (takesRoute(world, socket) && socket.local === socket.bound);
    const isGiven = local !== undefined && local !== '' && local !== socket.address;
    return sticks && isGiven
      ? { ...socket, local: claimsOf(local.includes(':') ? 'inet6' : 'inet', local, false) }
      : socket;
  },

  reset(socket) {
    // A socket that its program did not bind gives up its port. A socket that it did bind keeps its present address.
    return withoutPeer(socket, isLent(socket) ? NOTHING : socket.local);
  },

  disconnected(socket, world) {
    const untied = socket.protocol === 'udp' && socket.device !== undefined;
    const isClosed = socket.protocol === 'tcp' && socket.state === 'bound';
    if (isLent(socket) && !isClosed) return { left: undefined, prediction: decide('ok', id['autobound-released']) };
    const taken = takesRoute(world, socket);
    const sticks = socket.address === '::ffff:0.0.0.0' || taken;
    const left: Socket = {
      ...socket,
      local: sticks ? socket.local : socket.bound,
      state: 'bound',
      peer: undefined,
      device: socket.protocol === 'udp' ? undefined : socket.device,
    };
    const rule = taken
      ? id['connect-from-group']
      : sticks
        ? id['D1-mapped-wildcard-sticks']
        : untied
          ? id['disconnect-tie']
          : id.disconnect;
    return { left, prediction: decide('ok', rule) };
  },

  remember({ hidden, sockets, setting }, step) {
    const { socket } = step;
    if (socket.protocol === 'udp') return { ...hidden, chains: rememberUdp(hidden.chains, step) };
    const taken: Step = isReleased(socket) ? { ...step, kind: 'close' } : step;
    const bucket = hidden.buckets[socket.id] ?? bucketOf(setting, socket);
    const buckets = bucket === '' ? hidden.buckets : { ...hidden.buckets, [socket.id]: bucket };
    const others = sockets.filter((other) => (buckets[other.id] ?? '') === bucket && !isReleased(other));
    const memory = rememberTcp(hidden.memories[bucket] ?? FORGOTTEN, others, taken, kernelOf(setting));
    return { ...hidden, buckets, memories: { ...hidden.memories, [bucket]: memory } };
  },
};

/** Whether the socket has its port only for as long as it is used: its program did not name the port in bind(). */
function isLent({ chosen, autobound, accepted }: Socket): boolean {
  return chosen || autobound || accepted;
}

/** The errors of a connect() that got no connection after it had sent a packet, and those of one that sent none. */
const NO_ANSWER: ReadonlySet<Outcome> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT']);
const NO_WAY: ReadonlySet<Outcome> = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EINVAL', 'EACCES']);

/** The errors that connect() returns before it looks for a local address. */
const BEFORE_NAMES: ReadonlySet<Outcome> = new Set(['EISCONN', 'EAFNOSUPPORT']);

/** The errors that a TCP socket's connect() returns after it has found a route: they take the port from a socket that was lent it. */
const AFTER_ROUTE: ReadonlySet<Outcome> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
]);

function kernelOf({ release, kernel }: Setting): Kernel {
  return parseKernel(release ?? kernel);
}

/** What connect() and sendto() return if the socket is not in the stack of the peer. */
function otherStack({ family, local, bound }: Socket, { stack }: Target): Prediction | undefined {
  if (family === 'inet' || stack === undefined) return undefined;
  const isFour = stack === 'v6' && local.v6 === undefined;
  if (!isFour && bound[stack] !== undefined) return undefined;
  return decide(stack === 'v4' ? 'ENETUNREACH' : 'EAFNOSUPPORT', id['connect-other-stack']);
}

function judge(world: Here, socket: Socket): Prediction {
  const { hidden, setting } = world;
  const sockets = world.sockets.filter((other) => !isReleased(other));
  const kernel = kernelOf(setting);
  if (socket.chosen && isOutOfRange(socket, setting, kernel)) return decide('EADDRINUSE', id['port-range']);
  // UDP chooses a port that bind() to it would get with the same options.
  if (socket.protocol === 'udp') return judgeUdp(sockets, hidden.chains, socket, kernel);
  const bucket = bucketOf(setting, socket);
  const own = sockets.filter((other) => (hidden.buckets[other.id] ?? '') === bucket);
  const memory = hidden.memories[bucket] ?? FORGOTTEN;
  const ask = (among: readonly Socket[]) =>
    socket.chosen
      ? mayChooseTcp(among, socket, setting.host?.autobindReuse === true)
      : judgeTcp(among, memory, socket, kernel);
  const found = ask(own);
  if (own.length === sockets.length || isRefusal(found)) return found;
  return isRefusal(ask(sockets)) ? decide('ok', id['vrf-tcp']) : found;
}

function judgeArgument(world: Here, next: Socket): Prediction | undefined {
  if (next.family === 'inet6' && world.setting.host?.ipv6 === false) return decide('EAFNOSUPPORT', id['no-ipv6']);
  const address = judgeAddress(world, next);
  const privilege = lacksPrivilege(world, next) ? decide('EACCES', id.privileged) : undefined;
  const isHeld = world.sockets.some((other) => other.id === next.id && !isReleased(other));
  const bound = isHeld ? decide('EINVAL', id['already-bound']) : undefined;
  if (next.family === 'inet') return isRefusal(address) ? address : (privilege ?? bound ?? address);
  if (next.protocol === 'tcp' && isMulticast(next.address) && !isMapped(next.address)) {
    return decide('EINVAL', id['v6-multicast']);
  }
  return privilege ?? bound ?? address;
}

function judgeAddress(world: Here, next: Socket): Prediction | undefined {
  if (isMappedOnV6only(next)) return decide('EINVAL', next.v6onlySaid ? id['mapped-on-v6only'] : id.bindv6only);
  const { host } = world.setting;
  const { device } = next;
  if (needsScope(next.address)) {
    if (device === undefined) return decide('EINVAL', id.scope);
    if (next.scope !== undefined && host?.devices !== undefined && !Object.hasOwn(host.devices, next.scope)) {
      return decide('ENODEV', id.scope);
    }
  }
  // The scope of a link-local address is the device that the socket is tied to.
  const place = standing(world, needsScope(next.address) ? { ...next, scope: device } : next);
  switch (place) {
    case 'any':
    case 'group':
      return undefined;
    case 'limited-broadcast':
    case 'broadcast':
      return decide('ok', id.broadcast);
    case 'no-scope':
    case 'no-such-scope':
    case 'wrong-scope':
      return (
        unlessAny(world, next) ?? decide('EADDRNOTAVAIL', next.scope === undefined ? id['not-on-device'] : id.scope)
      );
    case 'unready':
      return unlessAny(world, next) ?? decide('EADDRNOTAVAIL', id.tentative);
    case 'anycast':
    case 'foreign':
      if (isLoopback4(next.address) && !isInOtherVrf(world, next)) return undefined;
      return (
        unlessAny(world, next) ??
        decide('EADDRNOTAVAIL', isInOtherVrf(world, next) ? id['vrf-address'] : id['not-local'])
      );
    case 'own':
      if (isInOtherVrf(world, next)) return unlessAny(world, next) ?? decide('EADDRNOTAVAIL', id['vrf-address']);
      return isElsewhere(world, next)
        ? (unlessAny(world, next) ?? decide('EADDRNOTAVAIL', id['not-on-device']))
        : undefined;
  }
}

/** Whether the kernel keeps no source address for the name, because it is a group or a broadcast address. */
function takesRoute(world: Here, socket: Socket): boolean {
  if (socket.protocol !== 'tcp' || socket.family !== 'inet') return false;
  const place = standing(world, socket);
  const isBroadcast = place === 'broadcast' || place === 'limited-broadcast' || socket.address === LOOPBACK_BROADCAST;
  return isBroadcast || place === 'group';
}

/** The broadcast address of 127.0.0.0/8, which counts even if the caller did not give it. */
const LOOPBACK_BROADCAST = '127.255.255.255';

/** Allows a bind to an address that no interface has, if an option or a setting of the machine permits it. */
function unlessAny({ setting: { host } }: Here, next: Socket): Prediction | undefined {
  if (next.anyAddress) return decide('ok', id.freebind);
  const family = isMapped(next.address) ? 'inet' : next.family;
  return host?.nonlocalBind?.includes(family) === true ? decide('ok', id['nonlocal-bind']) : undefined;
}

/** Whether the address is ::1, which only one device has, and the socket is tied to a device that does not have it. */
function isElsewhere({ setting }: Here, next: Socket): boolean {
  if (next.device === undefined || next.address !== '::1') return false;
  return setting.host?.devices?.[next.device]?.includes(next.address) === false;
}
