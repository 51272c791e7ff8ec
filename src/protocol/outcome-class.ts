/**
 * Neutral classes of outcomes, by which systems are compared: Unix and Windows have different names and numbers for the same
 * refusal. An outcome that is not an error (`ok`, `silence`, `eof`) has no class.
 *
 * Names are in one class when systems use them for the same thing, even where one system has two names for two kinds of it: a
 * host that does not answer to ARP is EHOSTDOWN on the BSDs and EHOSTUNREACH on Linux, sending after shutdown is EPIPE on
 * Unix and WSAESHUTDOWN on Windows, and Windows has WSAENOTSOCK where Unix has EBADF. EACCES and EPERM are one class, as in
 * the errors of Python, Rust and .NET.
 */
const NAMES_OF = {
  'address-in-use': ['EADDRINUSE', 'WSAEADDRINUSE'],
  'address-not-available': ['EADDRNOTAVAIL', 'WSAEADDRNOTAVAIL'],
  'already-connected': ['EISCONN', 'WSAEISCONN'],
  'bad-address': ['EFAULT', 'WSAEFAULT'],
  'bad-path': ['ELOOP', 'ENAMETOOLONG', 'WSAELOOP', 'WSAENAMETOOLONG'],
  'connection-aborted': ['ECONNABORTED', 'WSAECONNABORTED'],
  'connection-refused': ['ECONNREFUSED', 'WSAECONNREFUSED'],
  'connection-reset': ['ECONNRESET', 'WSAECONNRESET'],
  'destination-required': ['EDESTADDRREQ', 'WSAEDESTADDRREQ'],
  'family-not-supported': ['EAFNOSUPPORT', 'EPFNOSUPPORT', 'WSAEAFNOSUPPORT', 'WSAEPFNOSUPPORT'],
  'in-progress': ['EALREADY', 'EINPROGRESS', 'WSAEALREADY', 'WSAEINPROGRESS'],
  interrupted: ['EINTR', 'WSAEINTR'],
  'invalid-argument': ['EINVAL', 'WSAEINVAL'],
  'message-too-long': ['EMSGSIZE', 'WSAEMSGSIZE'],
  'network-reset': ['ENETRESET', 'WSAENETRESET'],
  'no-memory': ['ENOBUFS', 'ENOMEM', 'ETOOMANYREFS', 'WSAENOBUFS', 'WSAETOOMANYREFS', 'WSA_NOT_ENOUGH_MEMORY'],
  'no-such-device': ['ENODEV', 'ENXIO'],
  'no-such-name': ['ENOTFOUND', 'EAI_AGAIN'],
  'no-such-file': ['ENOENT', 'ENOTDIR'],
  'no-such-option': ['ENOPROTOOPT', 'WSAENOPROTOOPT'],
  'not-a-socket': ['EBADF', 'ENOTSOCK', 'WSAEBADF', 'WSAENOTSOCK'],
  'not-connected': ['ENOTCONN', 'WSAENOTCONN'],
  'not-supported': ['ENOTSUP', 'EOPNOTSUPP', 'WSAEOPNOTSUPP'],
  'permission-denied': ['EACCES', 'EPERM', 'WSAEACCES'],
  'protocol-not-supported': [
    'EPROTONOSUPPORT',
    'EPROTOTYPE',
    'ESOCKTNOSUPPORT',
    'WSAEPROTONOSUPPORT',
    'WSAEPROTOTYPE',
    'WSAESOCKTNOSUPPORT',
  ],
  'shut-down': ['EPIPE', 'ESHUTDOWN', 'WSAEDISCON', 'WSAESHUTDOWN'],
  'timed-out': ['ETIMEDOUT', 'WSAETIMEDOUT'],
  'too-many-files': ['EMFILE', 'ENFILE', 'WSAEMFILE'],
  unreachable: [
    'EHOSTDOWN',
    'EHOSTUNREACH',
    'ENETDOWN',
    'ENETUNREACH',
    'WSAEHOSTDOWN',
    'WSAEHOSTUNREACH',
    'WSAENETDOWN',
    'WSAENETUNREACH',
  ],
  'winsock-not-ready': ['WSANOTINITIALISED', 'WSASYSNOTREADY', 'WSAVERNOTSUPPORTED'],
  'would-block': ['EAGAIN', 'EWOULDBLOCK', 'WSAEWOULDBLOCK'],
} as const satisfies Record<string, readonly string[]>;

export type OutcomeClass = keyof typeof NAMES_OF;

const CLASS_OF: ReadonlyMap<string, OutcomeClass> = new Map(
  Object.entries(NAMES_OF).flatMap(([name, names]) => names.map((one) => [one, name as OutcomeClass])),
);

/** The class of an outcome; null for one that is not an error, and for an error that has no class. */
export function classOf(outcome: string): OutcomeClass | null {
  return CLASS_OF.get(outcome) ?? null;
}

/** Whether an outcome is an error by its name, or by its number where the system has no name for it. */
export function isError(outcome: string): boolean {
  return /^(?:E|WSA)[A-Z\d_]+$|^errno-\d+$/.test(outcome);
}

/** Whether two outcomes, of the same or of two systems, are the same: equal, or errors of one class. */
export function sameOutcome(one: string, other: string): boolean {
  if (one === other) return true;
  const found = classOf(one);
  return found !== null && found === classOf(other);
}
