import { canonical, needsScope, unmapped } from '../address.ts';
import type { Setting } from '../types.ts';
import type { Packet } from './types.ts';

/**
 * A packet in the form in which the systems look at it: its addresses in their canonical form and without a scope, a
 * v4-mapped address as the IPv4 address, and the device that a link-local address belongs to, where the scope or the setting
 * tells it.
 */
export function plainPacket(packet: Packet, { host }: Setting): Packet {
  const to = canonical(packet.to.address);
  const from = canonical(packet.from.address);
  const owner = needsScope(to.address)
    ? Object.entries(host?.devices ?? {}).find(([, addresses]) => addresses.includes(to.address))?.[0]
    : undefined;
  const device = packet.device ?? to.scope ?? from.scope ?? owner;
  return {
    ...packet,
    to: { address: unmapped(to.address) },
    from: { address: unmapped(from.address), port: packet.from.port },
    ...(device === undefined ? {} : { device }),
  };
}

/** The stack in which a packet is. */
export function stackOf({ to }: Packet): 'v4' | 'v6' {
  return to.address.includes(':') ? 'v6' : 'v4';
}

/** The destination of a packet as a socket's claim has it: with the scope, where the address has one. */
export function destinationOf({ to, device }: Packet): string {
  return scoped(to.address, device);
}

/** The group or address that a packet goes to, without its scope. */
export function plainDestination({ to }: Packet): string {
  return canonical(to.address).address;
}

/** An address with its scope, or with that of a device, if it needs one. */
export function scoped(text: string, device: string | undefined): string {
  const { address, scope = device } = canonical(text);
  return needsScope(address) && scope !== undefined ? `${address}%${scope}` : address;
}

/** The routing domain in which a packet arrives. */
export function domainOf({ domain, to }: Packet, { host }: Setting): number {
  if (domain !== undefined) return domain;
  const those = Object.entries(host?.domains ?? {}).filter(([, addresses]) => addresses.includes(to.address));
  return those.length === 1 ? Number(those[0]?.[0]) : 0;
}
