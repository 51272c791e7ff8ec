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

function wrongConfiguration({ skipped, error, asks, rows, outcomes, firewall }: ConfigurationRecord): string | null {
  if (skipped !== undefined && error !== undefined) return 'it was skipped, and went wrong';
  if (skipped !== undefined && rows.length > 0) return 'it was skipped, and has answers';
  return (
    firstWrong(rows, 'rows', (row) => wrongPlaces(row.outcomes, asks.length, outcomes.length)) ??
    firstWrong(firewall?.asked ?? [], 'firewall.asked', (one) =>
      wrongPlaces(one.outcomes, firewall?.states.length ?? 0, firewall?.words.length ?? 0),
    )
  );
}

/** How the places of outcomes do not fit the number of questions, or the list that they are places of. */
function wrongPlaces(places: readonly (number | null)[], questions: number, words: number): string | null {
  if (places.length !== questions) return `it has ${places.length} outcomes of ${questions} questions`;
  const beyond = places.find((place) => place !== null && place >= words);
  return beyond === undefined ? null : `a list of ${words} outcomes has no place ${beyond}`;
}

function wrongVerdict({ verdict, reached }: ContainersRecord['security'][number]): string | null {
  if (verdict === 'exposed') return reached.length > 0 ? null : `it is 'exposed', and nothing was reached`;
  return reached.length === 0 ? null : `it is 'contained', and ${reached.join(', ')} was reached`;
}
