import { OPTION_KEYS, OPTIONS } from '../model/options.ts';
import type { Options, PresentSocket, State } from '../model/types.ts';
import { spell } from './reader/spell.ts';

/** One change to one socket. */
export type Change =
  | { readonly what: 'set' | 'unset'; readonly socket: number; readonly option: keyof Options }
  | { readonly what: 'v6only'; readonly socket: number; readonly on: boolean }
  | { readonly what: 'address'; readonly socket: number; readonly address: string }
  | { readonly what: 'owner'; readonly socket: number; readonly uid: number }
  | { readonly what: 'port'; readonly socket: number; readonly port: number }
  /** SO_EXCLUSIVEADDRUSE in place of SO_REUSEADDR. */
  | { readonly what: 'exclusive'; readonly socket: number }
  /** IP_FREEBIND and what is like it on other systems. */
  | { readonly what: 'any address'; readonly socket: number }
  /** The socket is closed before the last one is bound. */
  | { readonly what: 'end'; readonly socket: number };

/** Addresses for documentation (RFC 5737, RFC 3849), which stand for any other address of the machine. */
const ANOTHER = { inet: '192.0.2.1', inet6: '2001:db8::1' } as const;

/** The states in which a socket has no process any more. */
const LEFT: ReadonlySet<State> = new Set(['time-wait', 'fin-wait-1', 'fin-wait-2']);

/** Whether only the kernel has the socket, so that nothing can be done to it. */
export function isLeft(socket: PresentSocket | undefined): boolean {
  return socket?.state !== undefined && LEFT.has(socket.state);
}

/**
 * Every change that is possible on a socket, the smallest first.
 * @param port another port, which is free
 */
export function changesOf(sockets: readonly PresentSocket[], place: number, port: number): Change[] {
  const socket = sockets[place];
  if (socket === undefined) return [];
  const changes: Change[] = [];
  if (isLeft(socket)) {
    // From its next start on: what is left of a connection has the options of its listener.
    return socket.options?.reuseaddr === true || !isOffered(socket, 'reuseaddr')
      ? []
      : [{ what: 'set', socket: place, option: 'reuseaddr' }];
  }
  for (const option of OPTION_KEYS) {
    if (socket.options?.[option] === true) changes.push({ what: 'unset', socket: place, option });
    else if (isOffered(socket, option)) changes.push({ what: 'set', socket: place, option });
  }
  if (socket.address === '::') {
    for (const on of [true, false]) if (socket.v6only !== on) changes.push({ what: 'v6only', socket: place, on });
  }
  const { family } = socket;
  if (socket.address !== ANOTHER[family]) changes.push({ what: 'address', socket: place, address: ANOTHER[family] });
  const others = new Set(sockets.flatMap(({ uid }) => uid ?? []));
  for (const uid of [...others].filter((one) => one !== socket.uid))
    changes.push({ what: 'owner', socket: place, uid });
  if (others.size > 0 && socket.uid !== 0 && !others.has(0) && place === sockets.length - 1) {
    changes.push({ what: 'owner', socket: place, uid: 0 });
  }
  if (place === sockets.length - 1) changes.push({ what: 'port', socket: place, port });
  return changes;
}

/** SO_REUSEADDR and SO_EXCLUSIVEADDRUSE exclude each other. The advice never says to share with other users' programs. */
function isOffered({ options }: PresentSocket, option: keyof Options): boolean {
  if (option === 'reuseaddr') return options?.exclusive !== true;
  return option === 'reuseport' || option === 'reuseportLb';
}

/** The sockets after a change. */
export function withChange(sockets: readonly PresentSocket[], change: Change): PresentSocket[] {
  if (change.what === 'end') return sockets.filter((_, place) => place !== change.socket);
  return sockets.map((socket, place) => (place === change.socket ? changed(socket, change) : socket));
}

function changed(socket: PresentSocket, change: Exclude<Change, { what: 'end' }>): PresentSocket {
  switch (change.what) {
    case 'set':
      return { ...socket, options: { ...socket.options, [change.option]: true } };
    case 'unset':
      return { ...socket, options: { ...socket.options, [change.option]: false } };
    case 'v6only':
      return { ...socket, v6only: change.on };
    case 'address': {
      const { v6only: _, ...rest } = socket;
      return { ...rest, address: change.address };
    }
    case 'owner':
      return { ...socket, uid: change.uid };
    case 'port':
      return { ...socket, port: change.port };
    case 'exclusive':
      return { ...socket, options: { ...socket.options, reuseaddr: false, exclusive: true } };
    case 'any address':
      return { ...socket, anyAddress: true };
  }
}

/** The lines of some sockets after changes; a socket that is not changed stays as it was written. */
export function changedTexts(
  sockets: readonly { readonly text: string; readonly socket: PresentSocket }[],
  changes: readonly Change[],
): string[] {
  const before = sockets.map(({ socket }) => socket);
  const ended = new Set(changes.flatMap(({ what, socket }) => (what === 'end' ? [socket] : [])));
  const after = changes.filter(({ what }) => what !== 'end').reduce(withChange, before);
  return sockets.flatMap(({ text, socket }, place) => {
    const now = after[place] ?? socket;
    return ended.has(place) ? [] : [now === socket ? text : spell(now)];
  });
}

/**
 * Changes in words, as an instruction.
 * @param sockets the sockets before the changes
 * @param ports which other ports are meant, as the end of a sentence
 */
export function inWords(changes: readonly Change[], sockets: readonly PresentSocket[], ports = ''): string {
  const left = changes.filter(({ socket }) => isLeft(sockets[socket]));
  const words = plainWords(changes, sockets.length).replace(ANOTHER_PORT, `${ANOTHER_PORT}${ports}`);
  if (left.length === 0) return words;
  const whom = named(left.map(({ socket }) => socket));
  return `${words}, from the next start on (${whom} has no process any more)`;
}

const ANOTHER_PORT = 'another port';

function plainWords(changes: readonly Change[], count: number): string {
  const [first, second] = changes;
  const places = changes.map(({ socket }) => socket);
  if (first === undefined) return '';
  if (changes.length > 1 && changes.every((change) => isSame(change, first))) {
    return sentence(first, places.length === count ? (count === 2 ? 'both sockets' : 'all sockets') : named(places));
  }
  const one = sentence(first, named([first.socket]));
  return second === undefined ? one : `${one}, and ${sentence(second, named([second.socket]))}`;
}

function isSame(a: Change, b: Change): boolean {
  return JSON.stringify({ ...a, socket: 0 }) === JSON.stringify({ ...b, socket: 0 });
}

function named(places: readonly number[]): string {
  const numbers = places.map((place) => String(place + 1));
  if (numbers.length === 1) return `socket ${numbers[0]}`;
  return `sockets ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
}

function sentence(change: Change, whom: string): string {
  switch (change.what) {
    case 'set':
      return `set ${OPTIONS[change.option].name} on ${whom}`;
    case 'unset':
      return `do not set ${OPTIONS[change.option].name} on ${whom}`;
    case 'v6only':
      return `set IPV6_V6ONLY=${change.on ? 1 : 0} on ${whom}`;
    case 'address':
      return `bind ${whom} to another ${change.address.includes(':') ? 'IPv6' : 'IPv4'} address of the machine, and to that alone`;
    case 'owner':
      return `run ${whom} as ${change.uid === 0 ? 'root' : `uid ${change.uid}`}`;
    case 'port':
      return `give ${whom} ${ANOTHER_PORT}`;
    case 'exclusive':
      return `set SO_EXCLUSIVEADDRUSE on ${whom}`;
    case 'any address':
      return `set IP_FREEBIND on ${whom}`;
    case 'end':
      return `close ${whom}`;
  }
}
