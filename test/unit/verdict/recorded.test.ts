import { describe, expect, it } from 'vitest';
import type { BindRecord } from '../../../src/record/record.ts';
import { recordedBy, recordedModule } from '../../../src/verdict/recorded.ts';
import { anExperiment, cells } from '../../support/trials.ts';
import { fixture } from '../report/fixture.ts';

const all = cells(
  'a/b',
  anExperiment({
    axes: { protocol: ['udp', 'tcp'], second: ['yes', 'no'] },
    run: async () => ({ first: '', seen: { count: 0, from: [''] } }),
    expect: { first: 'ECONNREFUSED', seen: { count: { atLeast: 1 }, from: ['x'] } },
  }),
);
const [at] = fixture.cells;
if (!at) throw new Error('no cell');
const record = (observations: readonly unknown[]): BindRecord => ({
  ...fixture,
  platform: { ...fixture.platform, id: 'wine-8.0-x64', system: 'wine', release: '8.0' },
  cells: observations.map((observation, index) => ({
    ...at,
    id: all[index]?.id ?? 'a/gone',
    verdict: observation === undefined ? 'skipped' : 'pass',
    observation,
  })),
});

describe('what a record observed', () => {
  it('is shown by the places that differ from Linux, whatever names errors have', () => {
    const seen = { first: 'WSAECONNREFUSED', seen: { count: 2, from: ['x'] } };
    const recorded = recordedBy(
      record([seen, { ...seen, first: 'WSAECONNRESET' }, { first: 'ECONNREFUSED', seen: { count: 0, from: [] } }]),
      all,
    );
    expect(recorded).toEqual({
      platform: 'wine-8.0-x64',
      system: 'wine',
      version: '8.0',
      otherwise: {
        'a/b/protocol:udp/second:yes': [],
        'a/b/protocol:udp/second:no': ['first'],
        'a/b/protocol:tcp/second:yes': ['seen.count', 'seen.from'],
      },
    });
  });

  it('is nothing of a cell that did not run, or that is no more', () => {
    const seen = { first: 'ECONNREFUSED', seen: { count: 1, from: ['x'] } };
    const { otherwise } = recordedBy(record([undefined, seen, undefined, undefined, seen]), all);
    expect(otherwise).toEqual({ 'a/b/protocol:udp/second:no': [] });
  });

  it('is a module of lines, one for each cell', () => {
    const lines = recordedModule([
      { platform: 'p', system: 'wine', version: '8.0', otherwise: { a: [], b: ['c', 'd'] } },
    ]);
    expect(lines.split('\n')).toContain('      "a": [],');
    expect(lines.split('\n')).toContain('      "b": ["c", "d"]');
  });
});
