import type { ContainersRecord, SecurityRecord } from '../../record/containers.ts';

/** Exposures that are shown as one: a configuration and a way in, the target, the protocols and the addresses. */
export interface Exposure {
  configuration: string;
  says: string;
  how: string;
  reference?: string;
  known?: string;
}

/** What is exposed, for the top of every output: one line for each way in and each thing that is reached by it. */
export function exposuresOf({ security }: ContainersRecord): Exposure[] {
  const groups = new Map<string, SecurityRecord[]>();
  for (const one of security.filter(({ verdict }) => verdict === 'exposed')) {
    const key = JSON.stringify([one.configuration, one.says, one.known]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [SecurityRecord];
    const each = (of: (one: SecurityRecord) => string) => [...new Set(group.map(of))].join(', ');
    const { configuration, says, reference, known } = first;
    return {
      configuration,
      says,
      how: `${each(({ protocol }) => protocol)} by ${each(({ target }) => target)}`,
      ...(reference === undefined ? {} : { reference }),
      ...(known === undefined ? {} : { known }),
    };
  });
}

/** How many verdicts of a configuration there are of each kind. */
export function securityCounts(
  { security }: ContainersRecord,
  configuration: string,
): { exposed: number; contained: number } {
  const own = security.filter((one) => one.configuration === configuration);
  const exposed = own.filter(({ verdict }) => verdict === 'exposed').length;
  return { exposed, contained: own.length - exposed };
}
