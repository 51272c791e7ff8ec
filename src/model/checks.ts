import { isMapped, isWildcard } from './overlap.ts';
import type { Socket, World } from './world.ts';

/**
 * Whether the host has the address. Wildcards are everybody's. A host whose addresses are not given has them all.
 * `also` names what a system takes for local without configuration.
 */
export function isLocal(world: World<unknown>, next: Socket, also?: (address: string) => boolean): boolean {
  const addresses = world.setting.host?.addresses;
  if (addresses === undefined || isWildcard(next.address)) return true;
  const plain = isMapped(next.address) ? next.address.slice('::ffff:'.length) : next.address;
  return addresses.includes(plain) || also?.(next.address) === true;
}

/** Whether the port needs a privilege that the caller lacks. */
export function lacksPrivilege(world: World<unknown>, next: Socket): boolean {
  return !next.privileged && next.port !== 0 && next.port < (world.setting.host?.unprivilegedPortStart ?? 1024);
}

/** Whether the very socket that asks is bound already. */
export function isBound(world: World<unknown>, next: Socket): boolean {
  return world.sockets.some((socket) => socket.id === next.id);
}
