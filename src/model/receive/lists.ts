import { canonical, unmapped } from '../address.ts';
import { isConnected } from '../bsd-scan.ts';
import { ANY } from '../overlap.ts';
import type { Peer, RuleId } from '../types.ts';
import type { Socket } from '../world.ts';
import { destinationOf, plainDestination, scoped, stackOf } from './packet.ts';
import type { Packet, Receivers, Reception } from './types.ts';

/** The groups of IPv6 that every machine is in, on each of its devices. */
const ALL_NODES: ReadonlySet<string> = new Set(['ff01::1', 'ff02::1']);

/** The connected socket to which a packet belongs by both of its ends. */
export function partnerOf(sockets: readonly Socket[], packet: Packet): Socket | undefined {
  const stack = stackOf(packet);
  const destination = destinationOf(packet);
  return sockets.find(
    (socket) => isConnected(socket) && socket.local[stack] === destination && comesFrom(socket.peer, packet),
  );
}

/** Whether a packet comes from this end of a connection. */
export function comesFrom(peer: Peer | undefined, { from, device }: Packet): boolean {
  if (peer === undefined || peer.port !== from.port) return false;
  return scoped(unmapped(canonical(peer.address).address), device) === scoped(from.address, device);
}

/** Whether a socket has joined the group that a packet goes to, on the device by which it comes. */
export function isMember({ memberships }: Socket, packet: Packet): boolean {
  const address = plainDestination(packet);
  const { scope = packet.device } = canonical(packet.to.address);
  return memberships.some(
    ({ group, device }) => group === address && (device === undefined || scope === undefined || device === scope),
  );
}

/** The sockets that get a copy: all up to and including the first that has no option to share. */
export function copiesTo(sockets: readonly Pick<Socket, 'id' | 'options'>[]): Reception {
  const last = sockets.findIndex(
    ({ options }) => options.reuseaddr !== true && options.reuseport !== true && options.reuseportLb !== true,
  );
  const taken = last < 0 ? sockets : sockets.slice(0, last + 1);
  const ids = taken.map(({ id }) => id).toSorted((first, second) => first - second);
  return ids.length === 0 ? 'silence' : ids;
}

/**
 * The answer for an IPv6 group, where a socket takes part without a membership: the machine itself lets the packet in only
 * if someone has joined the group, and if no one on this port has, that is not known.
 */
export function unlessDropped(reception: Reception, sockets: readonly Socket[], packet: Packet): readonly Reception[] {
  const isIn = ALL_NODES.has(plainDestination(packet)) || sockets.some((socket) => isMember(socket, packet));
  return reception === 'silence' || isIn || stackOf(packet) === 'v4' ? [reception] : [reception, 'silence'];
}

/** The socket that a lookup has found. `notListening` is what the client sees if it is a TCP socket that does not listen. */
export function received(socket: Socket, notListening: 'refused' | 'no answer'): Reception {
  if (socket.protocol === 'udp' || socket.state === 'listening') return [socket.id];
  return isConnected(socket) ? 'no answer' : notListening;
}

/** Several possible outcomes, each of them once, with the rule that decided. */
export function decided(outcomes: readonly Reception[], rule: RuleId): Receivers {
  return { outcomes: [...new Map(outcomes.map((outcome) => [JSON.stringify(outcome), outcome])).values()], rule };
}

/** Whether a claim is exactly the destination of a packet, or the wildcard. */
export function takes(claim: string | undefined, packet: Packet): boolean {
  return claim === ANY || claim === destinationOf(packet);
}
