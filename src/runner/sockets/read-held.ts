import { readFileSync } from 'node:fs';
import type { AgentProcess } from '../../harness/agent-process.ts';
import type { Operation } from '../../protocol/messages.ts';
import type { OptionName } from '../../protocol/options.ts';
import { DEVICE_FILES, deviceNames } from '../../sockets/devices.ts';
import {
  SOCKET_TABLES,
  tableSockets,
  withKernelSockets,
  withOptions,
  type HeldSocket,
  type SocketHolder,
  type TableSocket,
} from '../../sockets/held.ts';
import { socketHolders } from './holders.ts';

/** Where the sockets are, and which of them are wanted. */
export interface SocketsWanted {
  /**
   * The folder of the tables, which decides the network namespace: `/proc/net` for that of this process, `/proc/PID/net`
   * for that of another.
   */
  readonly net?: string;
  /** Whether the agent is in that namespace, so that it can also ask its kernel by sock_diag(7). */
  readonly isAgents?: boolean;
  /** Only the sockets of this local port. */
  readonly port?: number;
  /** Which of them are looked at; all when left out. */
  readonly only?: (socket: TableSocket) => boolean;
}

/** The sockets, and what this user could not see. */
export interface SocketsRead {
  readonly sockets: readonly HeldSocket[];
  /** How many processes belong to someone else, so that what they hold can't be seen. */
  readonly unseen: number;
  /** How many sockets have a holder whose socket this user may not ask for its options. */
  readonly unasked: number;
}

/** What is asked of each live socket. Without a listener or its family, some of them have no answer. */
const LIVE_OPTIONS: readonly OptionName[] = [
  'SO_REUSEADDR',
  'SO_REUSEPORT',
  'SO_BINDTODEVICE',
  'SO_BROADCAST',
  // These are read from AF_INET6 sockets too: there they count for IPv4, and IP_FREEBIND for both.
  'IP_FREEBIND',
  'IP_TRANSPARENT',
  'IP_PKTINFO',
  'IP_BIND_ADDRESS_NO_PORT',
  'IPV6_V6ONLY',
  'IPV6_RECVPKTINFO',
  'IPV6_FREEBIND',
  'IPV6_TRANSPARENT',
  'TCP_DEFER_ACCEPT',
  'TCP_FASTOPEN',
];

/**
 * Reads the sockets of one network namespace of this machine, who holds them, and their options. Nothing is changed: of a
 * live socket a copy of the descriptor is asked by getsockopt() and closed at once.
 * @param agent one in the process namespace and the user namespace of the harness: the numbers of processes are those of
 *   the harness, and the kernel asks whether the agent could trace the process (ptrace(2), PTRACE_MODE_ATTACH_REALCREDS)
 * @throws HarnessError
 */
export async function readHeldSockets(agent: AgentProcess, wanted: SocketsWanted = {}): Promise<SocketsRead> {
  const [read = { sockets: [], unseen: 0, unasked: 0 }] = await readAllHeldSockets(agent, [wanted]);
  return read;
}

/** Reads those of several namespaces, for which it looks at every process once. @throws HarnessError */
export async function readAllHeldSockets(agent: AgentProcess, all: readonly SocketsWanted[]): Promise<SocketsRead[]> {
  const listed: TableSocket[][] = [];
  for (const wanted of all) listed.push(await listedSockets(agent, wanted));
  const { byInode, unseen } = socketHolders(new Set(listed.flat().map(({ inode }) => inode)));
  const read: SocketsRead[] = [];
  for (const sockets of listed) {
    const held = sockets.map((socket) => ({ ...socket, holders: byInode.get(socket.inode) ?? [] }));
    const answers = await liveOptions(agent, held);
    read.push({
      sockets: held.map((socket) => withOptions(socket, ...(answers.get(socket.inode) ?? [undefined]))),
      unseen,
      unasked: held.filter(({ inode, holders }) => holders.length > 0 && !answers.has(inode)).length,
    });
  }
  return read;
}

async function listedSockets(
  agent: AgentProcess,
  { net = '/proc/net', isAgents = net === '/proc/net', port, only = () => true }: SocketsWanted,
): Promise<TableSocket[]> {
  const listed = listedAt(net, port);
  const told = isAgents ? await kernelSockets(agent, port) : [];
  return withKernelSockets(listed, told, deviceNames(readTexts(net, DEVICE_FILES))).filter(only);
}

/** The sockets of the tables in a folder, those of one port or all. */
export function listedAt(net: string, port?: number): TableSocket[] {
  return tableSockets(readTexts(net, SOCKET_TABLES)).filter(({ local }) => port === undefined || local.port === port);
}

/** The text of files of a folder; those that can't be read are left out, for example where the kernel has no IPv6. */
function readTexts<Name extends string>(folder: string, names: readonly Name[]): Partial<Record<Name, string>> {
  const texts: Partial<Record<Name, string>> = {};
  for (const name of names) {
    try {
      texts[name] = readFileSync(`${folder}/${name}`, 'utf8');
    } catch {
      // There is no such table, or the process has ended.
    }
  }
  return texts;
}

async function kernelSockets(agent: AgentProcess, port: number | undefined) {
  const asked = (['tcp', 'udp'] as const).flatMap((protocol) =>
    (['inet', 'inet6'] as const).map((family) => ({ protocol, family })),
  );
  const operations = asked.map((one): Operation => ({
    op: 'kernel-sockets',
    ...one,
    ...(port === undefined ? {} : { port }),
  }));
  const results = await agent.ask(operations, false);
  return asked.flatMap((one, place) => (results[place]?.sockets ?? []).map((socket) => ({ ...one, socket })));
}

/** For each socket the answer of the first holder that may be asked. */
async function liveOptions(
  agent: AgentProcess,
  sockets: readonly { readonly inode: number; readonly holders: readonly SocketHolder[] }[],
) {
  const found = new Map<number, Parameters<typeof withOptions> extends [unknown, ...infer Rest] ? Rest : never>();
  const most = Math.max(0, ...sockets.map(({ holders }) => holders.length));
  for (let turn = 0; turn < most; turn += 1) {
    const left = sockets.flatMap(({ inode, holders }) => {
      const holder = holders[turn];
      return holder === undefined || found.has(inode) ? [] : [{ inode, holder }];
    });
    const results = await agent.ask(
      left.map(({ inode, holder: { pid, descriptor } }): Operation => ({
        op: 'inspect',
        pid,
        descriptor,
        inode,
        options: [...LIVE_OPTIONS],
      })),
      false,
    );
    for (const [place, { inode }] of left.entries()) {
      const { options, backlog } = results[place] ?? {};
      if (options !== undefined) found.set(inode, [options, backlog?.most]);
    }
  }
  return found;
}
