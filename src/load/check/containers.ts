import type { ConfigurationRecord, ContainersRecord } from '../../record/containers.ts';
import { firstWrong, twice } from './lists.ts';
import { wrongPlatform } from './platform.ts';

/** How the parts of a record of containers contradict each other, in words; null where they agree. */
export function wrongInContainers(record: ContainersRecord): string | null {
  const { configurations, security, promises } = record;
  if (configurations.length === 0) return 'it has no configurations';
  const ids = new Set(configurations.map(({ id }) => id));
  const about = ({ id, configuration }: { id: string; configuration: string }) => {
    if (!ids.has(configuration)) return `there is no configuration '${configuration}'`;
    return id.startsWith(`${configuration}/`) ? null : `'${id}' is not of the configuration '${configuration}'`;
  };
  return (
    wrongPlatform(record.platform) ??
    wrongEngine(record) ??
    twice(configurations, 'configurations', ({ id }) => id) ??
    firstWrong(configurations, 'configurations', wrongConfiguration) ??
    twice(security, 'security', ({ id }) => id) ??
    firstWrong(security, 'security', (one) => about(one) ?? wrongVerdict(one)) ??
    twice(promises, 'promises', ({ id }) => id) ??
    firstWrong(promises, 'promises', about)
  );
}

function wrongEngine({ engine, platform }: ContainersRecord): string | null {
  const { id, name, version } = engine;
  const short = /^\d+(\.\d+)?/.exec(version)?.[0] ?? version;
  const right = `${name}-${short}-${platform.id}`;
  return id === right ? null : `engine.id is '${id}', and ${name} ${version} on ${platform.id} is '${right}'`;
}

function wrongConfiguration({ skipped, error, asks, rows, outcomes }: ConfigurationRecord): string | null {
  if (skipped !== undefined && error !== undefined) return 'it was skipped, and went wrong';
  if (skipped !== undefined && rows.length > 0) return 'it was skipped, and has answers';
  return firstWrong(rows, 'rows', (row) => {
    if (row.outcomes.length !== asks.length)
      return `it has ${row.outcomes.length} outcomes of ${asks.length} questions`;
    const beyond = row.outcomes.find((place) => place !== null && place >= outcomes.length);
    return beyond === undefined ? null : `a list of ${outcomes.length} outcomes has no place ${beyond}`;
  });
}

function wrongVerdict({ verdict, reached }: ContainersRecord['security'][number]): string | null {
  if (verdict === 'exposed') return reached.length > 0 ? null : `it is 'exposed', and nothing was reached`;
  return reached.length === 0 ? null : `it is 'contained', and ${reached.join(', ')} was reached`;
}
