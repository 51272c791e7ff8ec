import { isLoopback4, isMapped, isMulticast } from './address.ts';
import { isBound, isMappedOnV6only, standing } from './checks.ts';
import { because, decide, isRefusal } from './decide.ts';
import { parseKernel } from './linux-kernel.ts';
import { FORGOTTEN, judgeTcp } from './linux-tcp.ts';
import { judgeUdp } from './linux-udp.ts';
import { claimsOf } from './overlap.ts';
import { ruleBook } from './rules.ts';
import type { Outcome, Prediction, Setting } from './types.ts';
import type { Socket, System, World } from './world.ts';

const SERVER = 'Wine 8.0, server/sock.c';
const TABLE = { name: SERVER, where: 'check_addr_usage, register_bound_address' };
const HOST = { name: SERVER, where: 'init_socket, IOCTL_AFD_BIND, IOCTL_AFD_LISTEN' };
const INTERFACE = { name: SERVER, where: 'bind_to_interface' };

const { id, rules } = ruleBook('wine', {
  free: { prose: 'Neither Wine’s own table nor the Linux host stands in the way.', source: HOST, known: 'observed' },
  table: {
    prose:
      'Wine keeps a table of the TCP addresses that are bound, and refuses an address that is there unless both sockets have SO_REUSEADDR. A v4-mapped address is looked up as the IPv4 address too, after the IPv6 one; the first of the two that is refused gives the error.',
    source: TABLE,
    known: 'observed',
  },
  'exclusive-wildcard': {
    prose:
      'A wildcard with SO_EXCLUSIVEADDRUSE stands in that table for every address of its family; a dual-stack :: for those of both, and ::ffff:0.0.0.0 for those of IPv4 only. A dual-stack :: is looked up among the IPv6 addresses first. The error is WSAEACCES if the socket found is such a wildcard, or if the one that asks has SO_REUSEADDR, and WSAEADDRINUSE if not.',
    source: TABLE,
    known: 'observed',
  },
  'host-tcp': {
    prose:
      'On the host every TCP socket of Wine has SO_REUSEADDR, so Linux only refuses what overlaps a listening socket, at bind() and again at listen().',
    source: HOST,
    known: 'observed',
  },
  'host-udp': {
    prose: 'For UDP the host decides; SO_REUSEADDR is handed to it, SO_EXCLUSIVEADDRUSE is not.',
    source: HOST,
    known: 'observed',
  },
  'udp-interface': {
    prose:
      'A UDP bind to an IPv4 address of an interface, other than 127.0.0.1, becomes a wildcard bind on the host that is tied to that interface. So it conflicts with 127.0.0.1, and with every address of the same interface, but with none of another interface.',
    source: INTERFACE,
    known: 'observed',
  },
  'udp-no-interface': {
    prose:
      'A UDP bind to an IPv4 address that no interface has, such as 127.0.0.2 or one of another machine, becomes a plain wildcard bind on the host, and succeeds where that does.',
    source: INTERFACE,
    known: 'observed',
  },
  'udp-same-interface': {
    prose:
      'Whether two such addresses conflict depends on whether one interface has both, which is not known here; both outcomes are allowed.',
    source: INTERFACE,
    known: 'source',
  },
  'not-local': {
    prose: 'The address belongs to no interface of the host, and is not an IPv4 address of a UDP socket.',
    source: HOST,
    known: 'observed',
  },
  'host-address': {
    prose:
      'Whether TCP, or UDP over IPv6, can be bound to a multicast or broadcast address, or to a link-local one without a scope, is for the host to say, and was not looked at.',
    source: HOST,
    known: 'source',
    unverified: true,
  },
  'mapped-on-v6only': {
    prose: 'A v4-mapped address on a socket with IPV6_V6ONLY=1, the default, is refused by the host as invalid.',
    source: HOST,
    known: 'observed',
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: HOST, known: 'observed' },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: HOST,
    known: 'source',
  },
  shutdown: {
    prose: 'A TCP socket without a connection cannot be shut down, WSAENOTCONN, a listener too; a UDP socket can.',
    source: { name: 'Wine, server/sock.c', where: 'IOCTL_AFD_WINE_SHUTDOWN' },
    known: 'source',
  },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: HOST, known: 'observed' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: HOST, known: 'observed' },
});

/** The model of Wine on Linux. */
export const wine: System<undefined> = {
  name: 'wine',
  title: 'Wine on Linux',
  summary:
    'For TCP, Wine refuses an address that is already bound unless both sockets have SO_REUSEADDR, and lets SO_EXCLUSIVEADDRUSE on a wildcard stand for every address; the Linux host then still refuses what overlaps a listening socket. For UDP the Linux rules hold, with SO_REUSEADDR on both sockets as the only way to share; but an IPv4 address of an interface other than 127.0.0.1 stands for its whole interface.',
  rules,
  v6onlyByDefault: true,
  hidden: undefined,
  free: id.free,
  listenErrors: {
    udp: decide('WSAEOPNOTSUPP', id['listen-udp']),
    state: decide('WSAEINVAL', id['listen-state']),
    again: decide('ok', id['host-tcp']),
  },
  lateV6only: decide('WSAEINVAL', id['v6only-late']),

  shutDownUnconnected: ({ protocol }) => (protocol === 'udp' ? undefined : decide('WSAENOTCONN', id.shutdown)),

  bind(world, next) {
    const argument = judgeArgument(world, next);
    if (isRefusal(argument)) return argument;
    const found =
      next.protocol === 'udp' ? bindUdp(world, next) : (inTable(world, next) ?? fromHost(judgeHost(world, next), next));
    return because(found, id.free, argument);
  },

  listen(world, socket) {
    const host = judgeHost(world, { ...socket, state: 'listening' });
    return host.outcomes[0] === 'ok' ? decide('ok', id.free) : { ...host, outcomes: IN_USE, rule: id['host-tcp'] };
  },
};

const IN_USE: readonly Outcome[] = ['WSAEADDRINUSE'];

/** The possible outcomes for a name that only the host can judge. */
const BY_HOST: readonly Outcome[] = ['ok', 'WSAEADDRNOTAVAIL', 'WSAEINVAL'];

function judgeArgument(world: World<undefined>, next: Socket): Prediction | undefined {
  if (isBound(world, next)) return decide('WSAEINVAL', id['already-bound']);
  if (isMappedOnV6only(next)) return decide('WSAEINVAL', id['mapped-on-v6only']);
  if (next.protocol === 'udp' && next.family === 'inet') return undefined;
  switch (standing(world, next)) {
    case 'any':
    case 'own':
      return undefined;
    case 'group':
    case 'limited-broadcast':
    case 'broadcast':
    case 'no-scope':
      return decide(BY_HOST, id['host-address']);
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

/** One entry of the table. An entry that is `everywhere` means all addresses of its family. */
interface Entry {
  readonly address: string;
  readonly everywhere: boolean;
}

/** The entries that a socket makes in the table. A search for conflicts uses the same entries. */
function entriesOf({ family, v6only, address, options }: Socket): readonly Entry[] {
  const entry = (name: string): Entry => ({
    address: name,
    everywhere: options.exclusive === true && (name === '0.0.0.0' || name === '::'),
  });
  if (family === 'inet' || v6only) return [entry(address)];
  if (isMapped(address)) return [entry(address), entry(address.slice('::ffff:'.length))];
  return address === '::' && options.exclusive === true ? [entry('::'), entry('0.0.0.0')] : [entry(address)];
}

/** Asks the table for each entry in turn, as the server does: the IPv6 name of a dual-stack socket before its IPv4 one. */
function inTable({ sockets }: World<undefined>, next: Socket): Prediction | undefined {
  const reuse = next.options.reuseaddr === true;
  for (const asked of entriesOf(next)) {
    for (const old of sockets) {
      // An accepted connection has no entry of its own. The TCP state that a closed socket leaves has none either.
      if (old.accepted || old.state === 'time-wait' || old.state.startsWith('fin-wait')) continue;
      const found = entriesOf(old).find((entry) => meets(asked, entry));
      if (found === undefined || (reuse && old.options.reuseaddr === true)) continue;
      const rule = found.everywhere || asked.everywhere ? id['exclusive-wildcard'] : id.table;
      return decide(reuse || found.everywhere ? 'WSAEACCES' : 'WSAEADDRINUSE', rule, old);
    }
  }
  return undefined;
}

function meets(asked: Entry, there: Entry): boolean {
  if (isV4(there.address) !== isV4(asked.address)) return false;
  return there.everywhere || asked.everywhere || there.address === asked.address;
}

/** Whether the table treats the address as IPv4. A v4-mapped address is IPv6 there. */
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

/** Judges the sockets after replacing each specific IPv4 address by the wildcard and tie that Wine makes on the host. */
function bindUdp(world: World<undefined>, next: Socket): Prediction {
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
function placeOf({ address, family }: Socket, { host }: Setting): 'as it is' | 'nowhere' | 'not known' | (string & {}) {
  if (family !== 'inet' || address === '0.0.0.0' || address === '127.0.0.1') return 'as it is';
  // No interface has the other addresses of 127.0.0.0/8, but they are local too.
  if (host?.addresses === undefined ? isLoopback4(address) : !host.addresses.includes(address)) return 'nowhere';
  return Object.entries(host?.devices ?? {}).find(([, addresses]) => addresses.includes(address))?.[0] ?? 'not known';
}

/** The socket with its address replaced by the wildcard on its interface. connect() narrows it like any wildcard. */
function onInterface(socket: Socket, setting: Setting, unknown: UnknownInterface): Socket {
  const place = placeOf(socket, setting);
  if (place === 'as it is') return socket;
  const wildcard = claimsOf('inet', '0.0.0.0', false);
  // If a wildcard socket connects to any address of 127.0.0.0/8, Linux gives it the address of the loopback interface.
  const narrowed = isLoopback4(socket.address) ? claimsOf('inet', '127.0.0.1', false) : socket.local;
  const wide = { ...socket, bound: wildcard, local: socket.state === 'bound' ? wildcard : narrowed };
  if (place === 'nowhere') return wide;
  return {
    ...wide,
    device: place === 'not known' && unknown === 'one for each' ? `its own: ${socket.address}` : place,
  };
}
