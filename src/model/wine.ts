import { isBound, isLocal } from './checks.ts';
import { decide } from './decide.ts';
import { parseKernel } from './linux-kernel.ts';
import { FORGOTTEN, judgeTcp } from './linux-tcp.ts';
import { judgeUdp } from './linux-udp.ts';
import { claimsOf, isLoopback4, isMapped, isWildcard } from './overlap.ts';
import { ruleBook } from './rules.ts';
import type { Outcome, Prediction } from './types.ts';
import type { Socket, System, World } from './world.ts';

const SERVER = 'Wine 11.10, server/sock.c';
const TABLE = { name: SERVER, where: 'check_addr_usage, register_bound_address' };
const HOST = { name: SERVER, where: 'init_socket, IOCTL_AFD_BIND' };

const { id, rules } = ruleBook('wine', {
  free: { prose: 'Neither Wine’s own table nor the Linux host stands in the way.', source: HOST, known: 'source' },
  table: {
    prose:
      'Wine keeps a table of the TCP addresses that are bound, and refuses an address that is there unless both sockets have SO_REUSEADDR.',
    source: TABLE,
    known: 'source',
  },
  'exclusive-wildcard': {
    prose: 'A wildcard with SO_EXCLUSIVEADDRUSE stands in that table for every address of its family.',
    source: TABLE,
    known: 'source',
  },
  'host-tcp': {
    prose:
      'On the host every TCP socket of Wine has SO_REUSEADDR, so Linux only refuses what overlaps a listening socket, at bind() and again at listen().',
    source: HOST,
    known: 'source',
  },
  'host-udp': {
    prose: 'For UDP the host decides; SO_REUSEADDR is handed to it, SO_EXCLUSIVEADDRUSE is not.',
    source: HOST,
    known: 'source',
  },
  'udp-interface': {
    prose:
      'A UDP bind to a specific IPv4 address becomes a wildcard bind on its interface, so two such addresses may conflict on the host; how is not known for every interface.',
    source: HOST,
    known: 'source',
    unverified: true,
  },
  'not-local': { prose: 'The address belongs to no interface of the host.', source: HOST, known: 'source' },
  'mapped-on-v6only': {
    prose: 'A v4-mapped address on a socket with IPV6_V6ONLY=1, the default, is refused by the host as invalid.',
    source: HOST,
    known: 'reported',
    unverified: true,
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: HOST, known: 'source' },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: HOST, known: 'source' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: HOST, known: 'source' },
});

/** The model of Wine on Linux. */
export const wine: System<undefined> = {
  name: 'wine',
  title: 'Wine on Linux',
  summary:
    'For TCP, Wine refuses an address that is already bound unless both sockets have SO_REUSEADDR, and lets SO_EXCLUSIVEADDRUSE on a wildcard stand for every address; the Linux host then still refuses what overlaps a listening socket. For UDP the Linux rules hold, with SO_REUSEADDR on both sockets as the only way to share.',
  rules,
  v6onlyByDefault: true,
  hidden: undefined,
  free: id.free,
  listenErrors: {
    udp: decide('WSAEOPNOTSUPP', id['listen-udp']),
    state: decide('WSAEINVAL', id['listen-state']),
    again: decide('ok', id['host-tcp']),
  },

  bind(world, next) {
    const refused = badArgument(world, next);
    if (refused !== undefined) return refused;
    if (next.protocol === 'udp') return bindUdp(world, next);
    return inTable(world, next) ?? fromHost(judgeHost(world, next), next);
  },

  listen(world, socket) {
    const host = judgeHost(world, { ...socket, state: 'listening' });
    return host.outcomes[0] === 'ok' ? decide('ok', id.free) : { ...host, outcomes: IN_USE, rule: id['host-tcp'] };
  },
};

const IN_USE: readonly Outcome[] = ['WSAEADDRINUSE'];

function badArgument(world: World<undefined>, next: Socket): Prediction | undefined {
  if (isBound(world, next)) return decide('WSAEINVAL', id['already-bound']);
  if (next.v6only && isMapped(next.address)) return decide('WSAEINVAL', id['mapped-on-v6only']);
  return isLocal(world, next, isLoopback4) ? undefined : decide('WSAEADDRNOTAVAIL', id['not-local']);
}

/** The addresses under which a socket is entered, or looked up, in the table. */
function entries(socket: Socket): readonly string[] {
  if (socket.family === 'inet' || socket.v6only) return [socket.address];
  if (isMapped(socket.address)) return [socket.address, socket.address.slice('::ffff:'.length)];
  return socket.address === '::' && socket.options.exclusive === true ? ['::', '0.0.0.0'] : [socket.address];
}

function inTable({ sockets }: World<undefined>, next: Socket): Prediction | undefined {
  for (const old of sockets) {
    // A connection that was accepted has no entry of its own, and what a closed socket leaves has none either.
    if (old.state === 'accepted' || old.state === 'time-wait' || old.state.startsWith('fin-wait')) continue;
    const oldEverywhere = old.options.exclusive === true && isWildcard(old.address);
    const everywhere = next.options.exclusive === true && isWildcard(next.address);
    const hit = entries(next).some((mine) =>
      entries(old).some((held) => mine === held || ((everywhere || oldEverywhere) && isV4(mine) === isV4(held))),
    );
    const reuse = next.options.reuseaddr === true;
    if (!hit || (reuse && old.options.reuseaddr === true)) continue;
    const rule = oldEverywhere || everywhere ? id['exclusive-wildcard'] : id.table;
    return decide(reuse || oldEverywhere ? 'WSAEACCES' : 'WSAEADDRINUSE', rule, old);
  }
  return undefined;
}

function isV4(address: string): boolean {
  return !address.includes(':');
}

/** The socket as Wine makes it on the host. */
function onHost(socket: Socket): Socket {
  return { ...socket, options: { reuseaddr: socket.protocol === 'tcp' || socket.options.reuseaddr === true } };
}

function judgeHost(world: World<undefined>, next: Socket): Prediction {
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

/** A specific IPv4 address of a UDP socket may stand for its whole interface; both readings are allowed. */
function bindUdp(world: World<undefined>, next: Socket): Prediction {
  const plain = fromHost(judgeHost(world, next), next);
  const wide = { ...world, sockets: world.sockets.map(onInterface) };
  const other = fromHost(judgeHost(wide, onInterface(next)), next);
  if (plain.outcomes[0] === other.outcomes[0]) return plain;
  return { ...other, outcomes: [...plain.outcomes, ...other.outcomes], rule: id['udp-interface'] };
}

function onInterface(socket: Socket): Socket {
  if (socket.family !== 'inet' || isWildcard(socket.address)) return socket;
  const anyAddress = claimsOf('inet', '0.0.0.0', false);
  return { ...socket, bound: anyAddress, local: anyAddress, device: socket.device ?? 'its interface' };
}
