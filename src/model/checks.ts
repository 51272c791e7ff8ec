import {
  compatible4,
  isLimitedBroadcast,
  isLinkLocal6,
  isMapped,
  isMulticast,
  isWildcard,
  needsScope,
  unmapped,
} from './address.ts';
import type { Host } from './types.ts';
import type { Socket, World } from './world.ts';

/**
 * The kind of address that a name is on this machine. `own` is an address that an interface has (a deprecated one too).
 * `unready` is one that is tentative, duplicated or detached there. `foreign` is one that no interface has. Three kinds are
 * for an address that needs a scope: `no-scope` has none, `wrong-scope` has the scope of an interface without the address,
 * and `no-such-scope` has a scope that no interface has.
 */
export type Standing =
  | 'any'
  | 'group'
  | 'limited-broadcast'
  | 'broadcast'
  | 'own'
  | 'unready'
  | 'anycast'
  | 'no-scope'
  | 'wrong-scope'
  | 'no-such-scope'
  | 'foreign';

/** The kind of address that a socket's name is on this machine. A v4-mapped name is of the kind of its IPv4 address. */
export function standing({ setting: { host } }: World<unknown>, { address, scope }: Socket): Standing {
  if (isWildcard(address)) return 'any';
  const unknownScope = scope !== undefined && host?.devices !== undefined && !Object.hasOwn(host.devices, scope);
  if (isMulticast(address)) return needsScope(address) && unknownScope ? 'no-such-scope' : 'group';
  if (isLimitedBroadcast(address)) return 'limited-broadcast';
  const plain = unmapped(address);
  if (host?.broadcasts?.includes(plain) === true) return 'broadcast';
  if (isLinkLocal6(address)) {
    if (scope === undefined) return 'no-scope';
    if (unknownScope) return 'no-such-scope';
    if (host?.devices !== undefined && host.devices[scope]?.includes(plain) !== true) return 'wrong-scope';
  }
  if (!isOwn(host, plain)) return 'foreign';
  const flag = host?.flags?.[plain];
  if (flag === 'anycast') return 'anycast';
  return flag === undefined || flag === 'deprecated' ? 'own' : 'unready';
}

/** Whether the host has the address. If its addresses are not given, it has every address that an interface can have. */
function isOwn(host: Host | undefined, plain: string): boolean {
  return host?.addresses === undefined ? compatible4(plain) === undefined : host.addresses.includes(plain);
}

/** Whether the port needs a privilege that the caller lacks. A port that the system chooses needs none. */
export function lacksPrivilege(world: World<unknown>, next: Socket): boolean {
  return (
    !next.privileged &&
    !next.chosen &&
    next.port !== 0 &&
    next.port < (world.setting.host?.unprivilegedPortStart ?? 1024)
  );
}

/** Whether the socket that asks is already bound itself. */
export function isBound(world: World<unknown>, next: Socket): boolean {
  return world.sockets.some((socket) => socket.id === next.id);
}

/** Whether the socket asks for a v4-mapped name and has IPV6_V6ONLY=1. */
export function isMappedOnV6only({ v6only, address }: Socket): boolean {
  return v6only && isMapped(address);
}

/** Whether both sockets have SO_REUSEADDR. */
export function bothReuseaddr(next: Socket, old: Socket): boolean {
  return next.options.reuseaddr === true && old.options.reuseaddr === true;
}

/** Whether both sockets have SO_REUSEPORT. */
export function bothReuseport(next: Socket, old: Socket): boolean {
  return next.options.reuseport === true && old.options.reuseport === true;
}
