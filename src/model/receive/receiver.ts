import { isMapped, unmapped } from '../address.ts';
import { ANY, type Claims, claimsOf } from '../overlap.ts';
import type { Family, NextSocket, Options, Protocol, ReceiveOptions } from '../types.ts';

/** The IPv4 address that the kernel sets as a placeholder when connect() gives a dual-stack socket an IPv6 address. */
const PLACEHOLDER = '127.0.0.6';

/** The senders of a socket's IPv4 and IPv6 packets: its peer, or the part of it that is left after a disconnect. */
export interface Peer {
  readonly v4?: string;
  /** In the form of a sender's address. An IPv4 peer is v4-mapped here, so it is equal to no sender of an IPv6 packet. */
  readonly v6?: string;
  readonly port?: number;
}

/** A group that a socket has joined on a device; if the device is not known, on any device. */
interface Membership {
  readonly group: string;
  readonly device: string | undefined;
}

/** The properties of a socket that decide who receives. */
export interface Receiver {
  readonly id: number;
  readonly protocol: Protocol;
  readonly family: Family;
  /** IPV6_V6ONLY, which a bind to an IPv6 address sets too. */
  readonly v6only: boolean;
  /** The address that it has now, as text; the lists and groups go by it. */
  readonly address: string;
  /** The destination of the IPv4 packets that it takes: one address, `ANY`, or none. `v6` is the same for IPv6. */
  readonly v4: string | undefined;
  readonly v6: string | undefined;
  /** The local address of its connection, on a system where it keeps the name that it was bound to. */
  readonly own?: Claims;
  /** The address that the program gave to bind(). If it is a wildcard, a disconnect restores it. */
  readonly bound: string;
  readonly uid: number;
  /** The routing domain of the socket (OpenBSD). */
  readonly domain: number;
  readonly device: string | undefined;
  readonly options: Options & ReceiveOptions;
  readonly connected: boolean;
  readonly listening: boolean;
  readonly autobound: boolean;
  readonly peer: Peer;
  /** Whether shutdown() has ended its receiving (OpenBSD). */
  readonly deaf?: boolean;
  /** Whether it ever had a peer. Linux counts such a socket as better on the processor on which it received from the peer. */
  readonly hadPeer?: boolean;
  /** Whether an IPv4 datagram of another machine may have been handed to it early: Linux keeps the route of that. */
  readonly early4?: boolean;
  readonly memberships: readonly Membership[];
  /** The SO_REUSEPORT group that it is in. */
  readonly group: number | undefined;
}

/** A socket after its bind(). */
export function receiverOf(id: number, next: NextSocket & { readonly chosen?: boolean }): Receiver {
  const isSix = next.family === 'inet6' && next.address !== '::' && !isMapped(next.address);
  const v6only = next.family === 'inet6' && (isSix || (next.v6only ?? false));
  return {
    id,
    protocol: next.protocol,
    family: next.family,
    v6only,
    ...named(next.family, next.address, v6only),
    bound: next.address,
    uid: next.uid ?? 0,
    domain: next.domain ?? 0,
    device: next.device,
    options: next.options ?? {},
    connected: false,
    listening: false,
    autobound: next.chosen === true,
    peer: {},
    memberships: [],
    group: undefined,
  };
}

function named(family: Family, address: string, v6only: boolean): Pick<Receiver, 'address' | 'v4' | 'v6'> {
  return { address, ...claimsOf(family, address, v6only) };
}

/** Whether it is on a wildcard now. All wildcards are in one list. */
export function onWildcard({ v4, v6 }: Receiver): boolean {
  return v4 === ANY || v6 === ANY;
}

/** The address whose list the socket is in: the IPv4 or IPv6 address, or `ANY`. */
export function listOf(receiver: Receiver): string {
  return onWildcard(receiver) ? ANY : (receiver.v6 ?? receiver.v4 ?? ANY);
}

/** The socket after a connect() with this local address. Only a socket on a wildcard takes the address. */
export function connectedTo(
  socket: Receiver,
  local: string,
  peer: Peer['v4'] | undefined,
  port: number | undefined,
): Receiver {
  // A socket that has an IPv6 address may later be connected to an IPv4 peer. It keeps that address.
  const over = unmapped(peer ?? local).includes(':') ? 'inet6' : 'inet';
  const six =
    socket.family === 'inet6' && peer !== undefined
      ? over === 'inet6'
        ? peer
        : `::ffff:${unmapped(peer)}`
      : undefined;
  return {
    ...socket,
    ...(onWildcard(socket) ? movedTo(socket, local, over) : {}),
    connected: true,
    hadPeer: true,
    early4: socket.early4 === true || over === 'inet',
    peer: {
      ...(over === 'inet' && peer !== undefined ? { v4: unmapped(peer) } : {}),
      ...(six === undefined ? {} : { v6: six }),
      ...(port === undefined ? {} : { port }),
    },
  };
}

/** Whether an AF_INET6 socket hears IPv4 groups, as the only one perhaps. */
export function hearsGroups4({ family, options, memberships }: Receiver): boolean {
  return family === 'inet6' && (options.multicastAll === true || memberships.some(({ group }) => !group.includes(':')));
}

function movedTo(socket: Receiver, local: string, over: Family): Pick<Receiver, 'address' | 'v4' | 'v6'> {
  if (socket.family === 'inet') return named('inet', unmapped(local), false);
  if (over === 'inet') return named('inet6', `::ffff:${unmapped(local)}`, false);
  return { address: local, v4: socket.v6only ? undefined : PLACEHOLDER, v6: local };
}

/**
 * The socket after a disconnect. It has lost the IPv4 peer and the tie to a device, and if it was bound to a wildcard, it
 * has that again.
 */
export function disconnected(socket: Receiver): Receiver {
  const { v6 } = socket.peer;
  return {
    ...socket,
    ...(returnsToWildcard(socket) ? named(socket.family, socket.bound, socket.v6only) : {}),
    connected: false,
    device: undefined,
    peer: v6 === undefined ? {} : { v6 },
  };
}

/** Whether a disconnect puts it on its wildcard again. ::ffff:0.0.0.0 counts as an address that bind() chose. */
export function returnsToWildcard({ bound }: Receiver): boolean {
  return bound === '0.0.0.0' || bound === '::';
}
