import type { ConfigurationRecord, ContainersRecord, OutcomeRecord, RowRecord } from '../../src/record/containers.ts';

/** One row of a configuration's record, by the outcomes of its questions: `host lan: answered`. */
interface GivenRow extends Pick<RowRecord, 'published' | 'bind' | 'socket'> {
  came: Record<string, string | OutcomeRecord>;
}

/** A configuration's record of a few rows, with all that a test does not care for. */
export function configurationRecord(
  given: Partial<ConfigurationRecord> & Pick<ConfigurationRecord, 'id' | 'mode'>,
  rows: readonly GivenRow[],
): ConfigurationRecord {
  const asks = [...new Set(rows.flatMap(({ came }) => Object.keys(came)))];
  const outcomes: OutcomeRecord[] = [];
  return {
    title: 'a title',
    duration: 1,
    facts: {},
    refusals: {},
    holders: [],
    conflicts: [],
    hostServer: [],
    asks: asks.map((ask) => {
      const [asker = '', ...target] = ask.split(' ');
      return { asker, target: target.join(' ') };
    }),
    rows: rows.map(({ came, ...row }) => ({
      ...row,
      outcomes: asks.map((ask) => {
        const outcome = came[ask];
        if (outcome === undefined) return null;
        return outcomes.push(typeof outcome === 'string' ? { outcome } : outcome) - 1;
      }),
    })),
    outcomes,
    ...given,
  };
}

/** A whole record around configurations. */
export function containersRecord(
  configurations: ConfigurationRecord[],
  more: Partial<ContainersRecord> = {},
): ContainersRecord {
  return {
    schema: 1,
    kind: 'containers',
    bindspec: '0.1.0',
    complete: true,
    started: '2026-01-02T03:04:05.000Z',
    duration: 1000,
    platform: {
      id: 'linux-6.1-x64',
      system: 'linux',
      release: '6.1.0',
      version: '#1',
      architecture: 'x64',
      runtime: 'node v20',
      uid: 0,
    },
    engine: { id: 'docker-20.10-linux-6.1-x64', name: 'docker', version: '20.10.24' },
    security: [],
    promises: [],
    configurations,
    ...more,
  };
}
