import { HarnessError } from '../harness/harness-error.ts';
import type { Part } from './trial.ts';

/** The counters of an interface, in packets since it was made. */
export interface PacketCounters {
  received: number;
  sent: number;
}

/** Reads an interface's counters from the text of Linux's /proc/net/dev; null when the interface is not in it. */
export function parseCounters(table: string, device: string): PacketCounters | null {
  for (const row of table.split('\n')) {
    const [name, values] = row.split(':');
    if (name?.trim() !== device || values === undefined) continue;
    const numbers = values.trim().split(/\s+/).map(Number);
    return { received: numbers[1] ?? 0, sent: numbers[9] ?? 0 };
  }
  return null;
}

/** The packet counters of an interface of a part's host. @throws HarnessError where they can't be read. */
export async function packetCounters(part: Part, device: string): Promise<PacketCounters> {
  if (device === '') throw new HarnessError(`the lab does not say which interface of ${part.host} is meant`);
  const [result] = await part.do({ op: 'read', path: '/proc/net/dev' });
  const counters = parseCounters(result?.data ?? '', device);
  if (!counters) throw new HarnessError(`the counters of ${device} can't be read on ${part.host}`);
  return counters;
}

/** How many packets an interface of a part's host has received. */
export async function packetsReceived(part: Part, device: string): Promise<number> {
  return (await packetCounters(part, device)).received;
}
