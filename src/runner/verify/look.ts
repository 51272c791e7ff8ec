import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import type { ContainerNetwork } from '../../engine/engine.ts';
import { isLinkLocal } from '../../lab/host-interfaces.ts';
import { isIPv6, isLoopback } from '../../published/publication.ts';
import type { Listener, Situation } from '../../verify/situation.ts';
import { gateways, localhostIn, ownAddresses, waiting, type Tables } from '../../verify/tables.ts';
import type { VerifyRequest } from './gather.ts';
import type { SocketHolder } from '../../sockets/held.ts';
import { socketHolders } from '../sockets/holders.ts';
import { NotVerifiable } from './namespace.ts';

/** One value for this host, and one for the container's network. */
interface Both<T> {
  readonly host: T;
  readonly inside: T;
}

/**
 * The facts that are known before any try, from the tables of both network namespaces and their names.
 * @throws NotVerifiable when the container that the engine speaks of is not on this machine.
 */
export function situationOf(request: VerifyRequest, tables: Both<Tables>, networks: Both<string | null>): Situation {
  const { namespace, engine } = request;
  const hostNetwork = networks.host === networks.inside;
  const addresses = ownAddresses(tables.inside);
  const host = addressesOfHost();
  if (engine !== undefined) checkIsHere(addresses, engine.networks, namespace.pid);
  const sockets = { host: waiting(tables.host), inside: waiting(tables.inside) };
  const { byInode: holders } = socketHolders(new Set([...sockets.host, ...sockets.inside].map(({ inode }) => inode)));
  const pids = hostNetwork && namespace.pid !== undefined ? pidNamespaceOf(namespace.pid) : null;
  const isOwn = (holder: SocketHolder) => holder.network === networks.inside && (pids === null || holder.pids === pids);
  const routers = gateways(tables.inside);
  return {
    // An engine may have sockets of its own in there, for example those of its name server.
    listeners: sockets.inside.flatMap((socket) => {
      const all = holders.get(socket.inode) ?? [];
      return all.length === 0 || all.some(isOwn) ? [listenerOf(socket, all.find(isOwn))] : [];
    }),
    published: engine?.published ?? null,
    hostNetwork,
    addresses,
    linked: addresses.filter((address) => isLinked(address, engine?.networks ?? [], routers, host)),
    host: {
      addresses: host,
      localhost: localhostIn(readFileSync('/etc/hosts', 'utf8')),
      listeners: sockets.host.map((socket) => listenerOf(socket, holders.get(socket.inode)?.[0])),
      ...(request.firewall === undefined ? {} : { firewall: request.firewall }),
    },
  };
}

function listenerOf(
  { protocol, local }: ReturnType<typeof waiting>[number],
  holder: SocketHolder | undefined,
): Listener {
  return {
    protocol,
    ...local,
    ...(holder === undefined ? {} : { program: holder.program, pid: holder.pid }),
  };
}

function pidNamespaceOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    // The process is another user's; then every socket of the network counts as the container's own.
    return null;
  }
}

function addressesOfHost(): string[] {
  const all = Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
  const own = all.map(({ address }) => address).filter((address) => !isLinkLocal(address));
  return [...new Set(own)].toSorted((one, other) => Number(isLoopback(other)) - Number(isLoopback(one)));
}

/** For an engine behind a socket or in a virtual machine: here, its process numbers may belong to no process or to others. */
function checkIsHere(addresses: readonly string[], networks: readonly ContainerNetwork[], pid = 0): void {
  const told = networks.flatMap(({ inet, inet6 }) => [inet, inet6]).filter((address) => address !== undefined);
  if (told.length === 0 || told.some((address) => addresses.includes(address))) return;
  throw new NotVerifiable(
    `the engine has the container at ${told[0]}, but process ${pid} of this machine is not there: the engine runs on ` +
      'another machine or in a virtual one; run bindspec verify there',
  );
}

/**
 * Whether the host has a link of its own to an address of the container: it is then the router of that network. An
 * address inside a rootless engine's own stack is not linked; packets sent there would reach someone else.
 */
function isLinked(
  address: string,
  networks: readonly ContainerNetwork[],
  routers: readonly string[],
  host: readonly string[],
): boolean {
  const network = networks.find(({ inet, inet6 }) => inet === address || inet6 === address);
  const gateway = isIPv6(address) ? network?.gateway6 : network?.gateway;
  const candidates = gateway === undefined ? routers.filter((one) => isIPv6(one) === isIPv6(address)) : [gateway];
  return !host.includes(address) && candidates.some((router) => host.includes(router));
}
