import { describe, expect, it } from 'vitest';
import type { Difference, Experiment, Holding, System } from '../../../src/experiment/experiment.ts';
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

const declared = (
  differs: readonly Difference<typeof axes, Seen>[],
  holds: readonly Holding<typeof axes, Seen>[] = [],
): Experiment =>
  anExperiment<typeof axes, Seen>({
    axes,
    run: async () => ({ first: { call: 'bind', outcome: 'ok' }, served: 1, from: ['loopback'] }),
    expect: { first: { call: 'bind', outcome: 'ok' }, served: { oneOf: [1, 2] }, from: ['loopback'] },
    known: 'observed',
    cite: CITE,
    holds,
    differs,
  });
const on = (experiment: Experiment, protocol: 'udp' | 'tcp', system: System, kernel?: string) => {
  const [udp, tcp] = cells('a/b', experiment);
  const cell = protocol === 'udp' ? udp : tcp;
  if (!cell) throw new Error('no cell');
  return expectationFor(cell, system, kernel);
};
const observed = (outcome: string, served = 1, from = ['loopback']) => ({
  first: { call: 'bind', outcome },
  served,
  from,
});
const LINUX = { first: { call: 'bind', outcome: 'ok' }, served: { oneOf: [1, 2] }, from: ['loopback'] };

describe('what is expected', () => {
  const experiment = declared(
    [
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
    ],
    [{ grounds: [{ on: ['freebsd', 'darwin'], known: 'reported', cite: CITE }] }],
  );

  it("on Linux is the experiment's own", () => {
    expect(on(experiment, 'udp', 'linux')).toEqual({ expect: LINUX, known: 'observed', cite: CITE });
  });

  it('elsewhere is nothing where nobody has said', () => {
    expect(on(experiment, 'udp', 'openbsd')).toBeNull();
  });

  it('is as on Linux where that is known to hold, by its own ground', () => {
    expect(on(experiment, 'udp', 'freebsd')).toEqual({ expect: LINUX, known: 'reported', cite: CITE });
  });

  it('is as much of what is right on Linux as is known to hold, and only for those cells', () => {
    const partly = declared(
      [],
      [
        {
          grounds: [
            { on: ['openbsd'], known: 'source', cite: OTHER },
            { on: ['netbsd'], known: 'vendor', cite: CITE },
          ],
          where: ({ protocol }) => protocol === 'udp',
          expect: ({ protocol }) => ({ from: [protocol] }),
        },
        { grounds: [{ on: ['openbsd'], known: 'observed', cite: CITE }], expect: { served: 1 } },
      ],
    );
    // Of two grounds the weaker counts.
    expect(on(partly, 'udp', 'openbsd')).toEqual({
      expect: { from: ['udp'], served: 1 },
      known: 'source',
      cite: [...CITE, ...OTHER],
    });
    expect(on(partly, 'udp', 'netbsd')).toEqual({ expect: { from: ['udp'] }, known: 'vendor', cite: CITE });
    expect(on(partly, 'tcp', 'openbsd')).toEqual({ expect: { served: 1 }, known: 'observed', cite: CITE });
    expect(on(partly, 'tcp', 'netbsd')).toBeNull();
  });

  it('is the first difference that names the system and holds for the cell, and no more than it names', () => {
    expect(on(experiment, 'tcp', 'windows')).toEqual({
      expect: { served: { atLeast: 2 }, from: [] },
      known: 'vendor',
      cite: OTHER,
      because: 'of all',
    });
  });

  it('is a difference laid over what holds, key by key; matchers and lists are replaced, not mixed', () => {
    expect(on(experiment, 'tcp', 'darwin')).toEqual({
      expect: { first: { call: 'bind', outcome: 'EADDRINUSE' }, served: { oneOf: [1, 2] }, from: ['loopback'] },
      known: 'reported',
      cite: [...OTHER, ...CITE],
      because: 'of TCP',
    });
    expect(on(experiment, 'udp', 'darwin')).toMatchObject({
      expect: { first: { call: 'bind', outcome: 'ok' }, served: { atLeast: 2 }, from: [] },
      because: 'of all',
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
    expect(on(computed, 'tcp', 'linux')?.expect).toEqual({ outcome: 'tcp' });
  });

  it('differs on the kernels that are named', () => {
    const buggy = declared([
      {
        on: ['linux'],
        kernels: [{ before: '5.4' }, { from: '6.1.168', before: '6.2' }, { from: '7.1' }],
        expect: { first: { outcome: 'EADDRINUSE' } },
        because: 'of a bug',
        known: 'source',
        cite: OTHER,
      },
    ]);
    const versions = [
      '4.19.0',
      '5.3.18',
      '5.4.0',
      '6.1.167',
      '6.1.168',
      '6.1.999',
      '6.2.0',
      '7.0.9',
      '7.1.0',
      '7.2.13',
    ];
    const differing = versions.filter((kernel) => on(buggy, 'udp', 'linux', kernel)?.because !== undefined);
    expect(differing).toEqual(['4.19.0', '5.3.18', '6.1.168', '6.1.999', '7.1.0', '7.2.13']);
    expect(on(buggy, 'udp', 'linux', '6.1.168')).toEqual({
      expect: { ...LINUX, first: { call: 'bind', outcome: 'EADDRINUSE' } },
      known: 'source',
      cite: [...OTHER, ...CITE],
      because: 'of a bug',
    });
    // A kernel of which nothing is known is taken for the newest.
    expect(on(buggy, 'udp', 'linux')).toMatchObject({ because: 'of a bug' });
    expect(on(buggy, 'udp', 'darwin', '6.1.168')).toBeNull();
  });
});

describe('a judgement', () => {
  const experiment = declared(
    [
      {
        on: ['darwin'],
        expect: { first: { outcome: 'EADDRINUSE' } },
        because: 'it does',
        known: 'source',
        cite: OTHER,
      },
    ],
    [{ grounds: [{ on: ['netbsd'], known: 'source', cite: OTHER }], expect: { served: { oneOf: [1, 2] } } }],
  );

  it.each([
    ['linux', observed('ok'), 'pass', []],
    ['linux', observed('ok', 2), 'pass', []],
    ['linux', observed('EADDRINUSE'), 'fail', ['first.outcome']],
    ['linux', observed('EADDRINUSE', 3, []), 'fail', ['first.outcome', 'served', 'from']],
    ['darwin', observed('EADDRINUSE'), 'differs', []],
    // What the difference does not name, nobody knows.
    ['darwin', observed('EADDRINUSE', 3, []), 'differs', []],
    ['darwin', observed('ok'), 'fail', ['first.outcome']],
    ['netbsd', observed('EINVAL', 2, []), 'pass', []],
    ['netbsd', observed('ok', 3), 'fail', ['served']],
    ['windows', observed('ok'), 'unjudged', []],
    ['windows', undefined, 'unjudged', []],
    ['linux', undefined, 'fail', ['']],
  ] as const)('on %s of %j is %s', (system, observation, verdict, paths) => {
    const judgement = judge(on(experiment, 'udp', system), observation);
    expect(judgement.verdict).toBe(verdict);
    expect(judgement.disagreements.map(({ path }) => path)).toEqual(paths);
  });
});
