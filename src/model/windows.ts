import { isLoopback4 } from './address.ts';
import { isBound, isMappedOnV6only, standing } from './checks.ts';
import { decide } from './decide.ts';
import { ANY, claimsAny, overlap } from './overlap.ts';
import { ruleBook } from './rules.ts';
import { hasPeer } from './socket.ts';
import type { Outcome, Prediction } from './types.ts';
import type { Socket, System, World } from './world.ts';

const TABLES = {
  name: 'Microsoft, Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE',
  where: 'the tables for Windows Server 2003 and later',
};
const CODES = { name: 'Microsoft, Windows Sockets Error Codes', where: 'the code’s own entry' };
const WINE = { name: 'Wine 11.10, dlls/ws2_32/tests/sock.c', where: 'test_reuseaddr' };

const { id, rules } = ruleBook('windows', {
  free: { prose: 'No socket holds an overlapping name.', source: TABLES, known: 'vendor' },
  'same-address': {
    prose: 'On exactly the same address a second socket without SO_REUSEADDR gets WSAEADDRINUSE.',
    source: TABLES,
    known: 'vendor',
  },
  'reuseaddr-both': {
    prose: 'On the same address SO_REUSEADDR on both sockets permits the duplicate, across users too.',
    source: TABLES,
    known: 'vendor',
  },
  'reuseaddr-refused': {
    prose: 'A second socket that forces its way by SO_REUSEADDR is denied where the first did not set it.',
    source: TABLES,
    known: 'vendor',
  },
  'sources-disagree': {
    prose:
      'A second socket without options on a specific address whose first holder has SO_REUSEADDR is refused; Winsock’s table says WSAEADDRINUSE, the kernel sockets’ table WSAEACCES.',
    source: { name: 'Microsoft, Sharing Transport Addresses', where: 'the table' },
    known: 'vendor',
  },
  'broader-first': {
    prose:
      'A second socket on a more specific address than the first is let in for the same user; the more specific one then receives.',
    source: TABLES,
    known: 'vendor',
  },
  'broader-first-reuseaddr': {
    prose: 'With SO_REUSEADDR on both, another user may bind a more specific address too.',
    source: TABLES,
    known: 'vendor',
  },
  'broader-first-other-user': {
    prose: 'A more specific address under another user’s broader one is denied.',
    source: TABLES,
    known: 'vendor',
  },
  'exclusive-broader-first': {
    prose: 'SO_EXCLUSIVEADDRUSE on the first, broader socket denies every more specific one.',
    source: TABLES,
    known: 'vendor',
  },
  'narrower-first': {
    prose: 'A second socket on a broader address than the first is let in, across users too.',
    source: TABLES,
    known: 'vendor',
  },
  'exclusive-narrower-first': {
    prose: 'A second socket with SO_EXCLUSIVEADDRUSE is refused while a more specific address under it is held.',
    source: TABLES,
    known: 'vendor',
  },
  'dual-stack': {
    prose:
      'The dual-stack :: counts as broader than 0.0.0.0, and a v4-mapped address as the IPv4 address; so a dual-stack :: and 0.0.0.0 can both be bound.',
    source: { name: WINE.name, where: 'test_reuseaddr, test_ipv6only' },
    known: 'test-suite',
  },
  'dual-stack-unasserted': {
    prose:
      'How a dual-stack :: meets another user’s socket, a UDP socket, an IPv6 wildcard that is V6ONLY, or a broader second socket without SO_EXCLUSIVEADDRUSE is asserted nowhere; the rule of specificity is taken to hold.',
    source: TABLES,
    known: 'reported',
    unverified: true,
  },
  'exclusive-leftover': {
    prose: 'The address of a listener with SO_EXCLUSIVEADDRUSE stays held until its connections are gone.',
    source: { name: TABLES.name, where: 'remarks on SO_EXCLUSIVEADDRUSE' },
    known: 'vendor',
  },
  leftover: {
    prose: 'Without SO_EXCLUSIVEADDRUSE, accepted connections and TIME_WAIT do not stand in the way of a new bind.',
    source: { name: 'Wine 11.10, server/sock.c', where: 'init_socket sets SO_REUSEADDR on the host' },
    known: 'reported',
    unverified: true,
  },
  several: {
    prose: 'If there are several holders, any one of them is taken to be enough to refuse the bind.',
    source: TABLES,
    known: 'reported',
    unverified: true,
  },
  listen: {
    prose: 'listen() succeeds on what could be bound; of duplicate listeners the first receives.',
    source: WINE,
    known: 'test-suite',
  },
  'not-local': {
    prose: 'The address belongs to no interface; all of 127.0.0.0/8 does.',
    source: CODES,
    known: 'vendor',
  },
  multicast: {
    prose:
      'A multicast address cannot be bound; who wants its datagrams binds the wildcard and joins. One report says that it can.',
    source: {
      name: 'Reports of WSAEADDRNOTAVAIL for a multicast address on Windows',
      where:
        'nannou-org/citp#6, CCExtractor/ccextractor#668, hdds-team/hdds#4, audreyt/network-multicast#12, Tanganelli/CoAPthon#36, charlylima/XPlaneUDP#1; tsduck/tsduck#43 says otherwise',
    },
    known: 'reported',
    unverified: true,
  },
  'limited-broadcast': {
    prose: '255.255.255.255 is an address of no interface.',
    source: { name: 'ReactOS, modules/rostests/apitests/ws2_32/bind.c', where: 'the address 255.255.255.255' },
    known: 'test-suite',
  },
  'broadcast-denied': {
    prose: 'UDP is denied a broadcast address without SO_BROADCAST; what TCP gets is not said.',
    source: { name: 'Microsoft, bind function', where: 'WSAEACCES' },
    known: 'vendor',
  },
  'wrong-scope': {
    prose: 'A link-local address with the scope of an interface that does not have it is not available.',
    source: WINE,
    known: 'test-suite',
  },
  'idle-scope': {
    prose:
      'An IPv6 address that needs no scope is not available under the scope of an interface that does not have it.',
    source: { name: WINE.name, where: 'test_bind' },
    known: 'test-suite',
  },
  'excluded-port': {
    prose:
      'A port in an excluded range is denied, although no one listens there; the ranges that an administrator made are not.',
    source: {
      name: 'Reports of Hyper-V’s and WinNAT’s port ranges on Windows',
      where: 'netsh int ipv4 show excludedportrange',
    },
    known: 'reported',
    unverified: true,
  },
  'mapped-on-v6only': {
    prose:
      'A v4-mapped address on a socket with IPV6_V6ONLY=1, the default, is refused; with which error is not known for certain.',
    source: CODES,
    known: 'reported',
    unverified: true,
  },
  'already-bound': { prose: 'A socket that has a port cannot be bound again.', source: CODES, known: 'vendor' },
  'connect-again': {
    prose: 'A listener cannot connect, WSAEINVAL, and a connected TCP socket cannot connect again, WSAEISCONN.',
    source: { name: 'Microsoft, connect function', where: 'Return value' },
    known: 'vendor',
  },
  'v6only-late': {
    prose: 'IPV6_V6ONLY can only be set before bind().',
    source: CODES,
    known: 'reported',
    unverified: true,
  },
  shutdown: {
    prose: 'A TCP socket without a connection cannot be shut down, WSAENOTCONN, a listener too; a UDP socket can.',
    source: { name: 'Microsoft, shutdown function', where: 'WSAENOTCONN' },
    known: 'vendor',
  },
  'listen-udp': { prose: 'A UDP socket cannot listen.', source: CODES, known: 'vendor' },
  'listen-state': { prose: 'A connected TCP socket cannot listen.', source: CODES, known: 'vendor' },
});

/** The model of Windows, Vista and later. */
export const windows: System<undefined> = {
  name: 'windows',
  title: 'Windows',
  summary:
    'Names that differ in how specific they are can both be bound, in either order, unless the broader one belongs to another user or one side has SO_EXCLUSIVEADDRUSE. On exactly the same address both sockets need SO_REUSEADDR; one that only the second sets is denied with WSAEACCES.',
  rules,
  v6onlyByDefault: true,
  hidden: undefined,
  free: id.free,
  listenErrors: {
    udp: decide('WSAEOPNOTSUPP', id['listen-udp']),
    state: decide('WSAEINVAL', id['listen-state']),
    again: decide('ok', id.listen),
  },
  lateV6only: decide('WSAEINVAL', id['v6only-late']),

  shutDownUnconnected: ({ protocol }) => (protocol === 'udp' ? undefined : decide('WSAENOTCONN', id.shutdown)),

  bind(world, next) {
    return badArgument(world, next) ?? conflict(world, next);
  },

  connect(_world, socket) {
    if (socket.state === 'listening') return decide('WSAEINVAL', id['connect-again']);
    return socket.protocol === 'tcp' && hasPeer(socket) ? decide('WSAEISCONN', id['connect-again']) : undefined;
  },

  listen: () => decide('ok', id.listen),
};

function badArgument(world: World<undefined>, next: Socket): Prediction | undefined {
  if (isBound(world, next)) return decide('WSAEINVAL', id['already-bound']);
  if (isMappedOnV6only(next)) return decide(['WSAEADDRNOTAVAIL', 'WSAEINVAL'], id['mapped-on-v6only']);
  return badAddress(world, next) ?? excluded(world, next);
}

function badAddress(world: World<undefined>, next: Socket): Prediction | undefined {
  switch (standing(world, next)) {
    case 'own':
      return isUnderOtherScope(world, next) ? decide('WSAEADDRNOTAVAIL', id['idle-scope']) : undefined;
    case 'any':
    case 'no-scope':
    case 'unready':
      return undefined;
    case 'group':
      return decide('WSAEADDRNOTAVAIL', id.multicast);
    case 'limited-broadcast':
      return decide('WSAEADDRNOTAVAIL', id['limited-broadcast']);
    case 'broadcast':
      return next.protocol === 'udp'
        ? decide('WSAEACCES', id['broadcast-denied'])
        : decide(['WSAEADDRNOTAVAIL', 'WSAEACCES'], id['broadcast-denied']);
    case 'wrong-scope':
    case 'no-such-scope':
      return decide('WSAEADDRNOTAVAIL', id['wrong-scope']);
    case 'anycast':
    case 'foreign':
      return isLoopback4(next.address) ? undefined : decide('WSAEADDRNOTAVAIL', id['not-local']);
  }
}

/** Whether an address that needs no scope was given one, of an interface that does not have it. */
function isUnderOtherScope({ setting: { host } }: World<undefined>, { idleScope, address }: Socket): boolean {
  if (idleScope === undefined || host?.devices === undefined) return false;
  return host.devices[idleScope]?.includes(address) !== true;
}

function excluded({ setting: { host } }: World<undefined>, { port, protocol }: Socket): Prediction | undefined {
  const range = host?.excludedPorts?.find(
    ({ from, to, protocol: only = protocol }) => port >= from && port <= to && only === protocol,
  );
  return range === undefined ? undefined : decide('WSAEACCES', id['excluded-port']);
}

/** Judges the name against every overlapping holder. If several refuse it, the error of each is an allowed outcome. */
function conflict({ sockets }: World<undefined>, next: Socket): Prediction {
  let allowed: Prediction | undefined;
  let refused: Prediction | undefined;
  for (const old of sockets) {
    if (!overlap(next.bound, old.bound)) continue;
    const found = judge(next, old);
    if (found.outcomes[0] === 'ok') allowed ??= found;
    else if (refused === undefined) refused = found;
    else if (refused.outcomes.join() !== found.outcomes.join()) {
      refused = { ...refused, outcomes: union(refused, found), rule: id.several };
    }
  }
  return refused ?? allowed ?? decide('ok', id.free);
}

function union(one: Prediction, other: Prediction): readonly Outcome[] {
  return [...new Set([...one.outcomes, ...other.outcomes])];
}

/** How broad a name is: the dual-stack wildcard, a wildcard of one stack, or one address. */
function breadth({ bound }: Socket): number {
  if (bound.v4 === ANY && bound.v6 === ANY) return 2;
  return claimsAny(bound) ? 1 : 0;
}

function judge(next: Socket, old: Socket): Prediction {
  const isLeftover = old.state === 'accepted' || old.state === 'time-wait' || old.state.startsWith('fin-wait');
  if (isLeftover && old.options.exclusive !== true) return decide('ok', id.leftover, old);
  const found = bySpecificity(next, old);
  if (isLeftover && found.outcomes[0] !== 'ok') return { ...found, rule: id['exclusive-leftover'] };
  const dual = breadth(next) === 2 || breadth(old) === 2;
  if (!dual || breadth(next) === breadth(old)) return found;
  return { ...found, rule: isAsserted(next, old) ? id['dual-stack'] : id['dual-stack-unasserted'] };
}

/** Whether a test on Windows covers this kind of pair, in which one socket is dual-stack. */
function isAsserted(next: Socket, old: Socket): boolean {
  if (next.uid !== old.uid || next.protocol === 'udp') return false;
  if (breadth(next) === 2) return next.options.exclusive === true && breadth(old) === 0;
  return next.bound.v4 !== undefined;
}

function bySpecificity(next: Socket, old: Socket): Prediction {
  const reuse = next.options.reuseaddr === true;
  const oldReuse = old.options.reuseaddr === true;
  const difference = breadth(old) - breadth(next);
  if (difference === 0) {
    if (reuse) {
      return oldReuse ? decide('ok', id['reuseaddr-both'], old) : decide('WSAEACCES', id['reuseaddr-refused'], old);
    }
    const unsure = oldReuse && next.options.exclusive !== true && breadth(next) === 0;
    return unsure
      ? decide(['WSAEADDRINUSE', 'WSAEACCES'], id['sources-disagree'], old)
      : decide('WSAEADDRINUSE', id['same-address'], old);
  }
  if (difference > 0) {
    if (reuse && oldReuse) return decide('ok', id['broader-first-reuseaddr'], old);
    if (old.options.exclusive === true) return decide('WSAEACCES', id['exclusive-broader-first'], old);
    return old.uid === next.uid
      ? decide('ok', id['broader-first'], old)
      : decide('WSAEACCES', id['broader-first-other-user'], old);
  }
  return next.options.exclusive === true
    ? decide('WSAEADDRINUSE', id['exclusive-narrower-first'], old)
    : decide('ok', id['narrower-first'], old);
}
