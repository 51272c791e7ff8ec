import { ANY, type Claims, isMulticast, meets } from './overlap.ts';
import type { Socket } from './world.ts';

/** The two tables in which a BSD looks for the sockets of a port. */
export type Stack = 'v4' | 'v6';

/** Whether a socket has a peer, or had one: the BSDs never take it for a holder of its bare local address. */
export function isConnected(socket: Socket): boolean {
  return socket.state !== 'bound' && socket.state !== 'listening' && socket.state !== 'shut-down';
}

/** The newest unconnected socket whose local address is exactly this one. */
function exactMatch(sockets: readonly Socket[], stack: Stack, address: string): Socket | undefined {
  return sockets.findLast((socket) => socket.local[stack] === address && !isConnected(socket));
}

/**
 * The socket that overlaps the address and has the fewest wildcards in its name and its peer's; the newest of several.
 * `cost` adds to that count where a system ranks some sockets behind others.
 */
export function bestMatch(
  sockets: readonly Socket[],
  stack: Stack,
  address: string,
  cost: (socket: Socket) => number = free,
): Socket | undefined {
  let best: Socket | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (let place = sockets.length - 1; place >= 0; place -= 1) {
    const socket = sockets[place];
    const local = socket?.local[stack];
    if (socket === undefined || !meets(local, address)) continue;
    const wildcards = (isConnected(socket) ? 1 : 0) + (local === address ? 0 : 1) + cost(socket);
    if (wildcards < lowest) [best, lowest] = [socket, wildcards];
  }
  return best;
}

function free(): number {
  return 0;
}

/** Whether the second socket asks to share at all; if so, only an exact match can stand in its way. */
export function asksToShare({ options }: Socket): boolean {
  return options.reuseaddr === true || options.reuseport === true || options.reuseportLb === true;
}

/** Looks the address up as the second socket's options have it: exactly, or for any overlap. */
export function holderOf(
  sockets: readonly Socket[],
  next: Socket,
  stack: Stack,
  address: string,
  cost?: (socket: Socket) => number,
): Socket | undefined {
  return asksToShare(next) ? exactMatch(sockets, stack, address) : bestMatch(sockets, stack, address, cost);
}

/** Whether both sockets have SO_REUSEPORT; for a multicast address SO_REUSEADDR counts as both options. */
export function sharesPort(next: Socket, old: Socket): boolean {
  const both = next.options.reuseport === true && old.options.reuseport === true;
  if (both || next.options.reuseaddr !== true || !isMulticast(next.address)) return both;
  return old.options.reuseaddr === true || old.options.reuseport === true;
}

/** Whether the name is in IPv4 only: an AF_INET one, or a v4-mapped one. */
export function isV4(claims: Claims): claims is Claims & { readonly v4: string } {
  return claims.v6 === undefined;
}

/** Whether the name is the dual-stack wildcard. */
export function isDual(claims: Claims): boolean {
  return claims.v4 === ANY && claims.v6 === ANY;
}

/** What macOS and FreeBSD leave after a disconnect: a wildcard, even of a socket that was bound to an address. */
export function wildcardAgain({ bound, local }: Socket): Claims {
  return {
    v4: (local.v4 ?? bound.v4) === undefined ? undefined : ANY,
    v6: (local.v6 ?? bound.v6) === undefined ? undefined : ANY,
  };
}
