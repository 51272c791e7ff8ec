import { canonical, isLimitedBroadcast, isMulticast, isWildcard, needsScope, unmapped } from './address.ts';
import { isConnected } from './bsd-scan.ts';
import { ANY, NOTHING } from './overlap.ts';
import { isReleased } from './socket.ts';
import type { Outcome, RuleId } from './types.ts';
import type { Socket, Target, World } from './world.ts';

/** Whether the socket wants to connect over a stack that it is not in. */
export function wrongStack(socket: Socket, { stack }: Target): boolean {
  const name = socket.formerly ?? socket.local;
  return socket.family === 'inet6' && stack !== undefined && name[stack] === undefined;
}

/**
 * Whether another socket is connected to the same peer from the address that this socket would have. `plainly` says that a
 * v4-mapped peer is the same as its IPv4 address, as where one table has the connections of both families.
 */
export function peerTaken({ sockets }: World<unknown>, socket: Socket, { to, name }: Target, plainly = false): boolean {
  if (to === undefined) return false;
  const peerOf = (text: string) => (plainly ? unmapped(canonical(text).address) : canonical(text).address);
  const wanted = peerOf(to.address);
  return sockets.some(
    ({ id, peer, local }) =>
      id !== socket.id &&
      peer?.port === to.port &&
      peerOf(peer.address) === wanted &&
      local.v4 === name.v4 &&
      local.v6 === name.v6,
  );
}

/**
 * The same on systems where the sockets of both families are in one list: a v4-mapped address is the IPv4 address, and of a
 * local address only the stack of the connection counts.
 */
export function pairTaken({ sockets }: World<unknown>, socket: Socket, { to, stack, local }: Target): boolean {
  if (to === undefined || stack === undefined) return false;
  const name = (socket.formerly ?? socket.local)[stack];
  // On a wildcard the system has chosen the address; a caller need not know which.
  const here = name === ANY || name === undefined ? local : name;
  if (here === undefined) return false;
  const wanted = plain(to.address);
  return sockets.some(
    ({ id, peer, local: claims }) =>
      id !== socket.id && peer?.port === to.port && plain(peer.address) === wanted && claims[stack] === plain(here),
  );
}

/** An address as claims have it: an IPv4 one plain, an IPv6 one with its scope. */
function plain(text: string): string {
  const { address, scope } = canonical(text);
  return scope === undefined || !needsScope(address) ? unmapped(address) : `${address}%${scope}`;
}

/** Whether the peer is neither a wildcard nor a multicast or broadcast address; true if it is not known. */
export function isUnicastPeer({ setting }: World<unknown>, { to }: Target): boolean {
  if (to === undefined) return true;
  const { address } = canonical(to.address);
  return !(
    isWildcard(address) ||
    isMulticast(address) ||
    isLimitedBroadcast(address) ||
    setting.host?.broadcasts?.includes(unmapped(address)) === true
  );
}

/** Whether the peer's address needs a scope and has that of no interface. */
export function hasNoSuchScope({ setting: { host } }: World<unknown>, { to }: Target): boolean {
  if (to === undefined || host?.devices === undefined) return false;
  const { address, scope } = canonical(to.address);
  return scope !== undefined && needsScope(address) && !Object.hasOwn(host.devices, scope);
}

/** The errors of a connect() after which a TCP socket has lost its port too. */
const GIVEN_UP: ReadonlySet<Outcome> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT']);

/** The rule by which a UDP socket keeps its chosen port where the datagram itself was refused. */
export function keptBySend(outcome: Outcome, op: 'connect' | 'send', rule: RuleId): RuleId | undefined {
  return op === 'send' && outcome === 'EACCES' ? rule : undefined;
}

/** A TCP socket whose connect() got a reset, or no answer: its descriptor is open, its port is free. */
export function releasedByRefusal(socket: Socket, outcome: Outcome): Socket | undefined {
  return socket.protocol === 'tcp' && GIVEN_UP.has(outcome) ? { ...socket, local: NOTHING } : undefined;
}

/** A TCP socket without a connection that shutdown() has taken off its port. */
export function withoutPort(socket: Socket): Socket {
  return { ...socket, local: NOTHING, state: socket.state === 'listening' ? 'shut-down' : 'bound' };
}

/**
 * The error of a connect() that fails because of what the socket is, whatever its target. `released` is what the system
 * returns on one that has lost its port.
 */
export function unfit<Released extends Outcome | readonly Outcome[]>(
  socket: Socket,
  released: Released,
): Outcome | Released | undefined {
  if (socket.state === 'listening' || socket.state === 'shut-down') return 'EOPNOTSUPP';
  if (isReleased(socket)) return released;
  return socket.protocol === 'tcp' && isConnected(socket) ? 'EISCONN' : undefined;
}
