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
 * What a name is to the machine. `own` is an address that an interface has (a deprecated one too), `unready` one that is
 * tentative, duplicated or detached there, and `foreign` one that none has. Of an address that needs a scope, `no-scope`
 * has none, `wrong-scope` that of an interface without the address, and `no-such-scope` that of no interface.
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

/** What a socket's name is to the machine. A v4-mapped name is what its IPv4 address is. */
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

/** A host whose addresses are not given has all that an interface can have. */
function isOwn(host: Host | undefined, plain: string): boolean {
  return host?.addresses === undefined ? compatible4(plain) === undefined : host.addresses.includes(plain);
}

/** Whether the port needs a privilege that the caller lacks. Port 0 is none, but a question for one. */
export function lacksPrivilege(world: World<unknown>, next: Socket): boolean {
  return !next.privileged && next.port !== 0 && next.port < (world.setting.host?.unprivilegedPortStart ?? 1024);
}

/** Whether the very socket that asks is bound already. */
export function isBound(world: World<unknown>, next: Socket): boolean {
  return world.sockets.some((socket) => socket.id === next.id);
}

/** Whether the socket asks for a v4-mapped name and has IPV6_V6ONLY=1. */
export function isMappedOnV6only({ v6only, address }: Socket): boolean {
  return v6only && isMapped(address);
}
