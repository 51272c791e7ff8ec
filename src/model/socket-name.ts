import { ANY } from './overlap.ts';
import { isReleased } from './socket.ts';
import type { Peer } from './types.ts';
import type { Socket } from './world.ts';

/**
 * What getsockname() returns for a socket that has a port; undefined for one that has lost it. A link-local address has its
 * scope, where the system counts the scope as a part of the address.
 * @param saysAny whether the system says `::` for the v4-mapped wildcard
 */
export function sockname(socket: Socket, saysAny = false): Peer | undefined {
  if (isReleased(socket)) return undefined;
  const { v4, v6 } = socket.formerly ?? socket.local;
  const { port } = socket;
  if (socket.family === 'inet') return { address: v4 === ANY || v4 === undefined ? '0.0.0.0' : v4, port };
  if (v6 !== undefined) return { address: v6 === ANY ? '::' : v6, port };
  if (v4 === ANY && saysAny) return { address: '::', port };
  return { address: `::ffff:${v4 === ANY ? '0.0.0.0' : v4}`, port };
}
