import { models } from '../model/index.ts';
import type { SystemName } from '../model/types.ts';
import type { Settings } from './reader/settings.ts';
import { list } from './sentences.ts';

/** The first of the ports to look for another one at; no system reserves it. */
const USUAL = 40_404;
const LAST = 65_535;
/** How many excluded ranges are named. */
const MOST_RANGES = 3;

/** A port that the settings of the machine leave free on every system; it stands for any other port. */
export function anotherPort(settings: Settings | undefined, taken: number): number {
  const hosts = Object.values(settings?.hosts ?? {});
  const start = Math.max(0, ...hosts.map(({ unprivilegedPortStart = 0 }) => unprivilegedPortStart));
  const ranges = hosts.flatMap(({ excludedPorts = [] }) => excludedPorts);
  const isFree = (port: number) =>
    port !== taken && port >= start && ranges.every(({ from, to }) => port < from || port > to);
  if (isFree(USUAL)) return USUAL;
  for (let port = LAST; port >= 1024; port -= 1) if (isFree(port)) return port;
  return USUAL;
}

/**
 * Which other ports are meant, as the end of a sentence: `, from 1024 up`. It says nothing where every port will do: on
 * Windows, and to whom the system lets have low ports.
 * @param systems the systems that the sentence is about
 */
export function whichPorts(
  systems: readonly SystemName[],
  { settings, isPrivileged }: { readonly settings: Settings | undefined; readonly isPrivileged: boolean },
): string {
  const starts = new Map<number, SystemName[]>();
  for (const system of isPrivileged ? [] : systems.filter((one) => one !== 'windows')) {
    const start = settings?.hosts[system]?.unprivilegedPortStart ?? 1024;
    if (start > 1) starts.set(start, [...(starts.get(start) ?? []), system]);
  }
  const [highest, ...others] = [...starts].toSorted(([one], [other]) => other - one);
  const ranges = systems.includes('windows') ? (settings?.hosts.windows?.excludedPorts ?? []) : [];
  const shown = ranges.slice(0, MOST_RANGES).map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  const more = ranges.length > MOST_RANGES ? ', ...' : '';
  return [
    ...(highest === undefined ? [] : [`, from ${highest[0]} up${others.length > 0 ? ` (${titles(highest[1])})` : ''}`]),
    ...others.map(([start, on]) => `, or from ${start} up (${titles(on)})`),
    ...(shown.length === 0 ? [] : [`, outside of the excluded ranges (${shown.join(', ')}${more})`]),
  ].join('');
}

function titles(systems: readonly SystemName[]): string {
  return list(systems.map((system) => models[system].title));
}
