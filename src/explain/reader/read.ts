import type { Family, Options, PresentSocket, Protocol } from '../../model/types.ts';
import { isMulticast, needsScope } from '../../model/address.ts';
import { adviceAtEnd, adviceForName, adviceForWord } from './advice.ts';
import { isPeer, readAddress, readName, type WrittenName } from './name.ts';
import type { Context, Draft } from './draft.ts';
import type { Holding, Reading } from './reading.ts';
import { resolve, type Meaning } from './resolve.ts';
import { readState, readWord } from './setting-words.ts';
import { tokens, Unreadable, type Token } from './unreadable.ts';

/**
 * Reads one socket in the spelling of bindspec, ss, netstat, Go or a URL.
 * @throws Unreadable, and nothing else.
 */
export function readSpelled(text: string, context: Context = {}): Reading {
  const draft: Draft = {
    whole: text,
    context,
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
    holder: undefined,
  };
  const all = tokens(text);
  for (let place = 0; place < all.length; place += 1) {
    const token = all[place];
    if (token === undefined) break;
    if (token.text.startsWith('users:((') && draft.peer) {
      // Skips the names of programs, which may have spaces in them.
      const from = place;
      while (place < all.length && all[place]?.text.endsWith('))') !== true) place += 1;
      draft.holder = holderIn(all.slice(from, place + 1));
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
  if (!draft.peer && (isPeer(token.text) || (isNamedPeer(token.text) && (draft.queues || /:[0*]$/.test(token.text)))))
    draft.peer = true;
  else if (!draft.peer || !isListing(token.text)) {
    // Listings end with the names of programs, in which anything may stand, and with columns that differ by version.
    if (!draft.peer || !draft.queues) throw unreadable(draft, token);
  } else {
    const [, pid, program] = /^(\d+)\/(.*)$/.exec(token.text) ?? [];
    if (pid !== undefined)
      draft.holder = {
        pid: Number(pid),
        ...(program === undefined || program === '' ? {} : { program: program.replace(/:$/, '') }),
      };
    else if (isWindowsPid(draft, token.text)) draft.holder = { pid: Number(token.text) };
  }
}

/** The number at the end of a line of the netstat of Windows, which has no queues. */
function isWindowsPid({ queues, suffix }: Draft, text: string): boolean {
  return !queues && suffix === '' && /^\d+$/.test(text);
}

/** The name of another machine and a port, as listings print them without -n. */
function isNamedPeer(text: string): boolean {
  return /^[\w.-]+[:.](\*|[\w-]+)$/.test(text);
}

/** The first process of `users:(("node",pid=8,fd=6))`; in old versions `users:(("node",8,6))`. */
function holderIn(words: readonly Token[]): Holding | undefined {
  const text = words.map((word) => word.text).join(' ');
  const [, program, pid] = /^users:\(\("([^"]*)",(?:pid=)?(\d+)/.exec(text) ?? [];
  return program === undefined ? undefined : { program, pid: Number(pid) };
}

/** Words that listings print after the peer and that do not matter here: numbers of processes and inodes. */
function isListing(text: string): boolean {
  return /^(\d+(\/\S*)?|-|<->|-->|<--|(ino|sk|cgroup|fd|timer|inode):\S+)$/.test(text);
}

function unreadable(draft: Draft, token: Token): Unreadable {
  return new Unreadable(draft.whole, token, adviceForWord(token.text));
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
  if (name === null) throw new Unreadable(draft.whole, token, adviceForName(token.text, draft.protocol !== undefined));
  draft.name = name;
  draft.nameToken = token;
}

function finish(draft: Draft): Reading {
  const { name, nameToken, whole } = draft;
  if (name === undefined || nameToken === undefined) {
    const end = { text: '', position: whole.length + 1 };
    throw new Unreadable(whole, end, adviceAtEnd(whole, draft.queues));
  }
  const notes: string[] = [];
  if (draft.protocol === undefined) notes.push('no protocol is named: it is taken for TCP');
  const protocol = draft.protocol ?? 'tcp';
  checkState(draft, protocol);
  const bound = resolve(draft, name, nameToken, notes);
  const said = settings(draft, bound.family);
  const device = said.device ?? zoneAsDevice(name, bound.address, notes);
  const v6only = said.v6only ?? bound.v6only;
  const isScope = name.zone !== undefined && needsScope(bound.address);
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
    ...(said.anyAddress === true ? { anyAddress: true } : {}),
    ...(isScope ? { scope: name.zone } : {}),
  };
  if (name.service !== undefined) notes.push(`the port '${name.service}' is ${name.port}, as in /etc/services`);
  const noted = said.v6only === undefined ? [...notes, ...bound.notes] : notes;
  const plainWithoutDual = name.host === 'nothing' && draft.suffix === '' && said.v6only === undefined;
  const other = said.v6only === undefined && device === undefined ? bound.otherwise : undefined;
  return {
    text: whole.trim(),
    socket,
    plainWithoutDual,
    notes: noted,
    ...(other === undefined ? {} : { otherwise: { socket: meant(socket, other), words: other.words } }),
    ...(draft.holder === undefined ? {} : { holder: draft.holder }),
  };
}

/** The socket with another name than the one that was read. */
function meant(socket: PresentSocket, { family, address, v6only }: Meaning): PresentSocket {
  const { v6only: _, ...rest } = socket;
  return { ...rest, family, address, ...(v6only === undefined ? {} : { v6only }) };
}

function checkState({ whole, state, stateToken }: Draft, protocol: Protocol): void {
  if (stateToken === undefined || protocol === 'tcp' || state === 'bound' || state === 'connected') return;
  throw new Unreadable(whole, stateToken, 'a UDP socket is bound (UNCONN) or connected (ESTAB)');
}

interface Settings {
  options: Options;
  v6only?: boolean;
  uid?: number;
  device?: string;
  local?: string;
  anyAddress?: boolean;
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
    } else if (word.is === 'any address') {
      said.anyAddress = word.on;
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
  if (needsScope(address)) {
    notes.push(
      `%${zone} is the scope of ${isMulticast(address) ? 'a link-local group' : 'a link-local address'} (sin6_scope_id)`,
    );
    return undefined;
  }
  notes.push(`%${zone} is the device that the socket is tied to (SO_BINDTODEVICE)`);
  return zone;
}
