import type { Family, Options, PresentSocket, Protocol, State } from '../model/types.ts';
import { isPeer, readAddress, readName, type WrittenName } from './name.ts';
import { readState, readWord, UNDERSTOOD, type Word } from './setting-words.ts';
import { tokens, Unreadable, type Token } from './unreadable.ts';

/** A socket as it was read. */
export interface Reading {
  /** The text as it was written. */
  readonly text: string;
  /** The state is left out where the text has none. */
  readonly socket: PresentSocket;
  /** A `:8080`. On a system whose IPv6 sockets can't be dual-stack, programs take it for IPv4. */
  readonly plainWithoutDual: boolean;
  /** The decisions that were made where the text leaves a choice. */
  readonly notes: readonly string[];
}

/** The parts of one socket that were read so far from its words. */
interface Draft {
  readonly whole: string;
  protocol: Protocol | undefined;
  suffix: '' | '4' | '6' | '46';
  name: WrittenName | undefined;
  nameToken: Token | undefined;
  /** Whether a number stood before the name: the queues of ss and netstat. */
  queues: boolean;
  peer: boolean;
  state: State | undefined;
  stateToken: Token | undefined;
  /** Whether the state stood before the name, as in ss. */
  stateFirst: boolean;
  words: { token: Token; word: Word }[];
}

const NAMES = 'a name is written 127.0.0.1:80, [::1]:80, *:80, :80, :::80 or localhost:80';

/**
 * Reads one socket in the spelling of bindspec, ss, netstat, Go or a URL.
 * @throws Unreadable, and nothing else.
 */
export function readSocket(text: string): Reading {
  const draft: Draft = {
    whole: text,
    protocol: undefined,
    suffix: '',
    name: undefined,
    nameToken: undefined,
    queues: false,
    peer: false,
    state: undefined,
    stateToken: undefined,
    stateFirst: false,
    words: [],
  };
  const all = tokens(text);
  for (let place = 0; place < all.length; place += 1) {
    const token = all[place];
    if (token === undefined) break;
    if (token.text.startsWith('users:((') && draft.peer) {
      // Skips the names of programs, which may have spaces in them.
      while (place < all.length && all[place]?.text.endsWith('))') !== true) place += 1;
      continue;
    }
    take(draft, token, place === 0);
  }
  return finish(draft);
}

function take(draft: Draft, token: Token, first: boolean): void {
  if (first && takeProtocol(draft, token)) return;
  const word = readWord(token.text);
  if (word !== null) {
    draft.words.push({ token, word });
    return;
  }
  const state = readState(token.text);
  if (state !== null && draft.state === undefined) {
    draft.state = state;
    draft.stateToken = token;
    draft.stateFirst = draft.name === undefined;
    // Without the column of protocols, the state in the output of ss tells the protocol.
    draft.protocol ??= token.text.toLowerCase() === 'unconn' ? 'udp' : 'tcp';
    return;
  }
  if (draft.name === undefined) {
    if (/^\d+$/.test(token.text) && !first) draft.queues = true;
    else takeName(draft, token);
    return;
  }
  if (!draft.peer && isPeer(token.text)) draft.peer = true;
  else if (!draft.peer || !isListing(token.text)) throw unreadable(draft, token);
}

/** Words that listings print after the peer and that do not matter here: numbers of processes and inodes. */
function isListing(text: string): boolean {
  return /^(\d+(\/\S*)?|-|<->|-->|<--|(ino|sk|cgroup|fd|timer|inode):\S+)$/.test(text);
}

function unreadable(draft: Draft, token: Token): Unreadable {
  if (/^user[=:]/i.test(token.text))
    return new Unreadable(draft.whole, token, 'users are numbers here, as in uid=1000');
  return new Unreadable(draft.whole, token, UNDERSTOOD);
}

const WEB: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 };

function takeProtocol(draft: Draft, token: Token): boolean {
  const plain = /^(udp|tcp)(46|4|6)?$/i.exec(token.text);
  if (plain !== null) {
    draft.protocol = (plain[1] ?? '').toLowerCase() as Protocol;
    draft.suffix = (plain[2] ?? '') as Draft['suffix'];
    return true;
  }
  const url = /^([a-z]+)(4|6)?:\/\/([^/?#]*)/i.exec(token.text);
  if (url === null) return false;
  const scheme = (url[1] ?? '').toLowerCase();
  const port = Object.hasOwn(WEB, scheme) ? WEB[scheme] : undefined;
  if (port === undefined && scheme !== 'udp' && scheme !== 'tcp') {
    throw new Unreadable(draft.whole, token, 'understood are tcp://, udp://, http://, https://, ws:// and wss://');
  }
  draft.protocol = scheme === 'udp' ? 'udp' : 'tcp';
  draft.suffix = (url[2] ?? '') as Draft['suffix'];
  const authority = url[3] ?? '';
  const whole = port === undefined || /:\d+$/.test(authority) ? authority : `${authority}:${port}`;
  takeName(draft, { text: whole, position: token.position + token.text.indexOf('://') + 3 });
  return true;
}

function takeName(draft: Draft, token: Token): void {
  const name = readName(token.text);
  if (name === null) throw new Unreadable(draft.whole, token, adviceFor(draft, token.text));
  draft.name = name;
  draft.nameToken = token;
}

/** Says what to write instead of a text that is not a name. */
function adviceFor(draft: Draft, text: string): string {
  if (/[:.](0|\*)$/.test(text)) return 'a socket that conflicts has a port of its own, from 1 to 65535';
  if (readAddress(text.replaceAll(/^\[|\]$/g, '')) !== null) return 'the port is missing';
  if (/[:.]\d+$/.test(text)) return `${NAMES}, with a numeric address and a port up to 65535`;
  if (/^[\w.-]+:[a-z][\w-]*$/i.test(text)) return 'a port is a number here, as with ss -n and netstat -n';
  if (/^\d+$/.test(text)) return `a port alone is written :${text}`;
  if (draft.protocol === undefined) return `use tcp or udp, optionally with 4 or 6, then a name; ${NAMES}`;
  return `${NAMES}; ${UNDERSTOOD}`;
}

function finish(draft: Draft): Reading {
  const { name, nameToken, whole } = draft;
  if (name === undefined || nameToken === undefined) {
    const end = { text: '', position: whole.length + 1 };
    throw new Unreadable(whole, end, draft.queues ? `a port alone is written :80; ${NAMES}` : NAMES);
  }
  const notes: string[] = [];
  if (draft.protocol === undefined) notes.push('no protocol is named: it is taken for TCP');
  const protocol = draft.protocol ?? 'tcp';
  checkState(draft, protocol);
  const bound = resolve(draft, name, nameToken, notes);
  const said = settings(draft, bound.family);
  const device = said.device ?? zoneAsDevice(name, bound.address, notes);
  const v6only = said.v6only ?? bound.v6only;
  const socket: PresentSocket = {
    protocol,
    family: bound.family,
    ...(v6only === undefined ? {} : { v6only }),
    address: bound.address,
    port: name.port,
    ...(Object.keys(said.options).length === 0 ? {} : { options: said.options }),
    ...(said.uid === undefined ? {} : { uid: said.uid }),
    ...(device === undefined ? {} : { device }),
    ...(draft.state === undefined || (protocol === 'udp' && draft.state === 'bound') ? {} : { state: draft.state }),
    ...(said.local === undefined ? {} : { local: said.local }),
  };
  const noted = said.v6only === undefined ? [...notes, ...bound.notes] : notes;
  const plainWithoutDual = name.host === 'nothing' && draft.suffix === '' && said.v6only === undefined;
  return { text: whole.trim(), socket, plainWithoutDual, notes: noted };
}

function checkState({ whole, state, stateToken }: Draft, protocol: Protocol): void {
  if (stateToken === undefined || protocol === 'tcp' || state === 'bound' || state === 'connected') return;
  throw new Unreadable(whole, stateToken, 'a UDP socket is bound (UNCONN) or connected (ESTAB)');
}

interface Bound {
  readonly family: Family;
  readonly address: string;
  readonly v6only: boolean | undefined;
  /** Notes that are only useful where the text does not set v6only itself. */
  readonly notes: readonly string[];
}

const DUAL = { family: 'inet6', address: '::', v6only: false } as const;
const V6 = { family: 'inet6', address: '::', v6only: true } as const;
const V4 = { family: 'inet', address: '0.0.0.0', v6only: undefined } as const;

/**
 * The address and family that the name stands for. Where programs mean different things, the program that writes this
 * spelling decides.
 */
function resolve(draft: Draft, name: WrittenName, token: Token, notes: string[]): Bound {
  const { suffix } = draft;
  const text = token.text;
  const quoted = `'${suffix === '' ? '' : `${draft.protocol ?? 'tcp'}${suffix} `}${text}'`;
  switch (name.host) {
    case 'localhost': {
      const address = suffix === '6' ? '::1' : '127.0.0.1';
      const other = suffix === '6' ? '127.0.0.1' : '[::1]';
      notes.push(`localhost is taken for ${address}; write ${other} where it stands for that`);
      return { family: suffix === '6' ? 'inet6' : 'inet', address, v6only: undefined, notes: [] };
    }
    case 'star':
    case 'nothing':
      return { ...wildcard(draft, name), notes: [wildcardNote(draft, name, quoted)] };
    case 'inet':
      if (suffix === '6' || suffix === '46') {
        notes.push(`${quoted} is an IPv4 address of an IPv6 socket: it is read as ::ffff:${name.address}`);
        return { family: 'inet6', address: `::ffff:${name.address}`, v6only: false, notes: [] };
      }
      return { family: 'inet', address: name.address, v6only: undefined, notes: [] };
    case 'inet6':
      if (suffix === '4')
        throw new Unreadable(draft.whole, token, `${draft.protocol ?? 'tcp'}4 has IPv4 addresses only`);
      if (name.bare && !name.dotted && name.address !== '::') {
        notes.push(`${quoted} is read as netstat prints it: [${name.address}]:${name.port}`);
      }
      return { family: 'inet6', address: name.address, ...v6onlyOf(draft, name, quoted) };
  }
}

function wildcard({ suffix }: Draft, { dotted }: WrittenName): Omit<Bound, 'notes'> {
  if (suffix === '4') return V4;
  if (suffix === '6') return V6;
  return dotted && suffix === '' ? V4 : DUAL;
}

function wildcardNote({ suffix }: Draft, { dotted, host }: WrittenName, quoted: string): string {
  if (suffix === '4') return `${quoted} is IPv4 only: 0.0.0.0`;
  if (suffix === '6') return `${quoted} is IPv6 only: :: with IPV6_V6ONLY=1`;
  if (suffix === '46') return `${quoted} is dual-stack: :: with IPV6_V6ONLY=0`;
  if (dotted) return `${quoted} is read as the netstat of the BSDs prints it: 0.0.0.0`;
  return host === 'nothing'
    ? `${quoted} is read as Go does: a dual-stack socket, :: with IPV6_V6ONLY=0, where the system has that`
    : `${quoted} is read as ss prints it: a dual-stack socket, :: with IPV6_V6ONLY=0`;
}

/** Whether a socket on an IPv6 address in numbers is IPv6 only, if the spelling tells. */
function v6onlyOf(draft: Draft, name: WrittenName, quoted: string): Pick<Bound, 'v6only' | 'notes'> {
  if (name.address.startsWith('::ffff:') && name.address.includes('.')) return { v6only: false, notes: [] };
  if (name.address !== '::') return { v6only: undefined, notes: [] };
  if (draft.suffix === '46') return { v6only: false, notes: [`${quoted} is dual-stack: IPV6_V6ONLY=0`] };
  if (draft.stateFirst && draft.peer) {
    return {
      v6only: true,
      notes: [`${quoted} is read as ss prints it: IPV6_V6ONLY=1; a dual-stack socket would be *`],
    };
  }
  const isLinuxListing = name.bare && !name.dotted;
  if (draft.suffix === '6' && !isLinuxListing) {
    return { v6only: true, notes: [`${quoted} is read as Go does: IPV6_V6ONLY=1`] };
  }
  return {
    v6only: undefined,
    notes: [`${quoted} leaves IPV6_V6ONLY open: each system's default is taken; v6only=0 or v6only=1 settles it`],
  };
}

interface Settings {
  options: Options;
  v6only?: boolean;
  uid?: number;
  device?: string;
  local?: string;
}

function settings({ whole, words }: Draft, family: Family): Settings {
  const said: Settings = { options: {} };
  for (const { token, word } of words) {
    if (word.is === 'option') {
      said.options = { ...said.options, [word.option]: word.on };
    } else if (word.is === 'v6only') {
      if (family === 'inet') throw new Unreadable(whole, token, 'an IPv4 socket has no IPV6_V6ONLY');
      said.v6only = word.on;
    } else if (word.is === 'uid') {
      said.uid = word.uid;
    } else if (word.is === 'device') {
      said.device = word.device;
    } else {
      const found = readAddress(word.local);
      if (found === null) throw new Unreadable(whole, token, 'local= needs an address, for example local=127.0.0.1');
      said.local = found.address;
    }
    const { exclusive, reuseaddr } = said.options;
    if (exclusive === true && reuseaddr === true) {
      throw new Unreadable(whole, token, 'reuseaddr and exclusive exclude each other: Windows refuses the second one');
    }
  }
  // An option that is off means the same as an option that is not named.
  said.options = Object.fromEntries(Object.entries(said.options).filter(([, on]) => on === true));
  return said;
}

function zoneAsDevice({ zone }: WrittenName, address: string, notes: string[]): string | undefined {
  if (zone === undefined) return undefined;
  if (/^fe[89ab]/.test(address)) {
    notes.push(`%${zone} is the scope of a link-local address`);
    return undefined;
  }
  notes.push(`%${zone} is the device that the socket is tied to (SO_BINDTODEVICE)`);
  return zone;
}
