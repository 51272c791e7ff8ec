import { addressIn } from '../../sockets/table.ts';
import type { PresentSocket, Protocol } from '../../model/types.ts';
import { readAddress, readName, type WrittenName } from './name.ts';
import type { Holding, Reading } from './reading.ts';
import { readState } from './setting-words.ts';
import { tokens } from './unreadable.ts';

/** A socket of a listing, and what tells it apart from others of the same name. */
export interface Listed extends Reading {
  /** The kernel's own identity of the socket, where the listing has it: processes that share a socket have the same. */
  readonly identity?: string;
}

/**
 * Reads a line of lsof, of the sockstat of FreeBSD and NetBSD, of the fstat of OpenBSD, or of PowerShell's
 * Get-NetTCPConnection and Get-NetUDPEndpoint; null for other lines.
 */
export function readListing(line: string): Listed | null {
  const words = tokens(line).map(({ text }) => text);
  return (
    lsof(line, words) ?? sockstat(line, words) ?? fstat(line, words) ?? powershell(line, words) ?? procNet(line, words)
  );
}

/** `node 4242 me 22u IPv6 0xabc 0t0 TCP *:3000 (LISTEN)`; columns may be missing, but not the protocol and the name. */
function lsof(line: string, words: readonly string[]): Listed | null {
  const at = words.findIndex((word) => word === 'TCP' || word === 'UDP' || word === 'UDPLITE');
  const type = words.slice(0, Math.max(at, 0)).findLast((word) => /^IPv[46]$/i.test(word));
  const [local = '', peer] = (words[at + 1] ?? '').split('->');
  if (at < 1 || type === undefined) return null;
  const protocol: Protocol = words[at] === 'TCP' ? 'tcp' : 'udp';
  const name = readName(local);
  if (name === null) return null;
  const state = readState((words[at + 2] ?? '').replaceAll(/[()]/g, ''));
  const typeAt = words.indexOf(type);
  const device = words[typeAt + 1];
  const [program, pid] = [words[0], words.slice(1, typeAt).find((word) => /^\d+$/.test(word))];
  const isSix = type.endsWith('6');
  const connected = peer === undefined ? {} : { state: 'connected' as const };
  return {
    ...listed(line, { protocol, isSix, name, ...connected, ...(state === null ? {} : { state }) }, 'lsof'),
    holder: holderOf(program?.replaceAll(String.raw`\x20`, ' '), pid),
    ...(device === undefined || at - typeAt < 2 ? {} : { identity: device }),
  };
}

/** `root nginx 812 6 tcp4 *:80 *:*`; NetBSD writes `tcp` and `*.http`. */
function sockstat(line: string, words: readonly string[]): Listed | null {
  const at = words.findIndex((word) => /^(tcp|udp)(4|6|46)?$/i.test(word));
  if (at < 3 || !/^\d+$/.test(words[at - 2] ?? '') || !/^(\d+|-|\?+)$/.test(words[at - 1] ?? '')) return null;
  const name = readName(words[at + 1] ?? '');
  if (name === null) return null;
  const [, protocol = '', suffix = ''] = /^(tcp|udp)(4|6|46)?$/i.exec(words[at] ?? '') ?? [];
  const isSix = suffix.startsWith('6') || suffix === '46' || name.address.includes(':');
  const peer = words[at + 2] ?? '';
  const isConnected = peer !== '' && !/[:.]\*$/.test(peer);
  const state =
    readState(words[at + 3] ?? '') ??
    (isConnected ? 'connected' : protocol.toLowerCase() === 'tcp' ? 'listening' : null);
  const known = suffix === '46' ? false : suffix === '6' ? true : undefined;
  const socket = listed(
    line,
    { protocol: protocol.toLowerCase() as Protocol, isSix, name, v6only: known, ...(state === null ? {} : { state }) },
    'sockstat',
  );
  return { ...socket, holder: holderOf(words[at - 3], words[at - 2]) };
}

/** `root sshd 500 3* internet stream tcp 0xffff *:22` and `internet6 dgram udp [::1]:53`. */
function fstat(line: string, words: readonly string[]): Listed | null {
  const at = words.findIndex((word) => /^internet6?$/.test(word));
  const protocol = words[at + 2];
  if (at < 3 || (protocol !== 'tcp' && protocol !== 'udp')) return null;
  const place = words.findIndex((word, index) => index > at + 2 && readName(word) !== null);
  const name = readName(words[place] ?? '');
  if (name === null) return null;
  const isConnected = /^(<--|-->|<->)$/.test(words[place + 1] ?? '');
  const state = isConnected ? ('connected' as const) : protocol === 'tcp' ? ('listening' as const) : undefined;
  const isSix = words[at] === 'internet6';
  const socket = listed(
    line,
    { protocol, isSix, name, v6only: isSix ? true : undefined, ...(state === undefined ? {} : { state }) },
    'fstat',
  );
  const identity = words.slice(at + 3, place).find((word) => word.startsWith('0x'));
  return { ...socket, holder: holderOf(words[1], words[2]), ...(identity === undefined ? {} : { identity }) };
}

/** `0.0.0.0  8080  0.0.0.0  0  Listen  Internet  1234`: the columns of Get-NetTCPConnection, or two of Get-NetUDPEndpoint. */
function powershell(
  line: string,
  [local = '', port = '', remote = '', remotePort = '', word = '', ...rest]: readonly string[],
): Listed | null {
  const own = readAddress(local);
  if (own === null || !/^\d{1,5}$/.test(port) || Number(port) === 0) return null;
  const isTcp = readAddress(remote) !== null && /^\d{1,5}$/.test(remotePort);
  const state = isTcp ? readState(word) : null;
  if ((isTcp && state === null) || (!isTcp && remote !== '')) return null;
  const name: WrittenName = {
    host: own.family,
    address: own.address,
    port: Number(port),
    zone: undefined,
    dotted: false,
    bare: false,
  };
  const isSix = own.family === 'inet6';
  const pid = rest.findLast((one) => /^\d+$/.test(one));
  const settled = state === null ? {} : { state };
  const reading = listed(line, { protocol: isTcp ? 'tcp' : 'udp', isSix, name, ...settled }, 'PowerShell');
  return pid === undefined ? reading : { ...reading, holder: { pid: Number(pid) } };
}

/** A line of /proc/net/tcp, tcp6, udp or udp6 of Linux: `0: 0100007F:1F90 00000000:0000 0A ...`. */
function procNet(line: string, words: readonly string[]): Listed | null {
  const [number = '', local = '', peer = '', state = ''] = words;
  const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(local);
  if (!/^\d+:$/.test(number) || match === null || !/^[0-9A-F]{2}$/.test(state)) return null;
  const [hex = '', port = ''] = match.slice(1);
  const isSix = hex.length === 32;
  const address = addressIn(hex, isSix ? 'inet6' : 'inet');
  // The state of an unconnected UDP socket is that of a closed TCP socket, 07.
  const protocol: Protocol = state === '07' ? 'udp' : 'tcp';
  const TCP_STATES: Readonly<Record<string, string>> = {
    '01': 'estab',
    '04': 'finwait1',
    '05': 'finwait2',
    '06': 'timewait',
    '08': 'closewait',
    '0A': 'listen',
  };
  const read = readState(TCP_STATES[state] ?? '');
  const name: WrittenName = {
    host: isSix ? 'inet6' : 'inet',
    address,
    port: Number.parseInt(port, 16),
    zone: undefined,
    dotted: false,
    bare: true,
  };
  if (peer === '' || name.port === 0) return null;
  const uid = words.slice(4).find((word, index) => index === 3 && /^\d+$/.test(word));
  const reading = listed(line, { protocol, isSix, name, ...(read === null ? {} : { state: read }) }, '/proc/net');
  return uid === undefined ? reading : { ...reading, socket: { ...reading.socket, uid: Number(uid) } };
}

interface Columns {
  readonly protocol: Protocol;
  readonly isSix: boolean;
  readonly name: WrittenName;
  readonly state?: PresentSocket['state'];
  /** IPV6_V6ONLY of a wildcard, where the listing tells it. */
  readonly v6only?: boolean | undefined;
}

function listed(line: string, { protocol, isSix, name, state, v6only }: Columns, tool: string): Reading {
  const notes: string[] = [];
  if (name.service !== undefined) notes.push(`the port '${name.service}' is ${name.port}, as in /etc/services`);
  const { host, port } = name;
  const isAny = host === 'star' || host === 'nothing' || name.address === '::' || name.address === '0.0.0.0';
  const settled = state === undefined || (protocol === 'udp' && state !== 'connected') ? {} : { state };
  const base = { protocol, port, ...settled };
  const text = line.trim();
  if (host === 'localhost')
    notes.push(`localhost is taken for ${isSix ? '::1' : '127.0.0.1'}, by the column of the family`);
  if (!isSix) {
    const address = host === 'localhost' ? '127.0.0.1' : isAny ? '0.0.0.0' : name.address;
    return { text, socket: { ...base, family: 'inet', address }, plainWithoutDual: false, notes };
  }
  if (!isAny) {
    const plain = host === 'localhost' ? '::1' : name.address;
    const address = plain.includes(':') ? plain : `::ffff:${plain}`;
    const mapped = address.startsWith('::ffff:') && address.includes('.') ? { v6only: false } : {};
    return { text, socket: { ...base, family: 'inet6', ...mapped, address }, plainWithoutDual: false, notes };
  }
  if (v6only !== undefined) {
    notes.push(`the IPv6 wildcard of ${tool} is IPV6_V6ONLY=${v6only ? 1 : 0} here`);
    return { text, socket: { ...base, family: 'inet6', v6only, address: '::' }, plainWithoutDual: false, notes };
  }
  notes.push(`${tool} does not tell IPV6_V6ONLY: each system's default is taken; v6only=0 or v6only=1 settles it`);
  const socket: PresentSocket = { ...base, family: 'inet6', address: '::' };
  return {
    text,
    socket,
    plainWithoutDual: false,
    notes,
    otherwise: { socket: { ...socket, v6only: true }, words: 'v6only=1' },
  };
}

function holderOf(program: string | undefined, pid: string | undefined): Holding {
  const named = program === undefined || program === '?' ? {} : { program };
  return pid === undefined ? named : { ...named, pid: Number(pid) };
}
