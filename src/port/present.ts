import { claimsOf, overlap } from '../model/overlap.ts';
import type { PresentSocket, State } from '../model/types.ts';
import { spell } from '../explain/reader/spell.ts';
import type { Reading } from '../explain/reader/reading.ts';
import type { HeldSocket } from '../sockets/held.ts';

/** A socket of the tables as the models take it, and the sockets of the tables that it stands for. */
export interface PresentReading {
  readonly reading: Reading;
  readonly sockets: readonly HeldSocket[];
}

const STATES: Readonly<Record<string, State>> = {
  LISTEN: 'listening',
  ESTABLISHED: 'connected',
  CLOSE_WAIT: 'close-wait',
  FIN_WAIT_1: 'fin-wait-1',
  FIN_WAIT_2: 'fin-wait-2',
  TIME_WAIT: 'time-wait',
  LAST_ACK: 'fin-wait-1',
  CLOSING: 'fin-wait-1',
};

/** Whether a socket waits for connections, or for datagrams, or holds its name and does nothing yet. */
export function isWaiting({ protocol, state }: Pick<HeldSocket, 'protocol' | 'state'>): boolean {
  return state === 'CLOSED' || (protocol === 'tcp' && state === 'LISTEN');
}

/**
 * The sockets of one port and protocol as the models take them, in the order in which they were made as far as their numbers
 * tell. Connections of a listener that is there are left out: to the kernel they have the name together. Others that are
 * equal in everything that counts stand for one another.
 */
export function presentOf(held: readonly HeldSocket[]): PresentReading[] {
  const ordered = held
    .filter(({ protocol, state }) => (protocol === 'tcp' || protocol === 'udp') && known(protocol, state))
    .toSorted((one, other) => one.inode - other.inode);
  const listeners = ordered.filter(({ protocol, state }) => protocol === 'tcp' && state === 'LISTEN');
  const found = new Map<string, { reading: Reading; sockets: HeldSocket[] }>();
  for (const socket of ordered) {
    if (!isWaiting(socket) && listeners.some((listener) => covers(listener, socket))) continue;
    const reading = readingOf(socket, listeners);
    const pids = socket.holders.map(({ pid }) => pid).join();
    const name = `${spell(reading.socket)} ${pids}`;
    // Several waiting sockets of one process can have one name (SO_REUSEPORT). A third changes nothing for anyone.
    const key = isWaiting(socket) && !found.has(`${name} 1`) ? `${name} 1` : `${name} 2`;
    const same = found.get(key);
    if (same === undefined) found.set(key, { reading, sockets: [socket] });
    else same.sockets.push(socket);
  }
  return [...found.values()];
}

function known(protocol: string, state: string): boolean {
  return protocol === 'udp' || state === 'CLOSED' || STATES[state] !== undefined;
}

function covers(listener: HeldSocket, { family, local }: HeldSocket): boolean {
  const claims = claimsOf(listener.family, listener.local.address, listener.v6only ?? false);
  return overlap(claims, claimsOf(family, local.address, true));
}

function readingOf(held: HeldSocket, listeners: readonly HeldSocket[]): Reading {
  const { protocol, family, local, state, options, on = [], device, v6only, uid, holders } = held;
  const isOn = (name: 'SO_REUSEADDR' | 'SO_REUSEPORT' | 'IP_FREEBIND' | 'IP_TRANSPARENT' | 'IPV6_TRANSPARENT') =>
    options?.[name] === 1 || on.includes(name);
  // The kernel keeps the options of what is left of a connection, but tells no one. Servers of TCP usually set this one.
  const isLeft = protocol === 'tcp' && holders.length === 0 && held.inode === 0;
  const reuseaddr = isOn('SO_REUSEADDR') || (isLeft && listeners.length === 0);
  const reuseport = isOn('SO_REUSEPORT');
  const isSix = family === 'inet6';
  const isLinkLocal = local.address.startsWith('fe80:');
  const socket: PresentSocket = {
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    family,
    address: local.address,
    port: local.port,
    options: { ...(reuseaddr ? { reuseaddr } : {}), ...(reuseport ? { reuseport } : {}) },
    uid,
    // Whoever made it had the right to, whatever this user may do.
    privileged: true,
    ...(isSix && v6only !== undefined ? { v6only } : {}),
    ...(isLinkLocal && device !== undefined ? { scope: device } : {}),
    ...(device === undefined || isLinkLocal ? {} : { device }),
    ...(isOn('IP_FREEBIND') || isOn('IP_TRANSPARENT') || isOn('IPV6_TRANSPARENT') ? { anyAddress: true } : {}),
    state: protocol === 'udp' ? (held.peer.port === 0 ? 'bound' : 'connected') : (STATES[state] ?? 'bound'),
  };
  const [holder] = holders;
  return {
    text: spell(socket),
    socket,
    plainWithoutDual: false,
    notes: [],
    ...(holder === undefined ? {} : { holder: { program: holder.program, pid: holder.pid } }),
  };
}
