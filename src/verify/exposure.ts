import type { Finding } from '../record/verification.ts';
import { DOCKER_CLOSES, isAnswered, wayIn, whoComes, type WayIn } from '../published/ask.ts';
import type { Port, Tried } from './port.ts';
import { askOfTry, type Situation } from './situation.ts';
import { names, wrong } from './words.ts';

/** Where a port answers although it should not, whether it is published at some addresses only or not at all. */
export function exposures(situation: Situation, port: Port): Finding[] {
  if (situation.published === null || situation.hostNetwork) return [];
  const { published, tries } = port;
  const places = published.map(({ hostAddress: address, hostPort }) => ({ address, port: hostPort }));
  const only = published.length === 0 ? 'not published' : `published on ${names(places)} only`;
  return (['lan', 'loopback', 'subnet'] as const).flatMap((way) => {
    const reached = tries.filter((one) => isAnswered(one) && wayIn(published, askOfTry(situation, one)) === way);
    if (reached.length === 0) return [];
    return [wrong('exposed', `${only}, but ${getsThere(way, reached)} ${names(reached)}: ${WHAT_HELPS[way]}`)];
  });
}

function getsThere(way: WayIn, reached: readonly Tried[]): string {
  if (way !== 'lan') return `${whoComes(way, reached[0]?.address ?? '')} can reach`;
  return reached.some(({ from }) => from === 'neighbour') ? 'a neighbour can reach it at' : 'it answers at';
}

const BY_DOCKER = `as Docker does itself from ${DOCKER_CLOSES.since} on`;
const WHAT_HELPS: Readonly<Record<WayIn, string>> = {
  lan: 'have the firewall drop packets to that port from other interfaces, and update the engine',
  loopback: `have the firewall drop packets for 127.0.0.0/8 on every interface except lo, ${BY_DOCKER}`,
  subnet: `have the firewall drop packets for that network from outside, ${BY_DOCKER}`,
};
