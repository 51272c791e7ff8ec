import { canonical, isMapped, unmapped } from './address.ts';
import type { Stack } from './bsd-scan.ts';
import { type Demuxer, type Registration, refusedBy, registered, unregistered } from './gvisor-demuxer.ts';
import {
  LOAD_BALANCED,
  MOST_RECENT,
  orphaned,
  type Reservations,
  released,
  type PortRequest,
  reserved,
  TUPLE_ONLY,
} from './gvisor-ports.ts';
import { ANY, type Claims } from './overlap.ts';
import type { Peer } from './types.ts';
import type { Socket } from './world.ts';

/** A socket as gVisor keeps it. It releases and unregisters with what is here now, whatever it reserved. */
export interface GvisorEndpoint {
  readonly id: number;
  readonly stacks: readonly Stack[];
  /** The local address without its scope, or `ANY`. A TCP connection replaces a wildcard; UDP keeps it. */
  readonly local: string;
  readonly peer: string | undefined;
  readonly flags: number;
  readonly device: string | undefined;
  /** The peer for which the port is reserved. */
  readonly reservedFor: string | undefined;
  readonly reserves: boolean;
  /** Whether its connection has released the IPv4 part of its reservation. */
  readonly narrowed?: true;
}

/** The reservations of ports, the registrations for packets, and the sockets. */
export interface Stacks {
  readonly ports: Reservations;
  readonly demuxer: Demuxer;
  readonly endpoints: readonly GvisorEndpoint[];
}

export const NO_SOCKETS: Stacks = { ports: [], demuxer: [], endpoints: [] };

/** The flags that a socket has by its options now. */
export function flagsOf({ protocol, options }: Socket): number {
  const reuseaddr = protocol === 'udp' ? MOST_RECENT : TUPLE_ONLY;
  return (options.reuseaddr === true ? reuseaddr : 0) | (options.reuseport === true ? LOAD_BALANCED : 0);
}

/** The address of a claim, and the stacks that it is in. */
function placeOf(claims: Claims): Pick<GvisorEndpoint, 'stacks' | 'local'> {
  const stacks = (['v4', 'v6'] as const).filter((stack) => claims[stack] !== undefined);
  return { stacks, local: unscoped(claims.v6 ?? claims.v4 ?? ANY) };
}

/** An address as the stack keeps it: without a scope, and an IPv4 address not mapped. */
export function unscoped(address: string): string {
  return unmapped(canonical(address).address);
}

/** A peer as text. */
export function keyOf({ address, port }: Peer): string {
  return `${unscoped(address)} ${port}`;
}

export function stackOfAddress(address: string): Stack {
  return address.includes(':') && !isMapped(canonical(address).address) ? 'v6' : 'v4';
}

/** The stacks in which a UDP socket is registered while it is connected. IPv6 of a dual-stack socket is registered in both. */
export function connectedStacks({ family, v6only }: Socket, stack: Stack): readonly Stack[] {
  return stack === 'v6' && family === 'inet6' && !v6only ? ['v4', 'v6'] : [stack];
}

/** A socket as bind() makes it, if it succeeds. */
export function boundEndpoint(socket: Socket): GvisorEndpoint {
  return {
    id: socket.id,
    ...placeOf(socket.bound),
    peer: undefined,
    flags: flagsOf(socket),
    device: socket.device,
    reservedFor: undefined,
    reserves: true,
  };
}

/** What a socket asks of the table of ports. */
export function requestOf({ id, stacks, local, device, flags, reservedFor }: GvisorEndpoint): PortRequest {
  return { owner: id, stacks, address: local, device, flags, peer: reservedFor };
}

/** What a socket asks of the demuxer. */
export function entryOf({ id, stacks, local, peer, device, flags }: GvisorEndpoint): Registration {
  return { socket: id, stacks, local, peer, device, flags };
}

export function endpointOf({ endpoints }: Stacks, id: number): GvisorEndpoint | undefined {
  return endpoints.find((one) => one.id === id);
}

/** The stacks with this state of a socket. */
export function withEndpoint(stacks: Stacks, endpoint: GvisorEndpoint): Stacks {
  return { ...stacks, endpoints: [...stacks.endpoints.filter(({ id }) => id !== endpoint.id), endpoint] };
}

/** A socket reserves its port. UDP sockets, and connections, are registered for packets at the same time. */
export function added(stacks: Stacks, endpoint: GvisorEndpoint, isRegistered: boolean): Stacks {
  return withEndpoint(
    {
      ...stacks,
      ports: reserved(stacks.ports, requestOf(endpoint)),
      demuxer: isRegistered ? registered(stacks.demuxer, entryOf(endpoint)) : stacks.demuxer,
    },
    endpoint,
  );
}

/** A socket is gone, or has lost its port. */
export function removed(stacks: Stacks, id: number): Stacks {
  const own = endpointOf(stacks, id);
  if (own === undefined) return stacks;
  const ports = own.reserves ? released(stacks.ports, requestOf(own)) : stacks.ports;
  return {
    ports: orphaned(ports, id),
    demuxer: unregistered(stacks.demuxer, entryOf(own)),
    endpoints: stacks.endpoints.filter((one) => one !== own),
  };
}

/**
 * A UDP socket is registered under another name: by connect() or a disconnect. If that is refused, its port is released, with
 * the flags that it would have had, and it has none. A connect() has unregistered it by then, a disconnect has not.
 */
export function reregistered(stacks: Stacks, own: GvisorEndpoint, next: GvisorEndpoint): Stacks {
  const isDisconnect = next.peer === undefined;
  const without = isDisconnect ? stacks.demuxer : unregistered(stacks.demuxer, entryOf(own));
  if (refusedBy(without, entryOf(next)) !== undefined) {
    const ports = released(stacks.ports, requestOf(next));
    return withEndpoint({ ...stacks, ports, demuxer: without }, { ...own, flags: 0 });
  }
  const both = registered(without, entryOf(next));
  const demuxer = isDisconnect ? unregistered(both, entryOf({ ...own, flags: next.flags })) : both;
  return withEndpoint({ ...stacks, demuxer }, next);
}
