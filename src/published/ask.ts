import { covers, isEveryAddress, isLoopback, type PublishedAt } from './publication.ts';

/** TCP, or UDP from a socket that is connected, which takes answers of that address alone, or from one that is not. */
export const SOCKETS = ['tcp', 'udp', 'udp unconnected'] as const;
export type SocketKind = (typeof SOCKETS)[number];

/** One question for a published port. */
export interface PortAsk {
  /** Where it begins: in the container's own network, on the engine's host, or on another machine of its LAN. */
  readonly from: 'inside' | 'host' | 'neighbour';
  readonly address: string;
  readonly port: number;
  /** Whether the address is the container's and nobody else's, so that publishing is not needed to get there. */
  readonly isContainers: boolean;
}

/**
 * How a machine of the LAN gets to what is to be kept from it: by 127.0.0.0/8 or ::1 that it routes to the host, by the
 * container's network that it routes to the host, or by an address of the host on the LAN.
 */
export type WayIn = 'loopback' | 'subnet' | 'lan';

/**
 * Whether a published port is to answer: it is published at that address and port, and loopback is asked for on the host
 * itself, because from another machine it is that machine's own.
 */
export function isPromised(published: readonly PublishedAt[], { from, address, port, isContainers }: PortAsk): boolean {
  if (from === 'inside' || isContainers || (from === 'neighbour' && isLoopback(address))) return false;
  return published.some(({ hostAddress, hostPort }) => hostPort === port && covers(hostAddress, address));
}

/**
 * By which way an answer would show that a port is exposed; null where it may answer. What is published on every address
 * is kept from nobody. What is published at some addresses, or nowhere, is for those addresses, for the container itself,
 * and for its host by the host's loopback and the container's own address.
 */
export function wayIn(published: readonly PublishedAt[], ask: PortAsk): WayIn | null {
  const { from, address, isContainers } = ask;
  if (from === 'inside' || published.some(({ hostAddress }) => isEveryAddress(hostAddress))) return null;
  if (isContainers) return from === 'host' ? null : 'subnet';
  if (isLoopback(address)) return from === 'host' ? null : 'loopback';
  return isPromised(published, ask) ? null : 'lan';
}

/** Who comes by a way in, as the subject of a sentence. `host` is what the engine's host is called there. */
export function whoComes(way: WayIn, address: string): string {
  switch (way) {
    case 'loopback':
      return `a neighbour that routes ${address === '::1' ? '::1' : '127.0.0.0/8'} to the host`;
    case 'subnet':
      return "a neighbour that routes the container's network to the host";
    case 'lan':
      return "a neighbour that asks by the host's LAN address";
  }
}

/** The first version of Docker that closes the ways by loopback and by the container's network, and where they are known from. */
export const DOCKER_CLOSES = {
  since: '28',
  change: '#49325',
  issues: { loopback: 'moby/moby#45610', subnet: 'moby/moby#41872 and #14041' },
} as const;

/** What a question got, as far as it tells whether the container answered: `open` is said of TCP where nothing is sent. */
export function isAnswered({ outcome }: { readonly outcome: string }): boolean {
  return outcome === 'open' || outcome === 'answered';
}
