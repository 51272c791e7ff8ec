import type { ServerRecord } from '../record/server.ts';
import { compareDocumented, type Documented } from './documented.ts';

/** A program of the table in the words of its columns. */
export interface ServerRow extends Documented {
  name: string;
  group: string;
  version: string;
  documented: string;
  where: string;
  observed: string;
  reach: string;
  second: string;
  restart: string;
  ipv6off: string;
}

const ORDER: readonly Documented['verdict'][] = ['contradiction', 'as documented', 'not documented'];

/** The rows of the table: contradictions first, and in each part in the order of the records. */
export function serverRows(records: readonly ServerRecord[]): ServerRow[] {
  const rows = records.map(rowOf);
  return ORDER.flatMap((verdict) => rows.filter((row) => row.verdict === verdict));
}

function rowOf(record: ServerRecord): ServerRow {
  const { name, group, version, documented, binds, start, second, restart, ipv6off } = record;
  return {
    name,
    group,
    version,
    documented: documented.says === null ? 'not said' : documented.says.join(', ') || 'nothing',
    where: documented.where,
    observed: binds.join(', ') || (start === 'up' || start === 'silent' ? 'nothing' : start),
    ...compareDocumented(documented.says, binds),
    reach: reachOf(record),
    second: secondOf(second),
    restart: restart ?? 'not asked',
    ipv6off: ipv6off ?? 'not asked',
  };
}

/** Who reaches it: the LAN, and whether it is served there, or this machine alone, and by which address then. */
function reachOf({ binds, reach, ended }: ServerRecord): string {
  const places = Object.values(reach);
  if (places.length === 0) return binds.length === 0 ? 'no one' : 'not asked';
  const neighbour = new Set(places.flatMap((one) => one.neighbour));
  const words = neighbour.size > 0 ? [lanWords(neighbour)] : [machineWords(places.flatMap((one) => one.machine))];
  if (
    neighbour.size > 0 &&
    places.every(({ neighbour: lan, closed = [] }) => lan.every((to) => closed.includes(`neighbour ${to}`)))
  ) {
    words.push('which it closes at once');
  }
  if (ended) words.push('ends after one connection');
  return words.join(', ');
}

function lanWords(to: ReadonlySet<string>): string {
  const [inet, inet6] = [to.has('lan'), to.has('lan6') || to.has('link-local')];
  return inet && inet6 ? 'LAN' : `LAN over ${inet ? 'IPv4' : 'IPv6'} alone`;
}

function machineWords(to: readonly string[]): string {
  const loopback = ['127.0.0.1', '::1'].filter((address) => to.includes(address));
  if (to.length === 0) return 'no one';
  return loopback.length === 1 ? `this machine, by ${loopback[0]} alone` : 'this machine';
}

function secondOf({ same, own }: ServerRecord['second']): string {
  if (same === undefined) return own ?? 'not asked';
  return own === undefined || own === same ? same : `${same}; with files of its own ${own}`;
}
