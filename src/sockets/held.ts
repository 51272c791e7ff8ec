import type { KernelSocket, ReadOptions } from '../protocol/kernel-sockets.ts';
import type { Family, SocketName } from '../protocol/messages.ts';
import { TCP_STATES } from '../protocol/tcp-states.ts';
import type { Belongs } from './control-group.ts';
import { parseSocketTable } from './table.ts';

/** The tables of internet sockets under /proc/net, by their names there. */
export const SOCKET_TABLES = [
  'tcp',
  'tcp6',
  'udp',
  'udp6',
  'udplite',
  'udplite6',
  'raw',
  'raw6',
  'icmp',
  'icmp6',
] as const;
export type SocketTables = Readonly<Partial<Record<(typeof SOCKET_TABLES)[number], string>>>;
type TableProtocol = 'tcp' | 'udp' | 'udplite' | 'raw' | 'icmp';

/** A process that has a socket open. */
export interface SocketHolder extends Belongs {
  readonly pid: number;
  /** One of its descriptors of the socket. */
  readonly descriptor: number;
  readonly program: string;
  /** Its arguments, the program's own name first; empty where the kernel tells none. */
  readonly command: readonly string[];
  /** Its effective user. */
  readonly uid: number;
  /** Its network and pid namespaces, as the kernel names them. */
  readonly network: string;
  readonly pids: string;
}

/** A socket with everything that this user may know of it. */
export interface HeldSocket {
  readonly protocol: TableProtocol;
  readonly family: Family;
  readonly local: SocketName;
  readonly peer: SocketName;
  /**
   * By the kernel's name, for example `LISTEN`. A UDP socket without a peer is `CLOSED`, and with one `ESTABLISHED`; a TCP
   * socket that is bound only is `CLOSED`, and in no table: only sock_diag(7) tells it.
   */
  readonly state: string;
  readonly inode: number;
  /** The user who made it, who need not be the user of a process that holds it now. */
  readonly uid: number;
  readonly received: number;
  readonly queued: number;
  /** How many connections may wait for accept(): of a listener, where it is known. */
  readonly backlog?: number;
  /** The interface that it is tied to (SO_BINDTODEVICE). */
  readonly device?: string;
  readonly v6only?: boolean;
  /** What getsockopt() returned for it; absent where this user may not ask the process. */
  readonly options?: ReadOptions;
  /** Those options that sock_diag(7) says are on. */
  readonly on?: readonly string[];
  /** Every process that has it open; empty for what is left of a connection, and where this user may not see them. */
  readonly holders: readonly SocketHolder[];
}

/** A socket of the tables, before its holders are known. */
export type TableSocket = Omit<HeldSocket, 'options' | 'holders'>;

/** All sockets of the tables of one network namespace. */
export function tableSockets(tables: SocketTables): TableSocket[] {
  return SOCKET_TABLES.flatMap((table) => {
    const protocol = table.replace('6', '') as TableProtocol;
    const family = table.endsWith('6') ? 'inet6' : 'inet';
    return parseSocketTable(tables[table] ?? '', family).map((row) => ({
      ...row,
      protocol,
      family,
      state: stateName(row.state),
    }));
  });
}

/** Adds what sock_diag(7) told: facts about sockets of the tables, and TCP sockets that are bound only, which no table has. */
export function withKernelSockets(
  sockets: readonly TableSocket[],
  told: readonly { readonly protocol: 'tcp' | 'udp'; readonly family: Family; readonly socket: KernelSocket }[],
  devices: ReadonlyMap<number, string>,
): TableSocket[] {
  const byInode = new Map(told.flatMap((one) => (one.socket.inode === 0 ? [] : [[one.socket.inode, one] as const])));
  const facts = ({ device, v6only, on, state, queued }: KernelSocket) => ({
    ...(device === 0 ? {} : { device: devices.get(device) ?? `interface ${device}` }),
    ...(v6only === undefined ? {} : { v6only }),
    ...(on === undefined ? {} : { on }),
    ...(stateName(state) === 'LISTEN' ? { backlog: queued } : {}),
  });
  const known = new Set(sockets.map(({ inode }) => inode));
  const more = [...byInode.values()].filter(({ socket }) => !known.has(socket.inode));
  return [
    ...sockets.map((socket) => {
      const one = byInode.get(socket.inode)?.socket;
      return one === undefined ? socket : { ...socket, ...facts(one) };
    }),
    ...more.map(({ protocol, family, socket }) => ({
      protocol,
      family,
      local: socket.local,
      peer: socket.peer,
      state: stateName(socket.state),
      inode: socket.inode,
      uid: socket.uid,
      received: socket.received,
      queued: socket.queued,
      ...facts(socket),
    })),
  ];
}

/** Adds what getsockopt() told; it is surer than the tables, and has more. */
export function withOptions(
  socket: Omit<HeldSocket, 'options'>,
  options: ReadOptions | undefined,
  backlog?: number,
): HeldSocket {
  if (options === undefined) return socket;
  const { IPV6_V6ONLY: v6only, SO_BINDTODEVICE: device } = options;
  return {
    ...socket,
    options,
    ...(typeof v6only === 'number' ? { v6only: v6only !== 0 } : {}),
    ...(typeof device === 'string' && device !== '' ? { device } : {}),
    ...(backlog === undefined ? {} : { backlog }),
  };
}

function stateName(state: number): string {
  return TCP_STATES[state] ?? `state ${state}`;
}
