import { ANY, type Claims, meets } from './overlap.ts';
import type { Socket } from './world.ts';

/** The two tables in which a BSD searches for the sockets of a port. */
export type Stack = 'v4' | 'v6';

/** Whether a socket has or had a peer. The BSDs never count such a socket as a holder of its local address alone. */
export function isConnected(socket: Socket): boolean {
  return socket.state !== 'bound' && socket.state !== 'listening' && socket.state !== 'shut-down';
}

/** The first unconnected socket of a chain whose local address is exactly this one. */
export function exactMatch(chain: readonly Socket[], stack: Stack, address: string): Socket | undefined {
  return chain.find((socket) => socket.local[stack] === address && !isConnected(socket));
}

/**
 * The socket of a chain that overlaps the address and has the fewest wildcards in its own name and its peer's; the first
 * of several with the same count. `cost` adds to the count on a system that ranks some sockets below others.
 */
export function bestMatch(
  chain: readonly Socket[],
  stack: Stack,
  address: string,
  cost: (socket: Socket) => number = free,
): Socket | undefined {
  let best: Socket | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (const socket of chain) {
    const local = socket.local[stack];
    if (!meets(local, address)) continue;
    const wildcards = (isConnected(socket) ? 1 : 0) + (local === address ? 0 : 1) + cost(socket);
    if (wildcards < lowest) [best, lowest] = [socket, wildcards];
  }
  return best;
}

function free(): number {
  return 0;
}

/** Whether the second socket has any option to share. If so, only an exact match can conflict with it. */
export function asksToShare({ options }: Socket): boolean {
  return options.reuseaddr === true || options.reuseport === true || options.reuseportLb === true;
}

/**
 * The socket of a chain that may be in the way of the next one: a match of the address exactly if the next has an option
 * to share, else the best of any overlap. `cost` is that of `bestMatch`.
 */
export function holderIn(
  chain: readonly Socket[],
  next: Socket,
  stack: Stack,
  address: string,
  cost?: (socket: Socket) => number,
): Socket | undefined {
  return asksToShare(next) ? exactMatch(chain, stack, address) : bestMatch(chain, stack, address, cost);
}

/** Whether a socket in IPv4 stops a bind to a dual-stack ::, on systems where those of both families are in one list. */
export function stopsDual(held: Socket): boolean {
  return held.local.v4 !== ANY || held.family === 'inet6';
}

/** Whether both sockets are AF_INET6 ones on the IPv4 wildcard; on such systems they do not conflict by their names. */
export function areSixOnAny4(next: Socket, held: Socket): boolean {
  return next.local.v4 === ANY && held.local.v4 === ANY && next.family === 'inet6' && held.family === 'inet6';
}

/** Whether the socket has SO_REUSEADDR or SO_REUSEPORT. */
export function hasEither({ options }: Socket): boolean {
  return options.reuseaddr === true || options.reuseport === true;
}

/** Whether the name is in IPv4 only: an AF_INET one, or a v4-mapped one. */
export function isV4(claims: Claims): claims is Claims & { readonly v4: string } {
  return claims.v6 === undefined && claims.v4 !== undefined;
}

/** Whether the name is the dual-stack wildcard. */
export function isDual(claims: Claims): boolean {
  return claims.v4 === ANY && claims.v6 === ANY;
}

/** The wildcard of each stack in which the name claims something. */
export function widened({ v4, v6 }: Claims): Claims {
  return { v4: v4 === undefined ? undefined : ANY, v6: v6 === undefined ? undefined : ANY };
}
