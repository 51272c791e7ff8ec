import { describe, expect, it } from 'vitest';
import type { Difference, Experiment } from '../../../src/experiment/experiment.ts';
import { expectationFor, judge } from '../../../src/verdict/judge.ts';
import { anExperiment, cells } from '../../support/trials.ts';

interface Seen {
  first: { call: string; outcome: string };
  served: number;
  from: string[];
}
const axes = { protocol: ['udp', 'tcp'] } as const;
const CITE = [{ source: 'man-bind', where: 'ERRORS' }] as const;
const OTHER = [{ source: 'posix-bind', where: 'ERRORS' }] as const;

const declared = (differs: readonly Difference<typeof axes, Seen>[]): Experiment =>
  anExperiment<typeof axes, Seen>({
    axes,
    run: async () => ({ first: { call: 'bind', outcome: 'ok' }, served: 1, from: ['loopback'] }),
    expect: { first: { call: 'bind', outcome: 'ok' }, served: { oneOf: [1, 2] }, from: ['loopback'] },
    known: 'observed',
    cite: CITE,
    differs,
  });
const on = (experiment: Experiment, protocol: 'udp' | 'tcp', system: 'linux' | 'darwin' | 'windows') => {
  const [udp, tcp] = cells('a/b', experiment);
  const cell = protocol === 'udp' ? udp : tcp;
  if (!cell) throw new Error('no cell');
  return expectationFor(cell, system);
};
const observed = (outcome: string, served = 1, from = ['loopback']) => ({
  first: { call: 'bind', outcome },
  served,
  from,
});

describe('what is expected', () => {
  const experiment = declared([
    {
      on: ['darwin'],
      where: ({ protocol }) => protocol === 'tcp',
      expect: { first: { outcome: 'EADDRINUSE' } },
      because: 'of TCP',
      known: 'source',
      cite: OTHER,
    },
    {
      on: ['darwin', 'windows'],
      expect: { served: { atLeast: 2 }, from: [] },
      because: 'of all',
      known: 'vendor',
      cite: OTHER,
    },
  ]);

  it("is the experiment's own where nothing differs", () => {
    expect(on(experiment, 'udp', 'linux')).toEqual({
      expect: { first: { call: 'bind', outcome: 'ok' }, served: { oneOf: [1, 2] }, from: ['loopback'] },
      known: 'observed',
      cite: CITE,
    });
  });

  it('is the first difference that names the system and holds for the cell, laid over it key by key', () => {
    expect(on(experiment, 'tcp', 'darwin')).toEqual({
      expect: { first: { call: 'bind', outcome: 'EADDRINUSE' }, served: { oneOf: [1, 2] }, from: ['loopback'] },
      known: 'source',
      cite: OTHER,
      because: 'of TCP',
    });
  });

  it('has matchers and lists replaced, not mixed', () => {
    const expected = { first: { call: 'bind', outcome: 'ok' }, served: { atLeast: 2 }, from: [] };
    expect(on(experiment, 'udp', 'darwin')).toEqual({
      expect: expected,
      because: 'of all',
      known: 'vendor',
      cite: OTHER,
    });
    expect(on(experiment, 'tcp', 'windows')).toEqual({
      expect: expected,
      because: 'of all',
      known: 'vendor',
      cite: OTHER,
    });
  });

  it('does not change for one system by what differs on another', () => {
    on(experiment, 'tcp', 'darwin');
    expect(on(experiment, 'tcp', 'linux')).toMatchObject({ expect: { first: { outcome: 'ok' } } });
  });

  it('may be computed from the cell', () => {
    const computed = anExperiment<typeof axes, { outcome: string }>({
      axes,
      run: async () => ({ outcome: '' }),
      expect: ({ protocol }) => ({ outcome: protocol }),
    });
    expect(on(computed, 'tcp', 'linux').expect).toEqual({ outcome: 'tcp' });
  });
});

describe('a judgement', () => {
  const experiment = declared([
    { on: ['darwin'], expect: { first: { outcome: 'EADDRINUSE' } }, because: 'it does', known: 'source', cite: OTHER },
  ]);

  it.each([
    ['linux', observed('ok'), 'pass', []],
    ['linux', observed('ok', 2), 'pass', []],
    ['linux', observed('EADDRINUSE'), 'fail', ['first.outcome']],
    ['linux', observed('EADDRINUSE', 3, []), 'fail', ['first.outcome', 'served', 'from']],
    ['darwin', observed('EADDRINUSE'), 'differs', []],
    ['darwin', observed('ok'), 'fail', ['first.outcome']],
    ['linux', undefined, 'fail', ['']],
  ] as const)('on %s of %j is %s', (system, observation, verdict, paths) => {
    const judgement = judge(on(experiment, 'udp', system), observation);
    expect(judgement.verdict).toBe(verdict);
    expect(judgement.disagreements.map(({ path }) => path)).toEqual(paths);
  });
});
