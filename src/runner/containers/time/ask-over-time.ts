import { EngineFailed } from '../../../engine/engine.ts';
import type { EngineHost } from '../../../engine/host/engine-host.ts';
import type { AgentProcess } from '../../../harness/agent-process.ts';
import type { Configuration } from '../../../containers/configurations.ts';
import { EVENTS, type TimeEvent } from '../../../containers/time.ts';
import type { ConfigurationRecord } from '../../../record/containers.ts';
import { Unavailable } from '../../../process/unavailable.ts';
import { forwarders, happen, leftOf, stayOf } from './events.ts';
import { Subject } from './subject.ts';
import { Watch, type Askers } from './watch.ts';

type Answers = Required<Pick<ConfigurationRecord, 'time' | 'stays' | 'refusals'>>;

const NETWORK = { name: 'one', subnet: '10.89.1.0/24', subnet6: 'fd00:89:1::/64' };

/**
 * Lets things happen to containers and to their engine while clients use their published ports, and finds out the result
 * of each client, and what stayed on the host.
 * @throws EngineFailed when not even the containers can be started
 */
export async function askOverTime(
  host: EngineHost,
  { mode, network = NETWORK.name }: Configuration,
  askers: Askers,
  agents: AgentProcess[],
): Promise<Answers> {
  const bridge = mode === 'bridge';
  if (bridge) await host.engine.createNetwork(NETWORK);
  const { time, stays, refusals }: Answers = { time: [], stays: [], refusals: {} };
  const started = async (name: string, place: number, options: readonly string[] = []) => {
    const subject = new Subject(host, { name, place, network, options }, agents);
    await subject.run();
    await subject.serve();
    return subject;
  };
  const during = async (event: TimeEvent, subject: Subject) => {
    const watch = await Watch.begin(subject, askers);
    const before = await leftOf(host, subject);
    try {
      await happen(host, event, subject, network);
    } catch (error) {
      if (!(error instanceof EngineFailed || error instanceof Unavailable)) throw error;
      refusals[event] = error.message;
    }
    time.push(...(await watch.end(event)));
    stays.push(stayOf(event, before, await leftOf(host, subject)));
  };
  // What happens to one container does not touch the others.
  const single: readonly TimeEvent[] = ['restart', 'replace', 'stop', ...(bridge ? (['reconnect'] as const) : [])];
  await Promise.all(single.map(async (event, place) => during(event, await started(event, place))));

  const forwarded = await started('forwarded', single.length);
  if ((await forwarders(host, forwarded)).length > 0) await during('forwarder killed', forwarded);
  const { daemon } = host;
  const lasting = await started('lasting', single.length + 1, daemon === undefined ? [] : ['--restart=always']);
  const engine: readonly TimeEvent[] =
    daemon === undefined ? ['engine killed'] : ['engine restart', 'engine killed', 'engine started again'];
  for (const event of engine) await during(event, lasting);
  const order = (one: { event: string }) => EVENTS.indexOf(one.event as TimeEvent);
  const sorted = <T extends { event: string }>(list: readonly T[]) => list.toSorted((a, b) => order(a) - order(b));
  return { time: sorted(time), stays: sorted(stays), refusals };
}
