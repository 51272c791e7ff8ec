import { describe, expect, it } from 'vitest';
import { comparisonSchema } from '../../../../src/record/comparison.ts';
import type { ContainersRecord } from '../../../../src/record/containers.ts';
import { compareRuns } from '../../../../src/report/comparison/compare.ts';
import { enginesOf } from '../../../../src/report/comparison/engines.ts';
import { sharedExposures } from '../../../../src/report/comparison/findings.ts';
import { securityOf } from '../../../../src/containers/security.ts';
import { configurationRecord, containersRecord } from '../../../support/containers.ts';

const open = configurationRecord({ id: 'docker/proxy', mode: 'bridge', title: 'a | bridge' }, [
  { published: '127.0.0.1', bind: '::', socket: 'tcp', came: { 'attacker 127.0.0.1': 'answered' } },
]);
const closed = configurationRecord({ id: 'docker/proxy', mode: 'bridge' }, [
  { published: '127.0.0.1', bind: '::', socket: 'tcp', came: { 'attacker 127.0.0.1': 'silence' } },
]);
const missing = configurationRecord(
  { id: 'docker/none', mode: 'none', skipped: { reason: 'it is <not> here', enable: 'install it' } },
  [],
);

function engine(id: string, version: string, configurations: ContainersRecord['configurations'], more = {}) {
  const named = { id, name: 'docker', version } as const;
  const security = configurations.flatMap((one) => securityOf(one, named));
  return containersRecord(configurations, { engine: named, security, ...more });
}

const old = engine('docker-20.10-linux', '20.10.24', [open, missing]);
const recent = engine('docker-28.0-linux', '28.0.1', [closed]);
const given = (...records: ContainersRecord[]) => records.map((record, index) => ({ file: `${index}.json`, record }));

describe('engines of several records', () => {
  it('are in the order of their versions, each once: the fuller record, and of two as full the newer', () => {
    const older = { ...recent, started: '2020-01-01T00:00:00.000Z' };
    const less = engine('docker-20.10-linux', '20.10.24', [missing], { started: '2030-01-01T00:00:00.000Z' });
    const { engines, superseded } = enginesOf(given(older, recent, old, less));
    expect(engines).toEqual([old, recent]);
    expect(superseded).toEqual([
      { file: '0.json', by: '1.json', because: 'newer' },
      { file: '3.json', by: '2.json', because: 'fuller' },
    ]);
  });

  it('are in a comparison that keeps to its schema, with what is exposed and how often', () => {
    const comparison = comparisonSchema.parse(compareRuns([], '0.1.0', [old, recent]));
    expect(comparison.engines?.[0]).toMatchObject({
      name: 'docker-20.10-linux',
      exposures: [{ configuration: 'docker/proxy', how: 'tcp by 127.0.0.1' }],
      configurations: [
        { id: 'docker/proxy', exposed: 1, contained: 0 },
        { id: 'docker/none', exposed: 0, contained: 0, skipped: 'it is <not> here' },
      ],
    });
    expect(compareRuns([], '0.1.0').engines).toBeUndefined();
  });

  it('are found by what is exposed on any', () => {
    const [finding, ...others] = sharedExposures(compareRuns([], '0.1.0', [old, recent]).engines ?? []);
    expect(others).toEqual([]);
    expect([...(finding?.on.keys() ?? [])]).toEqual(['docker-20.10-linux']);
  });
});
