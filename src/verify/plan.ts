import type { Protocol } from '../model/types.ts';
import { covers, isEveryAddress, isIPv6, isLoopback } from '../published/publication.ts';
import type { Attempt, Situation } from './situation.ts';

/** Which tries are allowed. */
export interface Means {
  /** Send empty datagrams to UDP ports. */
  readonly udp: boolean;
  /** There is a neighbour to try from. */
  readonly neighbour: boolean;
}

/**
 * What to try, and from where. Every address is the host's own, or an address of the container to which the host has a
 * link: nothing is ever sent to anyone else.
 */
export function attempts(situation: Situation, means: Means): Attempt[] {
  const all = [...inside(situation), ...published(situation, means), ...direct(situation, means)];
  const tried = all.filter(({ protocol }) => protocol === 'tcp' || means.udp);
  return [...new Map(tried.map((one) => [JSON.stringify(one), one])).values()];
}

/** Tries each listener in its own network: whether it answers at all, and whether one on :: accepts IPv4 as well. */
function inside({ listeners }: Situation): Attempt[] {
  return listeners.flatMap(({ protocol, address, port }) => {
    const names = address === '::' ? ['::1', '127.0.0.1'] : [address === '0.0.0.0' ? '127.0.0.1' : address];
    return protocol === 'udp' ? [] : names.map((name) => attempt('inside', protocol, name, port, port));
  });
}

/**
 * Tries a published port at every address of the host, whether it is published there or not. A neighbour tries those that
 * are not loopback, and also 127.0.0.1 where a port is published on loopback alone, which it should not reach.
 */
function published({ published: all, host }: Situation, means: Means): Attempt[] {
  return (all ?? []).flatMap(({ protocol, port, hostPort, hostAddress }) => [
    ...host.addresses.map((address) => attempt('host', protocol, address, hostPort, port)),
    ...(means.neighbour ? host.addresses : [])
      .filter((address) => !isLoopback(address) || (address === '127.0.0.1' && covers(hostAddress, address)))
      .filter((address) => !isLoopback(address) || !isEveryAddress(hostAddress))
      .map((address) => attempt('neighbour', protocol, address, hostPort, port)),
  ]);
}

/** Tries at the container's own addresses; on the host's network, at those of the host. */
function direct({ listeners, linked, host, hostNetwork }: Situation, means: Means): Attempt[] {
  const places = hostNetwork ? host.addresses : linked;
  const beyondLoopback = listeners.filter(({ address }) => !isLoopback(address));
  return beyondLoopback.flatMap((listener) => {
    const { protocol, port } = listener;
    const addresses = places.filter((address) => isAt(listener.address, address));
    return [
      ...addresses.map((address) => attempt('host', protocol, address, port, port)),
      ...(means.neighbour ? addresses.filter((address) => !isLoopback(address)) : []).map((address) =>
        attempt('neighbour', protocol, address, port, port),
      ),
    ];
  });
}

/** Whether a socket that is bound to one address may answer at another; one on :: may accept IPv4 as well. */
function isAt(bound: string, address: string): boolean {
  if (bound === '::') return true;
  return bound === '0.0.0.0' ? !isIPv6(address) : bound === address;
}

function attempt(from: Attempt['from'], protocol: Protocol, address: string, port: number, inner: number): Attempt {
  return { from, protocol, address, port, inner };
}
