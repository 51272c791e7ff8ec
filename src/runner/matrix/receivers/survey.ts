import { HarnessError } from '../../../harness/harness-error.ts';
import type { ReceiverBlock } from '../../../matrix/receivers/blocks.ts';
import { waysKey, type Way } from '../../../matrix/receivers/ways.ts';
import { paced } from '../../../process/pace.ts';
import type { Crew } from '../crew.ts';
import { senderRole } from './probe.ts';
import type { SharedPorts } from './stage.ts';

/** How long the error of a closed port may take, in milliseconds, before a way counts as one by which nothing comes back. */
const WITHIN = 1000;

/**
 * The ways of some blocks by which a datagram to a closed port brings no error. Silence would prove nothing there: a
 * system may drop what arrives by another interface than the one with the address, as gVisor does.
 */
export async function deadWays(
  blocks: readonly ReceiverBlock[],
  crew: Crew,
  { closed }: SharedPorts,
): Promise<ReadonlyMap<string, Way>> {
  const paths = new Map<string, Way[]>();
  for (const way of new Map(blocks.flatMap(({ ways }) => ways).map((one) => [waysKey(one), one])).values()) {
    const path = `${way.host} ${way.from} ${way.to}`;
    paths.set(path, [...(paths.get(path) ?? []), way]);
  }
  const dead = new Map<string, Way>();
  for (const ways of paths.values()) {
    const [way] = ways;
    if (way === undefined || (await isAlive(way, crew, closed))) continue;
    for (const one of ways) dead.set(waysKey(one), one);
  }
  return dead;
}

async function isAlive(way: Way, crew: Crew, closed: number): Promise<boolean> {
  const from = [{ address: way.from, port: 0 }];
  const probes = { sources: from, targets: [way.to], ports: [closed], probes: [0, 0, 0, 1], mark: 0 };
  try {
    await crew.ask(senderRole(way), { op: 'batch-send', ...probes, closed, within: paced(WITHIN) });
    return true;
  } catch (error) {
    if (!(error instanceof HarnessError) || !error.message.includes('no error came back')) throw error;
    return false;
  }
}
