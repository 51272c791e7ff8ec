import type { Finding } from '../record/verification.ts';
import { isAnswered, type Port, type Tried } from './port.ts';
import { covers, isContainers, isLoopback, isWildcard, type Situation } from './situation.ts';
import { names, wrong } from './words.ts';

/**
 * Where a port answers that is to be kept from there: one that is published at some addresses only, and one that is not
 * published at all. The ways in are those of moby/moby#14041 and #45610: the host's other addresses, 127.0.0.0/8 routed
 * to the host, and the container's network routed to the host. Docker closes the latter two from 28 on
 * (moby/moby#49325).
 */
export function exposures(situation: Situation, port: Port): Finding[] {
  if (situation.published === null || situation.hostNetwork) return [];
  const { published } = port;
  if (published.some(({ hostAddress }) => isWildcard(hostAddress))) return [];
  const places = published.map(({ hostAddress: address, hostPort }) => ({ address, port: hostPort }));
  const only = places.length === 0 ? 'not published' : `published on ${names(places)} only`;
  const reached = port.tries.filter((tried) => isAnswered(tried) && !isMeant(situation, port, tried));
  const container = reached.filter(({ address }) => isContainers(situation, address));
  const loopback = reached.filter(({ address }) => isLoopback(address));
  const lan = reached.filter((tried) => !container.includes(tried) && !loopback.includes(tried));
  const finding = (tries: readonly Tried[], how: string, change: string): Finding[] =>
    tries.length === 0 ? [] : [wrong('exposed', `${only}, but ${how} ${names(tries)}: ${change}`)];
  return [
    ...finding(
      lan,
      lan.some(({ from }) => from === 'neighbour') ? 'a neighbour gets to it at' : 'it answers at',
      'have the firewall drop what comes to that port from other interfaces, and update the engine',
    ),
    ...finding(
      loopback,
      'a neighbour that routes 127.0.0.0/8 to this host gets to',
      'have the firewall drop what comes for 127.0.0.0/8 by any interface but lo, as Docker does itself from 28 on',
    ),
    ...finding(
      container,
      "a neighbour that routes the container's network to this host gets to",
      'have the firewall drop what comes for that network from outside, as Docker does itself from 28 on',
    ),
  ];
}

/** Whether a port is to answer where it was tried: where it is published, inside, and on the host at the container's own address. */
function isMeant(situation: Situation, { published }: Port, { from, address, port }: Tried): boolean {
  if (from === 'inside') return true;
  if (from === 'host' && (isContainers(situation, address) || isLoopback(address))) return true;
  if (from === 'neighbour' && isLoopback(address)) return false;
  return published.some(({ hostAddress, hostPort }) => hostPort === port && covers(hostAddress, address));
}
