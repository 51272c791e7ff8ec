import { readListing } from '../explain/reader/listing.ts';
import type { Reading } from '../explain/reader/reading.ts';
import { readSpelled } from '../explain/reader/read.ts';
import { settingsAmong, type Settings } from '../explain/reader/settings.ts';
import { Unreadable } from '../explain/reader/unreadable.ts';
import type { HeldSocket, SocketHolder } from '../sockets/held.ts';
import type { PresentReading } from './present.ts';
import type { WantedPort } from './wanted-ports.ts';

/** The states of sockets as the tables of Linux call them, which reports have of every system. */
const STATES: Readonly<Record<string, string>> = {
  listening: 'LISTEN',
  bound: 'CLOSED',
  connected: 'ESTABLISHED',
  'close-wait': 'CLOSE_WAIT',
  'fin-wait-1': 'FIN_WAIT_1',
  'fin-wait-2': 'FIN_WAIT_2',
  'time-wait': 'TIME_WAIT',
};

/**
 * The sockets of a port in the output of lsof, sockstat or netstat, as the reader of `explain` reads them. Processes that
 * share a socket are one socket, where the tool tells that; connections of a listener that is there are left out.
 */
export function listedSockets(output: string, { protocol, port }: WantedPort): PresentReading[] {
  const found = new Map<string, { reading: Reading; holders: SocketHolder[] }>();
  for (const line of output.split(/\r?\n/)) {
    const reading = readLine(line);
    if (reading === null || reading.socket.protocol !== protocol || reading.socket.port !== port) continue;
    const { identity } = reading as { readonly identity?: string };
    const key = identity ?? `${reading.holder?.pid ?? ''} ${reading.socket.address} ${reading.socket.state ?? ''}`;
    const holder = holderOf(reading);
    const same = found.get(key);
    if (same === undefined) found.set(key, { reading, holders: holder === undefined ? [] : [holder] });
    else if (holder !== undefined && same.holders.every(({ pid }) => pid !== holder.pid)) same.holders.push(holder);
  }
  const all = [...found.values()].map(({ reading, holders }, place) => ({
    reading: { ...reading, socket: { ...reading.socket, privileged: true } },
    sockets: [heldFrom(reading, holders, place + 1)],
  }));
  const isListening = all.some(({ reading: { socket } }) => socket.state === 'listening');
  return all.filter(({ reading: { socket } }) => !isListening || socket.state === 'listening');
}

function readLine(line: string): Reading | null {
  const listed = readListing(line);
  if (listed !== null) return listed;
  if (!/^\s*(tcp|udp)(4|6|46)?\s/i.test(line)) return null;
  try {
    return readSpelled(line);
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

function holderOf({ holder }: Reading): SocketHolder | undefined {
  if (holder?.pid === undefined) return undefined;
  const { pid, program = 'a process' } = holder;
  return { pid, program, descriptor: -1, command: [], uid: -1, network: '', pids: '' };
}

function heldFrom({ socket }: Reading, holders: readonly SocketHolder[], inode: number): HeldSocket {
  const { protocol, family, address, port, state, v6only } = socket;
  const isConnected = state !== undefined && state !== 'bound' && state !== 'listening';
  const waiting = protocol === 'tcp' && state === undefined ? 'LISTEN' : 'CLOSED';
  return {
    protocol,
    family,
    local: { address, port },
    peer: { address: family === 'inet' ? '0.0.0.0' : '::', port: isConnected ? 1 : 0 },
    state: state === undefined ? waiting : (STATES[state] ?? state),
    // These tools tell no number of a socket and no user by a number.
    inode,
    uid: -1,
    received: 0,
    queued: 0,
    ...(v6only === undefined ? {} : { v6only }),
    holders,
  };
}

/** The settings that the output of netsh tells, and whether an excluded range has the port. */
export function excludedIn(output: string, { protocol, port }: WantedPort): { settings: Settings; note?: string } {
  const { settings } = settingsAmong(output.split(/\r?\n/));
  const ranges = settings.hosts.windows?.excludedPorts ?? [];
  const range = ranges.find(
    (one) => one.from <= port && port <= one.to && (one.protocol === undefined || one.protocol === protocol),
  );
  if (range === undefined) return { settings };
  return {
    settings,
    note: `Windows excludes the ports ${range.from}-${range.to} (netsh int ipv4 show excludedportrange).`,
  };
}
