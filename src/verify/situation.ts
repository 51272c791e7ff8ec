import type { Protocol } from '../model/types.ts';
import type { Viewpoint } from '../record/verification.ts';

/** A socket that waits for connections or datagrams, and who holds it. */
export interface Listener {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly program?: string;
  readonly pid?: number;
}

/** A port of the container at an address of the engine's host; `0.0.0.0` and `::` are every one of a family. */
export interface Publication {
  readonly protocol: Protocol;
  /** Inside the container. */
  readonly port: number;
  readonly hostAddress: string;
  readonly hostPort: number;
}

/** What was found out about a container without trying anything. */
export interface Situation {
  /** What listens inside and belongs to it. */
  readonly listeners: readonly Listener[];
  /** What the engine says that it publishes; null where there is no engine to ask. */
  readonly published: readonly Publication[] | null;
  /** Whether the container has no network but its host's. */
  readonly hostNetwork: boolean;
  /** Its own addresses, loopback left out. */
  readonly addresses: readonly string[];
  /** Those of them to which its host has a link of its own, so that nothing that is sent there goes to anybody else. */
  readonly linked: readonly string[];
  readonly host: {
    /** Every address of the host, loopback included and link-local left out. */
    readonly addresses: readonly string[];
    /** What localhost stands for, in the order in which programs try it. */
    readonly localhost: readonly string[];
    /** What listens on the host itself. */
    readonly listeners: readonly Listener[];
  };
}

/** One try: from where, and at which name. */
export interface Attempt {
  readonly from: Viewpoint;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  /** The port of the container that it is about. */
  readonly inner: number;
}

export function isIPv6(address: string): boolean {
  return address.includes(':');
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** A name as it is written, such as `127.0.0.1:80` or `[::1]:80`. */
export function nameOf(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Whether a port that is published at one address is to answer at another. */
export function covers(published: string, address: string): boolean {
  return isWildcard(published) ? isIPv6(published) === isIPv6(address) : published === address;
}

/** Whether an address is the container's and nobody else's; some engines give containers the host's own. */
export function isContainers({ addresses, host }: Situation, address: string): boolean {
  return addresses.includes(address) && !host.addresses.includes(address);
}
