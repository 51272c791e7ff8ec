import type { Protocol } from '../model/types.ts';

/** A port of a container at an address of the engine's host; `0.0.0.0` and `::` are every one of a family. */
export interface Publication {
  readonly protocol: Protocol;
  /** Inside the container. */
  readonly port: number;
  readonly hostAddress: string;
  readonly hostPort: number;
}

/** Where a port is published, without the port of the container. */
export type PublishedAt = Pick<Publication, 'hostAddress' | 'hostPort'>;

export function isIPv6(address: string): boolean {
  return address.includes(':');
}

/** Whether an address is a loopback address; an IPv4-mapped one counts too. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

export function isEveryAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** An address with its port in writing, for example `127.0.0.1:80` or `[::1]:80`. */
export function addressWithPort(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Whether a port that is bound to, or published at, one address should answer at another. */
export function covers(bound: string, address: string): boolean {
  return isEveryAddress(bound) ? isIPv6(bound) === isIPv6(address) : bound === address;
}
