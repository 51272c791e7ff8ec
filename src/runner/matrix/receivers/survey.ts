import type { ReceiverBlock } from '../../../matrix/receivers/blocks.ts';
import { waysKey, type Way } from '../../../matrix/receivers/ways.ts';
import { paced } from '../../../process/pace.ts';
import type { Crew, Role } from '../crew.ts';
import type { Result } from '../../../protocol/messages.ts';
import { sendDatagrams } from '../../probing/datagrams.ts';
import { pathOfWay } from './probe.ts';
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
  shared: SharedPorts,
): Promise<ReadonlyMap<string, Way>> {
  const paths = new Map<string, Way[]>();
  for (const way of new Map(blocks.flatMap(({ ways }) => ways).map((one) => [waysKey(one), one])).values()) {
    const path = `${way.host} ${way.from} ${way.to}`;
    paths.set(path, [...(paths.get(path) ?? []), way]);
  }
  const dead = new Map<string, Way>();
  for (const ways of paths.values()) {
    const [way] = ways;
    if (way === undefined || (await isAlive(way, crew, shared))) continue;
    for (const one of ways) dead.set(waysKey(one), one);
  }
  return dead;
}

async function isAlive(way: Way, crew: Crew, shared: SharedPorts): Promise<boolean> {
  const { closed } = shared;
  const { ends } = await sendDatagrams<Role>(
    [{ place: 0, path: pathOfWay({ ...way, port: 'other' }, 0, shared) }],
    {
      ask: async (agent, operation) => (await crew.ask(agent, operation))[0] as Result,
      ports: [closed],
      receivers: [],
      note: () => undefined,
    },
    { closed, within: paced(WITHIN) },
  );
  return ends[0] !== 'silence' && ends[0] !== 'no proof';
}
