import type { HeldSocket } from '../sockets/held.ts';
import type { ProgramSocket } from '../record/program.ts';

/** What tells which port the kernel chose, and who a user is. */
export interface SocketFacts {
  /** The ports from which the kernel chooses. */
  readonly chance: { readonly from: number; readonly to: number };
  /** The addresses of the LAN. */
  readonly lan: readonly string[];
  /** The name of a user by its number. */
  userName(uid: number): string;
  /** Whether a port is named in what was started, or is the same each time. */
  isOwn(port: number): boolean;
}

/** The options that differ between programs for no reason of theirs, or say what has a column of its own. */
const NOT_SHOWN: ReadonlySet<string> = new Set(['IPV6_V6ONLY']);

/** A socket as it is recorded. */
export function programSocket(socket: HeldSocket, facts: SocketFacts): ProgramSocket {
  const { protocol, family, local, peer, v6only, options, backlog, holders, uid, device } = socket;
  const hasPort = protocol !== 'raw' && protocol !== 'icmp';
  const address = steady(local.address);
  const isConnected = peer.port !== 0 || (!hasPort && !isWildcard(peer.address));
  const shown = Object.entries(options ?? {}).filter(
    ([name, value]) => !NOT_SHOWN.has(name) && value !== 0 && value !== '',
  );
  return {
    protocol,
    family,
    address,
    port: hasPort ? local.port : null,
    scope: scopeOf(local.address, facts.lan),
    ...(family === 'inet6' && isWildcard(local.address) ? { dual: v6only === false } : {}),
    role: roleOf(),
    ...(isConnected ? { peer: hasPort ? `${bracketed(steady(peer.address))}:${peer.port}` : peer.address } : {}),
    ...(options === undefined
      ? {}
      : { options: Object.fromEntries(shown.map(([name, value]) => [name, optionValue(value)])) }),
    ...(backlog === undefined ? {} : { backlog }),
    ...(device === undefined || options !== undefined ? {} : { options: { SO_BINDTODEVICE: device } }),
    processes: unique(holders.map(({ program }) => program)),
    users: unique(holders.map((holder) => facts.userName(holder.uid))),
    creator: facts.userName(uid),
    count: 1,
  };

  function roleOf(): ProgramSocket['role'] {
    if (!hasPort) return 'helper';
    if (isConnected) return 'client';
    if (local.port >= facts.chance.from && local.port <= facts.chance.to && !facts.isOwn(local.port)) return 'chance';
    return local.port === 0 ? 'helper' : 'service';
  }
}

function optionValue(value: unknown): number | string {
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted();
}

/** A link-local address is random, its interface is not. */
function steady(address: string): string {
  return /^fe[89ab]/i.test(address) ? 'fe80::%lan' : address;
}

/** An address as it stands before a port. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function scopeOf(address: string, lan: readonly string[]): ProgramSocket['scope'] {
  if (isWildcard(address)) return 'wildcard';
  if (address.startsWith('127.') || address === '::1' || /^::ffff:127\./i.test(address)) return 'loopback';
  if (/^ff/i.test(address) || /^(?:22[4-9]|23\d)\./.test(address) || address === '255.255.255.255') return 'multicast';
  if (lan.includes(address) || /^fe[89ab]/i.test(address)) return 'lan';
  return 'other';
}

/** Sockets that differ in nothing become one with a count, and all of them get an order that is always the same. */
export function grouped(sockets: readonly ProgramSocket[]): ProgramSocket[] {
  const groups = new Map<string, ProgramSocket>();
  for (const socket of sockets) {
    const { count, processes, users, ...same } = socket;
    // A connected socket, or one of chance, has another number each time.
    const key = JSON.stringify(same);
    const there = groups.get(key);
    if (there === undefined) groups.set(key, { ...socket });
    else {
      there.count += count;
      there.processes = unique([...there.processes, ...processes]);
      there.users = unique([...there.users, ...users]);
    }
  }
  return [...groups.values()].toSorted((one, other) => orderOf(one).localeCompare(orderOf(other)));
}

const ROLES: Readonly<Record<ProgramSocket['role'], number>> = { service: 0, chance: 1, helper: 2, client: 3 };

function orderOf({ role, protocol, port, family, address }: ProgramSocket): string {
  return `${ROLES[role]} ${protocol} ${String(port ?? 0).padStart(5, '0')} ${family} ${address}`;
}

/** What a program is reached by. */
export function services(sockets: readonly ProgramSocket[]): ProgramSocket[] {
  return sockets.filter(({ role }) => role === 'service');
}

/** A socket in a few words, for example `tcp [::]:80 dual`. */
export function socketInWords({ protocol, address, port, dual, family }: ProgramSocket): string {
  const at = port === null ? address : `${bracketed(address)}:${port}`;
  const kind = dual === undefined ? '' : dual ? ' dual' : ' v6only';
  return `${protocol}${port === null && family === 'inet6' ? '6' : ''} ${at}${kind}`;
}

/** The services of two runs that only one of them has, by their names. */
export function difference(
  before: readonly ProgramSocket[],
  after: readonly ProgramSocket[],
): { missing: string[]; extra: string[] } {
  const [one, other] = [before, after].map((sockets) => unique(services(sockets).map(socketInWords)));
  return {
    missing: (one ?? []).filter((name) => other?.includes(name) !== true),
    extra: (other ?? []).filter((name) => one?.includes(name) !== true),
  };
}

/** Whether two runs have the same services. */
export function isSame(before: readonly ProgramSocket[], after: readonly ProgramSocket[]): boolean {
  const { missing, extra } = difference(before, after);
  return missing.length === 0 && extra.length === 0;
}

/** A port of chance that two runs share was not chosen by the kernel. */
export function settleRoles(sockets: readonly ProgramSocket[], other: readonly ProgramSocket[]): ProgramSocket[] {
  const ports = new Set(other.map((socket) => `${socket.protocol} ${socket.port}`));
  return grouped(
    sockets.map((socket) =>
      socket.role === 'chance' && ports.has(`${socket.protocol} ${socket.port}`)
        ? { ...socket, role: 'service' }
        : socket,
    ),
  );
}

/** The ports of a program's services. */
export function servicePorts(sockets: readonly ProgramSocket[]): number[] {
  return [...new Set(services(sockets).flatMap(({ port }) => (port === null ? [] : [port])))];
}

/** How many sockets listen at ports that the kernel chose. */
export function chanceListeners(sockets: readonly ProgramSocket[]): number {
  return sockets.filter(({ role, protocol }) => role === 'chance' && protocol === 'tcp').length;
}

/** Where a run that lacks services of another one has what it has in their place; `partly` where that is nothing. */
export function movedTo(
  before: readonly ProgramSocket[],
  after: readonly ProgramSocket[],
): 'other port' | 'other address' | 'partly' {
  const ports = servicePorts(before);
  if (servicePorts(after).some((port) => !ports.includes(port))) return 'other port';
  if (chanceListeners(after) > chanceListeners(before)) return 'other port';
  return difference(before, after).extra.length > 0 ? 'other address' : 'partly';
}
