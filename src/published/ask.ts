import { covers, isEveryAddress, isLoopback, type PublishedAt } from './publication.ts';

/** TCP, or UDP from a connected socket, which accepts answers from that address only, or from one not connected. */
export const SOCKETS = ['tcp', 'udp', 'udp unconnected'] as const;
export type SocketKind = (typeof SOCKETS)[number];

/** One question for a published port. */
export interface PortAsk {
  /** Where it is asked: in the container's own network, on the engine's host, or on another machine of its LAN. */
  readonly from: 'inside' | 'host' | 'neighbour';
  readonly address: string;
  readonly port: number;
  /** Whether the address belongs to the container alone, so that publishing is not needed to reach it. */
  readonly isContainers: boolean;
}

/**
 * How a machine of the LAN reaches a port that it should not reach: by 127.0.0.0/8 or ::1, or by the container's network,
 * each of which it routes to the host, or by an address of the host on the LAN.
 */
export type WayIn = 'loopback' | 'subnet' | 'lan';

/**
 * Whether a published port should answer: it is published at that address and port, and a question for loopback is asked
 * on the host itself, because on another machine loopback is that machine's own.
 */
export function isPromised(published: readonly PublishedAt[], { from, address, port, isContainers }: PortAsk): boolean {
  if (from === 'inside' || isContainers || (from === 'neighbour' && isLoopback(address))) return false;
  return published.some(({ hostAddress, hostPort }) => hostPort === port && covers(hostAddress, address));
}

/**
 * The way by which a port would be exposed if it answered; null where it may answer. A port that is published on every
 * address may answer everyone. A port that is published at some addresses, or nowhere, may answer at those addresses, to
 * the container itself, and to its host by the host's loopback and the container's own address.
 */
export function wayIn(published: readonly PublishedAt[], ask: PortAsk): WayIn | null {
  const { from, address, isContainers } = ask;
  if (from === 'inside' || published.some(({ hostAddress }) => isEveryAddress(hostAddress))) return null;
  if (isContainers) return from === 'host' ? null : 'subnet';
  if (isLoopback(address)) return from === 'host' ? null : 'loopback';
  return isPromised(published, ask) ? null : 'lan';
}

/** Who uses a way in, as the subject of a sentence. `host` is the name of the engine's host in that sentence. */
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

/** The first version of Docker that closes the ways by loopback and by the container's network, and their sources. */
export const DOCKER_CLOSES = {
  since: '28',
  change: '#49325',
  issues: { loopback: 'moby/moby#45610', subnet: 'moby/moby#41872 and #14041' },
} as const;

/** The first version of Docker that has firewall rules for IPv6 by default (`--ip6tables`), and the change. */
export const DOCKER_FILTERS_IPV6 = { since: '27.0', change: 'moby/moby#47747' } as const;

/** Whether an outcome means that the container answered. `open` is the outcome for TCP where nothing is sent. */
export function isAnswered({ outcome }: { readonly outcome: string }): boolean {
  return outcome === 'open' || outcome === 'answered';
}
