import { isLoopback4, isMapped, isMulticast, needsScope } from './address.ts';
import { isBound, isMappedOnV6only, standing } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { parseKernel } from './linux-kernel.ts';
import { FORGOTTEN, judgeTcp } from './linux-tcp.ts';
import { judgeUdp } from './linux-udp.ts';
import { claimsOf } from './overlap.ts';
import { peerTaken } from './peers.ts';
import { parseRelease, precedes } from './release.ts';
import { hasPeer, narrowed } from './socket.ts';
import { wineRules } from './wine-rules.ts';
import { EMPTY_TABLE, inTable, register, type AddressTable } from './wine-table.ts';
import type { Outcome, Prediction, Setting } from './types.ts';
import type { Socket, System, World } from './world.ts';

const { id, rules } = wineRules;

/** The state that Wine keeps for a port in addition to its sockets. */
interface WineHidden {
  readonly table: AddressTable;
}

type Here = World<WineHidden>;

/** The model of Wine on Linux. */
export const wine: System<WineHidden> = {
  name: 'wine',
  title: 'Wine on Linux',
  summary:
    'For TCP, Wine refuses an address that is already bound unless both sockets have SO_REUSEADDR, and lets SO_EXCLUSIVEADDRUSE on a wildcard stand for every address; the Linux host then still refuses what overlaps a listening socket. For UDP the Linux rules hold, with SO_REUSEADDR on both sockets as the only way to share; but an IPv4 address of an interface other than 127.0.0.1 stands for its whole interface.',
  rules,
  v6onlyByDefault: true,
  hidden: { table: EMPTY_TABLE },
  free: id.free,
  listenErrors: {
    udp: decide('WSAEOPNOTSUPP', id['listen-udp']),
    state: decide('WSAEINVAL', id['listen-state']),
    again: decide('ok', id['host-tcp']),
  },
  lateV6only: decide('WSAEINVAL', id['v6only-late']),

  bind(world, next) {
    if (isBound(world, next)) return decide('WSAEINVAL', id['already-bound']);
    const { hidden, sockets } = world;
    const taken = next.protocol === 'tcp' ? inTable(hidden.table, sockets, next) : undefined;
    if (taken !== undefined) return taken;
    const argument = judgeArgument(world, next);
    // What the host says of the name itself may be not known.
    const isOpen = (argument?.outcomes.length ?? 0) > 1;
    if (!isOpen && isRefusal(argument)) return argument;
    const found = next.protocol === 'udp' ? bindUdp(world, next) : fromHost(judgeHost(world, next), next);
    if (isOpen && found.outcomes[0] === 'ok') return argument ?? found;
    return because(found, id.free, argument);
  },

  remember({ hidden, sockets }, { kind, socket }) {
    if (kind !== 'bind' || socket.protocol === 'udp') return hidden;
    return { table: register(hidden.table, sockets, socket) };
  },

  connect(world, socket, target) {
    const error = socket.protocol === 'tcp' ? unfitForTcp(world, socket) : undefined;
    if (error !== undefined) return error;
    const isFour = target.stack === 'v6' && socket.local.v6 === undefined;
    const isOther = target.stack !== undefined && socket.bound[target.stack] === undefined;
    if (socket.family === 'inet6' && (isFour || isOther)) {
      return decide(target.stack === 'v4' ? 'WSAENETUNREACH' : 'WSAEOPNOTSUPP', id['connect-other-stack']);
    }
    if (socket.protocol === 'udp') return undefined;
    return peerTaken(world, socket, target) ? decide('WSAEADDRNOTAVAIL', id['connect-same-peer']) : undefined;
  },

  refused(socket, _target, outcome) {
    if (socket.protocol === 'udp') return socket;
    if (outcome === 'WSAECONNABORTED') return { ...socket, refused: false };
    return outcome === 'WSAECONNREFUSED' ? { ...socket, refused: true } : socket;
  },

  // On the host such a socket is bound to a wildcard.
  takesRoute: ({ setting }, socket) => socket.protocol === 'udp' && placeOf(socket, setting) !== 'as it is',

  disconnected(socket) {
    if (socket.protocol === 'tcp') {
      return { left: socket, prediction: decide(hasPeer(socket) ? 'WSAEISCONN' : 'ok', id['connect-state']) };
    }
    const peer = { address: socket.local.v6 === null ? '127.0.0.1' : '::1', port: 0 };
    const local = narrowed(socket.local, peer.address, { v6onlyByDefault: true });
    return { left: { ...socket, local, peer, state: 'connected' }, prediction: decide('ok', id.disconnect) };
  },

  shutDownUnconnected: ({ protocol }) => (protocol === 'udp' ? undefined : decide('WSAENOTCONN', id.shutdown)),

  listen(world, socket) {
    if (socket.refused) return decide('WSAEINVAL', id['refused-connect']);
    const host = judgeHost(world, { ...socket, state: 'listening' });
    return host.outcomes[0] === 'ok' ? decide('ok', id.free) : { ...host, outcomes: IN_USE, rule: id['host-tcp'] };
  },
};

const IN_USE: readonly Outcome[] = ['WSAEADDRINUSE'];

/** The possible outcomes for a name that only the host can judge. */
const BY_HOST: readonly Outcome[] = ['ok', 'WSAEADDRNOTAVAIL', 'WSAEINVAL'];

/** The error of a TCP connect() that comes from the state of the socket. */
function unfitForTcp({ setting }: Here, socket: Socket): Prediction | undefined {
  if (socket.state === 'listening') return decide('WSAEINVAL', id['connect-state']);
  if (hasPeer(socket)) return decide('WSAEISCONN', id['connect-state']);
  if (!socket.refused) return undefined;
  // The first release in which the server tries again by itself is not known.
  const isOld = setting.release !== undefined && precedes(parseRelease(setting.release, 'Wine'), [9, 0]);
  return decide(isOld ? 'WSAECONNABORTED' : ['WSAECONNABORTED', 'ok'], id['refused-connect']);
}

function judgeArgument(world: Here, next: Socket): Prediction | undefined {
  if (isMappedOnV6only(next)) return decide('WSAEINVAL', id['mapped-on-v6only']);
  const place = standing(world, next);
  const isByServer = next.protocol === 'udp' && next.family === 'inet' && leavesToHost(world.setting) !== true;
  if (isByServer && place === 'foreign' && !isLoopback4(next.address) && world.setting.release === undefined) {
    return decide(['ok', 'WSAEADDRNOTAVAIL'], id['udp-host-9.0']);
  }
  if (isByServer) return undefined;
  switch (place) {
    case 'any':
    case 'own':
      return undefined;
    case 'limited-broadcast':
    case 'broadcast':
      return decide('ok', id.shared);
    case 'group':
      if (next.protocol === 'tcp' && !isMapped(next.address) && next.family === 'inet6') {
        return decide('WSAEINVAL', id.shared);
      }
      return needsScope(next.address) ? decide(BY_HOST, id['host-address']) : decide('ok', id.shared);
    case 'no-scope':
      return isOwn(world.setting, next.address) ? decide('ok', id['link-local']) : decide(BY_HOST, id['host-address']);
    case 'no-such-scope':
      if (isMulticast(next.address)) return decide(BY_HOST, id['host-address']);
      return decide('WSAEADDRNOTAVAIL', id['not-local']);
    case 'wrong-scope':
    case 'unready':
    case 'anycast':
    case 'foreign':
      return isLoopback4(next.address) ? undefined : decide('WSAEADDRNOTAVAIL', id['not-local']);
  }
}

/** Whether an interface has the address; if the caller gave no addresses, every one counts as such. */
function isOwn({ host }: Setting, address: string): boolean {
  return host?.addresses === undefined || host.addresses.includes(address);
}

/** Whether the server leaves an address that no interface has to the host; undefined if the release is not known. */
function leavesToHost({ release }: Setting): boolean | undefined {
  return release === undefined ? undefined : !precedes(parseRelease(release, 'Wine'), [9, 0]);
}

/** The socket as Wine makes it on the host. */
function onHost(socket: Socket): Socket {
  return { ...socket, options: { reuseaddr: socket.protocol === 'tcp' || socket.options.reuseaddr === true } };
}

function judgeHost(world: Here, next: Socket): Prediction {
  const sockets = world.sockets.map(onHost);
  const kernel = parseKernel(world.setting.kernel);
  if (next.protocol === 'tcp') return judgeTcp(sockets, FORGOTTEN, onHost(next), kernel);
  const order = sockets.map((socket) => socket.id);
  return judgeUdp(sockets, { byPort: order, byAddress: order }, onHost(next), kernel);
}

function fromHost(host: Prediction, next: Socket): Prediction {
  const rule = next.protocol === 'tcp' ? id['host-tcp'] : id['host-udp'];
  if (host.outcomes[0] === 'ok') return { ...host, rule: host.holder === undefined ? id.free : rule };
  return { ...host, outcomes: [next.options.reuseaddr === true ? 'WSAEACCES' : 'WSAEADDRINUSE'], rule };
}

/** Judges the sockets after replacing each specific IPv4 address by the wildcard and tie that Wine makes on the host. */
function bindUdp(world: Here, next: Socket): Prediction {
  const judge = (unknown: UnknownInterface) => {
    const tied = (socket: Socket) => onInterface(socket, world.setting, unknown);
    return fromHost(judgeHost({ ...world, sockets: world.sockets.map(tied) }, tied(next)), next);
  };
  const [one, each] = [judge('one for all'), judge('one for each')];
  if (one.outcomes[0] !== each.outcomes[0]) {
    return { ...one, outcomes: [...each.outcomes, ...one.outcomes], rule: id['udp-same-interface'] };
  }
  // The outcome for the addresses that the programs asked for shows whether the interfaces decided.
  const plain = fromHost(judgeHost(world, next), next);
  if (plain.outcomes[0] === one.outcomes[0]) return one;
  const holder = world.sockets.find((socket) => socket.id === one.holder);
  const nowhere = [next, holder].some((socket) => socket !== undefined && placeOf(socket, world.setting) === 'nowhere');
  return { ...one, rule: nowhere ? id['udp-no-interface'] : id['udp-interface'] };
}

/** The assumption for addresses whose interface is not known: all have the same one, or each has its own. */
type UnknownInterface = 'one for all' | 'one for each';

/**
 * Whether Wine uses the address as it is; or the address is on no interface, or on an unknown one; or the name of its
 * interface. Interface names of the kernel contain no spaces or slashes.
 */
function placeOf({ address, family }: Socket, setting: Setting): 'as it is' | 'nowhere' | 'not known' | (string & {}) {
  const { host } = setting;
  if (family !== 'inet' || address === '0.0.0.0' || address === '127.0.0.1') return 'as it is';
  // No interface has the other addresses of 127.0.0.0/8, but they are local too.
  const isForeign = host?.addresses === undefined ? isLoopback4(address) : !host.addresses.includes(address);
  if (isForeign) return leavesToHost(setting) === true ? 'as it is' : 'nowhere';
  return Object.entries(host?.devices ?? {}).find(([, addresses]) => addresses.includes(address))?.[0] ?? 'not known';
}

/** The socket with its address replaced by the wildcard on its interface. connect() narrows it like any wildcard. */
function onInterface(socket: Socket, setting: Setting, unknown: UnknownInterface): Socket {
  const place = placeOf(socket, setting);
  if (place === 'as it is') return socket;
  const wildcard = claimsOf('inet', '0.0.0.0', false);
  // If a wildcard socket connects to any address of 127.0.0.0/8, Linux gives it the address of the loopback interface.
  const present = isLoopback4(socket.address) ? claimsOf('inet', '127.0.0.1', false) : socket.local;
  const wide = { ...socket, bound: wildcard, local: socket.state === 'bound' ? wildcard : present };
  if (place === 'nowhere') return wide;
  return {
    ...wide,
    device: place === 'not known' && unknown === 'one for each' ? `its own: ${socket.address}` : place,
  };
}
