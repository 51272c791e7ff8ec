import { idleImage } from '../../engine/host/idle-image.ts';
import { CONTAINERS_VERSION, type ConfigurationRecord, type ContainersRecord } from '../../record/containers.ts';
import { platformOf } from '../platform.ts';
import { securityOf } from '../../containers/security.ts';
import { promisesOf } from '../../containers/promises.ts';
import type { Configuration } from '../../containers/configurations.ts';
import { runConfiguration, type Done, type ConfigurationSettings } from './run-configuration.ts';

export interface ContainersSettings extends Omit<ConfigurationSettings, 'image'> {
  version: string;
  /** How many configurations at a time. */
  jobs: number;
}

export interface ContainersListener {
  began(configuration: Configuration): void;
  ended(configuration: Configuration, record: ConfigurationRecord): void;
}

/**
 * Runs configurations, each on a host made for it, and makes a record for each engine that could be started.
 * @throws Unavailable when this machine lacks what every container needs.
 */
export async function runContainers(
  configurations: readonly Configuration[],
  settings: ContainersSettings,
  listener: ContainersListener,
): Promise<{ records: ContainersRecord[]; rest: ConfigurationRecord[] }> {
  const started = new Date();
  const image = await idleImage();
  const done: (Done & { of: string })[] = [];
  let next = 0;
  const worker = async () => {
    while (next < configurations.length && !settings.signal.aborted) {
      const place = next++;
      const configuration = configurations[place] as Configuration;
      listener.began(configuration);
      const one = await runConfiguration(configuration, { ...settings, image });
      done[place] = { ...one, of: engineOf(configuration) };
      listener.ended(configuration, one.configuration);
    }
  };
  // An engine that runs already has one host, and that host can be on only one switch at a time.
  const jobs = configurations.some(({ host }) => host.socket !== undefined) ? 1 : settings.jobs;
  await Promise.all(Array.from({ length: Math.min(jobs, configurations.length) }, worker));
  const over = done.filter((one) => one !== undefined);
  const records = [...new Set(configurations.map(engineOf))].flatMap((name) => {
    const own = over.filter(({ of }) => of === name);
    const record = recordOf(own, settings, started);
    if (!record) return [];
    const wanted = configurations.filter((one) => engineOf(one) === name).length;
    return [{ ...record, complete: own.length === wanted && !settings.signal.aborted }];
  });
  const recorded = new Set(records.flatMap((record) => record.configurations));
  return { records, rest: over.map(({ configuration }) => configuration).filter((one) => !recorded.has(one)) };
}

/** A key that is different for different engines: one of this machine, one of another release, one that runs already. */
function engineOf({ engine, generation, host }: Configuration): string {
  if (host.socket !== undefined) return `${engine}=${host.socket}`;
  return generation === undefined ? engine : `${generation}:${engine}`;
}

/** The record of one engine; null where the engine could not be started, or no question was asked. */
function recordOf(own: readonly Done[], { version }: ContainersSettings, started: Date): ContainersRecord | null {
  const engine = own.find((one) => one.engine)?.engine;
  const hello = own.find((one) => one.hello)?.hello;
  if (!engine || !hello) return null;
  const platform = platformOf(hello);
  const short = /^\d+(\.\d+)?/.exec(engine.version)?.[0] ?? engine.version;
  const about = { name: engine.name, version: engine.version };
  const configurations = own.map(({ configuration }) => configuration);
  return {
    schema: CONTAINERS_VERSION,
    kind: 'containers',
    bindspec: version,
    complete: true,
    started: started.toISOString(),
    duration: Date.now() - started.getTime(),
    platform,
    engine: { id: `${engine.name}-${short}-${platform.id}`, ...about },
    security: configurations.flatMap((one) => securityOf(one, about)),
    promises: configurations.flatMap((one) => promisesOf(one, about)),
    configurations,
  };
}
