import { canonical, isMapped, needsScope } from './address.ts';
import { type Claims, claimsAny, claimsOf } from './overlap.ts';
import type { NextSocket, Operation, Options, Setting } from './types.ts';
import type { Socket, System, Target } from './world.ts';

const NO_OPTIONS: Options = {};

/** The parts of a system that decide which name a socket gets. */
type Naming = Pick<System<unknown>, 'scopeTies' | 'alwaysV6only' | 'mappedIsV6' | 'v6onlyByDefault'>;

/** A socket that will be bound, in normalised form; the caller chose the id. */
export function socketOf(
  next: NextSocket & { readonly chosen?: boolean },
  id: number,
  system: Naming,
  setting: Setting,
): Socket {
  const { address, scope = next.scope } = canonical(next.address);
  const v6only = v6onlyOf(next, system, setting);
  const scoped = scope !== undefined && needsScope(address);
  const ties = system.scopeTies === true && scoped;
  const claims =
    system.mappedIsV6 === true && v6only && isMapped(address)
      ? { v4: undefined, v6: address }
      : claimsOf(next.family, scoped && !ties ? `${address}%${scope}` : address, v6only);
  const uid = next.uid ?? 0;
  return {
    id,
    protocol: next.protocol,
    family: next.family,
    v6only,
    v6onlySaid: next.v6only !== undefined,
    address,
    scope: scoped ? scope : undefined,
    idleScope: scoped ? undefined : scope,
    port: next.port,
    bound: claims,
    local: claims,
    options: next.options ?? NO_OPTIONS,
    uid,
    privileged: next.privileged ?? uid === 0,
    device: ties ? scope : next.device,
    domain: next.domain ?? 0,
    portRange: next.portRange,
    anyAddress: next.anyAddress === true,
    chosen: next.chosen === true,
    state: 'bound',
    autobound: false,
    accepted: false,
    refused: false,
    sent: false,
    peer: undefined,
    memberships: [],
    joined6: false,
    formerly: undefined,
    overIPv4: next.connectedOverIPv4 === true,
  };
}

/** The value of IPV6_V6ONLY on a socket: what the program asked for, or the machine's or the system's default. */
function v6onlyOf(next: NextSocket, system: Naming, { host }: Setting): boolean {
  if (next.family === 'inet') return false;
  return system.alwaysV6only === true || (next.v6only ?? host?.bindv6only ?? system.v6onlyByDefault);
}

/** The operation with every default of the system and of the machine filled in, and addresses in their canonical form. */
export function explicit(operation: Operation, system: Naming, setting: Setting): Operation {
  const whole = <Next extends NextSocket>(next: Next): Next =>
    next.family === 'inet'
      ? next
      : { ...next, address: canonical(next.address).address, v6only: v6onlyOf(next, system, setting) };
  if (operation.op === 'bind') return whole(operation);
  return 'as' in operation && operation.as !== undefined ? { ...operation, as: whole(operation.as) } : operation;
}

/** Whether the socket has a peer now. */
export function hasPeer({ state }: Socket): boolean {
  return state === 'connecting' || state === 'connected' || state === 'accepted' || state === 'close-wait';
}

/** The socket when it has no connection any more, under the name that this leaves it. */
export function withoutPeer(socket: Socket, local: Claims): Socket {
  return { ...socket, local, state: 'bound', peer: undefined };
}

/**
 * Whether the socket has lost its port for good while its descriptor is open: its connection was reset or refused, or (on
 * some systems) shutdown() ended it.
 */
export function isReleased({ local, formerly }: Socket): boolean {
  return local.v4 === undefined && local.v6 === undefined && formerly === undefined;
}

/**
 * What is known of a connection: the peer, the stack (that of the peer or, if the caller did not give the peer, that of the
 * local address), and the claims that the socket will have.
 */
export function targetOf(
  { to, local }: { readonly to?: Target['to']; readonly local?: string },
  claims: Claims,
  system: Naming,
): Target {
  const name = narrowed(claims, local, system);
  const address = to?.address ?? local;
  if (address === undefined || address === '') return { to, stack: undefined, local: undefined, name };
  return { to, local, name, stack: !address.includes(':') || isMapped(canonical(address).address) ? 'v4' : 'v6' };
}

/** The claims of a name after a connection has given it a local address. A specific address stays the same. */
export function narrowed(claims: Claims, local: string | undefined, { scopeTies }: Naming): Claims {
  if (!claimsAny(claims) || local === undefined) return claims;
  const { address, scope } = canonical(local);
  const plain = scope === undefined || scopeTies === true ? address : `${address}%${scope}`;
  // For a dual-stack socket connected over IPv4, the caller may give the address in the plain or in the mapped form.
  return claimsOf(address.includes(':') ? 'inet6' : 'inet', plain, false);
}
