import { describe, expect, it } from 'vitest';
import type { Expectation } from '../../../src/experiment/expectation.ts';
import { erased, type System } from '../../../src/experiment/experiment.ts';
import { differs, holds, knownOf, unsettled, type Recorded, type SystemFacts } from '../../../src/experiment/known.ts';
import { pairOf, type Pair } from '../../../src/experiment/planned.ts';
import { expectationFor, judge } from '../../../src/verdict/judge.ts';
import { anExperiment, cells, typedExperiment } from '../../support/trials.ts';

interface Seen {
  first: { call: string; outcome: string };
  served: number;
  from: string[];
}
const axes = { protocol: ['udp', 'tcp'] } as const;
const CITE = [{ source: 'man-bind', where: 'ERRORS' }] as const;
const OTHER = [{ source: 'posix-bind', where: 'ERRORS' }] as const;

const declared = typedExperiment<typeof axes, Seen>({
  axes,
  run: async () => ({ first: { call: 'bind', outcome: 'ok' }, served: 1, from: ['loopback'] }),
  expect: { first: { call: 'bind', outcome: 'ok' }, served: { oneOf: [1, 2] }, from: ['loopback'] },
  known: 'observed',
  cite: CITE,
});
const cellOf = (protocol: 'udp' | 'tcp', known: readonly SystemFacts[] = [], recorded: readonly Recorded[] = []) => {
  const [udp, tcp] = cells('a/b', erased(declared), known, recorded);
  const cell = protocol === 'udp' ? udp : tcp;
  if (!cell) throw new Error('no cell');
  return cell;
};
const on = (known: readonly SystemFacts[], protocol: 'udp' | 'tcp', system: System, version?: string) =>
  expectationFor(cellOf(protocol, known), system, version);
const observed = (outcome: string, served = 1, from = ['loopback']) => ({
  first: { call: 'bind', outcome },
  served,
  from,
});
const LINUX = { first: { call: 'bind', outcome: 'ok' }, served: { oneOf: [1, 2] }, from: ['loopback'] };

describe('what is expected', () => {
  const ofAll = {
    expect: { served: { atLeast: 2 }, from: [] },
    because: 'of all',
    known: 'vendor',
    cite: OTHER,
  } as const;
  const known = [
    knownOf('darwin', [
      holds(declared, { known: 'reported', cite: CITE }),
      differs(declared, {
        where: ({ protocol }) => protocol === 'tcp',
        expect: { first: { outcome: 'EADDRINUSE' } },
        because: 'of TCP',
        known: 'source',
        cite: OTHER,
      }),
      differs(declared, ofAll),
    ]),
    knownOf('windows', [differs(declared, ofAll)]),
    knownOf('freebsd', [holds(declared, { known: 'reported', cite: CITE })]),
  ];

  it("on Linux is the experiment's own", () => {
    expect(on(known, 'udp', 'linux')).toEqual({ expect: LINUX, known: 'observed', cite: CITE });
  });

  it('elsewhere is nothing where no one has said', () => {
    expect(on(known, 'udp', 'openbsd')).toBeNull();
    expect(on([], 'udp', 'darwin')).toBeNull();
  });

  it('is as on Linux where that is known to hold, by its own ground', () => {
    expect(on(known, 'udp', 'freebsd')).toEqual({ expect: LINUX, known: 'reported', cite: CITE });
  });

  it('is as much of what is right on Linux as is known to hold, and only for those cells', () => {
    const partly = [
      knownOf('openbsd', [
        holds(declared, {
          known: 'source',
          cite: OTHER,
          where: ({ protocol }) => protocol === 'udp',
          places: ['from', 'first.call'],
        }),
        holds(declared, { known: 'observed', cite: CITE, places: ['served'] }),
      ]),
    ];
    // Where there are two grounds, the weaker one counts.
    expect(on(partly, 'udp', 'openbsd')).toEqual({
      expect: { from: ['loopback'], first: { call: 'bind' }, served: { oneOf: [1, 2] } },
      known: 'source',
      cite: [...CITE, ...OTHER],
    });
    expect(on(partly, 'tcp', 'openbsd')).toEqual({
      expect: { served: { oneOf: [1, 2] } },
      known: 'observed',
      cite: CITE,
    });
  });

  it('is what differs there for the cell, and no more than it names', () => {
    expect(on(known, 'tcp', 'windows')).toEqual({
      expect: { served: { atLeast: 2 }, from: [] },
      known: 'vendor',
      cite: OTHER,
      because: 'of all',
    });
  });

  it('is all differences that match, laid over what holds, key by key; matchers and lists are replaced, not mixed', () => {
    expect(on(known, 'tcp', 'darwin')).toEqual({
      expect: { first: { call: 'bind', outcome: 'EADDRINUSE' }, served: { atLeast: 2 }, from: [] },
      known: 'reported',
      cite: [...OTHER, ...CITE],
      because: 'of TCP of all',
    });
    expect(on(known, 'udp', 'darwin')).toMatchObject({
      expect: { first: { call: 'bind', outcome: 'ok' }, served: { atLeast: 2 }, from: [] },
      because: 'of all',
    });
  });

  it('tells the reason of a fact, and that of a model only where no fact differs', () => {
    const binding = typedExperiment<typeof axes, Pair & { answered: boolean }>({
      axes,
      binds: {
        sockets: ({ protocol }) =>
          (['first', 'second'] as const).map((as) => ({
            as,
            protocol,
            family: 'inet',
            on: 'loopback',
            options: ['SO_REUSEPORT'],
          })),
        observed: pairOf,
      },
      run: async () => ({ first: 'ok', second: 'ok', call: 'bind', answered: true }),
      expect: { first: 'ok', second: 'ok', answered: true },
    });
    const fact = differs(binding, { expect: { answered: false }, because: 'it is deaf', known: 'vendor', cite: OTHER });
    const reasonOn = (files: readonly SystemFacts[]) => {
      const [cell] = cells('a/b', erased(binding), files);
      return cell && expectationFor(cell, 'windows');
    };
    expect(reasonOn([])).toMatchObject({
      expect: { first: 'not available here' },
      because: expect.stringContaining('has no SO_REUSEPORT'),
    });
    expect(reasonOn([knownOf('windows', [fact])])).toMatchObject({
      expect: { first: 'not available here', answered: false },
      because: 'it is deaf',
    });
  });

  it('does not change for one system by what differs on another', () => {
    on(known, 'tcp', 'darwin');
    expect(on(known, 'tcp', 'linux')).toMatchObject({ expect: { first: { outcome: 'ok' } } });
  });

  it('may be computed from the cell', () => {
    const computed = anExperiment<typeof axes, { outcome: string }>({
      axes,
      run: async () => ({ outcome: '' }),
      expect: ({ protocol }) => ({ outcome: protocol }),
    });
    const [, tcp] = cells('a/b', computed);
    expect(tcp && expectationFor(tcp, 'linux')?.expect).toEqual({ outcome: 'tcp' });
  });
});

describe('what differs on versions', () => {
  const since = (system: System, versions: NonNullable<Parameters<typeof differs>[1]['versions']>) => [
    knownOf(system, [
      differs(declared, {
        versions,
        expect: { first: { outcome: 'EADDRINUSE' } },
        because: 'of a bug',
        known: 'source',
        cite: OTHER,
      }),
    ]),
  ];

  it('applies to the kernels of Linux that are named', () => {
    const buggy = since('linux', [{ before: '5.4' }, { from: '6.1.168', before: '6.2' }, { from: '7.1' }]);
    const versions = [
      '4.19.0',
      '5.3.18',
      '5.4.0',
      '6.1.167',
      '6.1.168',
      '6.1.999-generic',
      '6.2.0',
      '7.0.9',
      '7.1.0',
      '7.2.13',
    ];
    const differing = versions.filter((version) => on(buggy, 'udp', 'linux', version)?.because !== undefined);
    expect(differing).toEqual(['4.19.0', '5.3.18', '6.1.168', '6.1.999-generic', '7.1.0', '7.2.13']);
    expect(on(buggy, 'udp', 'linux', '6.1.168')).toEqual({
      expect: { ...LINUX, first: { call: 'bind', outcome: 'EADDRINUSE' } },
      known: 'source',
      cite: [...OTHER, ...CITE],
      because: 'of a bug',
    });
    // Without a version, the newest version is meant.
    expect(on(buggy, 'udp', 'linux')).toMatchObject({ because: 'of a bug' });
    expect(on(buggy, 'udp', 'darwin', '6.1.168')).toBeNull();
  });

  it.each([
    ['wine', [{ before: '9.0' }], ['8.0', '8.21-rc1'], ['9.0', '11.10', undefined]],
    ['gvisor', [{ from: '20240729.0' }], ['20240729.0', '20261001', undefined], ['20240722.3']],
    ['darwin', [{ from: '23', before: '25.1' }], ['23.0.0', '24.6.0', '25.0.9'], ['22.6.0', '25.1.0']],
    ['freebsd', [{ from: '14.0' }], ['14.0-RELEASE', '15.0'], ['13.5-RELEASE-p2']],
    ['windows', [{ before: '10.0.26100' }], ['10.0.19045'], ['10.0.26100', '11.0']],
  ] as const)('applies to those of %s', (system, ranges, yes, no) => {
    const known = since(system, ranges);
    expect(yes.filter((version) => on(known, 'udp', system, version) === null)).toEqual([]);
    expect(no.filter((version) => on(known, 'udp', system, version) !== null)).toEqual([]);
  });

  it('is not given for a malformed version', () => {
    expect(() => on(since('wine', [{ before: '9.0' }]), 'udp', 'wine', 'new')).toThrow('not a version: new');
  });
});

describe('what a record observed', () => {
  const record = (version: string, otherwise: Record<string, string[]>): Recorded => ({
    platform: `wine-${version}-x64`,
    system: 'wine',
    version,
    otherwise,
  });
  const seen = [record('8.0', { 'a/b/protocol:udp': [], 'a/b/protocol:tcp': ['first.outcome', 'served'] })];
  const cite = [{ source: 'records', where: 'wine-8.0-x64/record.json' }];
  const verdictOn = (cell: ReturnType<typeof cellOf>, version: string | undefined, observation: unknown) =>
    judge(cell, 'wine', version, observation).verdict;

  it('to be as on Linux is expected there, with the record as its ground', () => {
    expect(expectationFor(cellOf('udp', [], seen), 'wine', '8.0')).toEqual({ expect: LINUX, known: 'observed', cite });
    expect(expectationFor(cellOf('udp', [], seen), 'gvisor', '8.0')).toBeNull();
  });

  it('to be otherwise says nothing of what is right', () => {
    expect(expectationFor(cellOf('tcp', [], seen), 'wine', '8.0')).toEqual({
      expect: { first: { call: 'bind' }, from: ['loopback'] },
      known: 'observed',
      cite,
    });
  });

  it('counts only where nothing else is said, and not where it settles nothing', () => {
    const known = [
      knownOf('wine', [
        differs(declared, {
          expect: { first: { outcome: 'EINVAL' } },
          because: 'it does',
          known: 'source',
          cite: OTHER,
        }),
        unsettled(declared, { places: ['served'], because: 'it varies' }),
      ]),
    ];
    expect(expectationFor(cellOf('udp', known, seen), 'wine', '8.0')).toEqual({
      expect: { first: { call: 'bind', outcome: 'EINVAL' }, from: ['loopback'] },
      known: 'source',
      cite: [...OTHER, ...cite],
      because: 'it does',
    });
    const all = [knownOf('wine', [holds(declared, { known: 'source', cite: OTHER })])];
    expect(expectationFor(cellOf('udp', all, seen), 'wine', '8.0')?.cite).toEqual(OTHER);
  });

  it('on another version is compared, but fails nothing there, and says so', () => {
    const cell = cellOf('udp', [], seen);
    expect(expectationFor(cell, 'wine', '11.10')).toEqual({ expect: LINUX, known: 'other-version', cite });
    expect(verdictOn(cell, '11.10', observed('ok'))).toBe('pass');
    expect(verdictOn(cell, '8.0', observed('EINVAL'))).toBe('fail');
    expect(judge(cell, 'wine', '11.10', observed('EINVAL'))).toEqual({
      verdict: 'unjudged',
      disagreements: [],
      reason: 'the record of wine 8.0 shows something else, and no one has said what is right on this version',
    });
    expect(verdictOn(cell, '8.0.0', observed('EINVAL'))).toBe('fail');
    // An older version counts as another version too.
    expect(verdictOn(cell, '7.0', observed('EINVAL'))).toBe('unjudged');
    // Where no version is given, it is the version of the record.
    expect(verdictOn(cell, undefined, observed('EINVAL'))).toBe('fail');
  });

  it('of two versions is observed on both', () => {
    const cell = cellOf('udp', [], [...seen, record('11.10', { 'a/b/protocol:udp': [] })]);
    expect(expectationFor(cell, 'wine', '8.0')?.known).toBe('observed');
    expect(expectationFor(cell, 'wine', '11.10')?.known).toBe('observed');
    expect(expectationFor(cell, 'wine', '10.0')?.known).toBe('other-version');
  });

  it('of one version only is not observed on another that has a record too', () => {
    const cell = cellOf('tcp', [], [...seen, record('11.10', { 'a/b/protocol:tcp': [] })]);
    expect(verdictOn(cell, '8.0', observed('EINVAL'))).toBe('pass');
    expect(verdictOn(cell, '11.10', observed('EINVAL'))).toBe('fail');
  });

  it('by hand, without a version, is of the recorded versions only; what was read in source is of all', () => {
    const said = (known: 'observed' | 'source') => [
      knownOf('wine', [
        differs(declared, { expect: { first: { outcome: 'EINVAL' } }, because: 'it does', known, cite: OTHER }),
      ]),
    ];
    expect(verdictOn(cellOf('udp', said('observed'), seen), '8.0', observed('ok'))).toBe('fail');
    expect(verdictOn(cellOf('udp', said('observed'), seen), '9.0', observed('ok'))).toBe('unjudged');
    expect(verdictOn(cellOf('udp', said('observed'), seen), '9.0', observed('EINVAL'))).toBe('differs');
    const read = cellOf('udp', said('source'), seen);
    expect(judge(read, 'wine', '9.0', observed('ok'))).toEqual({
      verdict: 'fail',
      disagreements: [{ path: 'first.outcome', expected: 'EINVAL', observed: 'ok' }],
    });
    // A value that was also observed on another version does not fail.
    expect(verdictOn(read, '9.0', observed('EINVAL', 3))).toBe('unjudged');
  });
});

describe('a judgement', () => {
  const known = [
    knownOf('darwin', [
      differs(declared, {
        expect: { first: { outcome: 'EADDRINUSE' } },
        because: 'it does',
        known: 'source',
        cite: OTHER,
      }),
    ]),
    knownOf('netbsd', [holds(declared, { known: 'source', cite: OTHER, places: ['served'] })]),
  ];

  it.each([
    ['linux', observed('ok'), 'pass', []],
    ['linux', observed('ok', 2), 'pass', []],
    ['linux', observed('EADDRINUSE'), 'fail', ['first.outcome']],
    ['linux', observed('EADDRINUSE', 3, []), 'fail', ['first.outcome', 'served', 'from']],
    ['darwin', observed('EADDRINUSE'), 'differs', []],
    // No one knows the value of anything that the difference does not name.
    ['darwin', observed('EADDRINUSE', 3, []), 'differs', []],
    ['darwin', observed('ok'), 'fail', ['first.outcome']],
    ['netbsd', observed('EINVAL', 2, []), 'pass', []],
    ['netbsd', observed('ok', 3), 'fail', ['served']],
    ['windows', observed('ok'), 'unjudged', []],
    ['windows', undefined, 'unjudged', []],
    ['linux', undefined, 'fail', ['']],
  ] as const)('on %s of %j is %s', (system, observation, verdict, paths) => {
    const judgement = judge(cellOf('udp', known), system, undefined, observation);
    expect(judgement.verdict).toBe(verdict);
    expect(judgement.disagreements.map(({ path }) => path)).toEqual(paths);
  });

  it('takes another name for the same error as the same, on every system but Linux', () => {
    const refusing = (names?: true) =>
      typedExperiment<typeof axes, { outcome: string; errors: string[] }>({
        axes,
        run: async () => ({ outcome: '', errors: [] }),
        expect: { outcome: 'EACCES', errors: ['ECONNREFUSED'] },
        ...(names === undefined ? {} : { names }),
      });
    const verdictOf = (experiment: ReturnType<typeof refusing>, system: System, outcome: string, refused: string) => {
      const all = [knownOf(system, system === 'linux' ? [] : [holds(experiment, { known: 'source', cite: OTHER })])];
      const [cell] = cells('a/b', erased(experiment), all);
      return cell && judge(cell, system, undefined, { outcome, errors: [refused] }).verdict;
    };
    expect(verdictOf(refusing(), 'windows', 'WSAEACCES', 'WSAECONNREFUSED')).toBe('pass');
    expect(verdictOf(refusing(), 'windows', 'WSAEACCES', 'WSAECONNRESET')).toBe('fail');
    expect(verdictOf(refusing(), 'darwin', 'EPERM', 'ECONNREFUSED')).toBe('pass');
    expect(verdictOf(refusing(), 'linux', 'EPERM', 'ECONNREFUSED')).toBe('fail');
    // This does not apply where the names are the question.
    expect(verdictOf(refusing(true), 'darwin', 'EPERM', 'ECONNREFUSED')).toBe('fail');
    expect(verdictOf(refusing(true), 'windows', 'WSAEACCES', 'WSAECONNREFUSED')).toBe('fail');
  });
});

/** Expectations of an experiment are typed by its axes and its observation; the compiler checks it in these lines. */
export const doNotCompile = (): Expectation<Seen>[] => {
  // @ts-expect-error There is no such axis.
  holds(declared, { known: 'source', cite: OTHER, where: ({ family }) => family === 'inet' });
  // @ts-expect-error The axis has no such value.
  holds(declared, { known: 'source', cite: OTHER, where: ({ protocol }) => protocol === 'sctp' });
  // @ts-expect-error The observation has no such place.
  holds(declared, { known: 'source', cite: OTHER, places: ['first.outcom'] });
  // @ts-expect-error The observation has no such key.
  differs(declared, { known: 'source', cite: OTHER, because: '', expect: { frist: { outcome: 'ok' } } });
  // @ts-expect-error There is no such document.
  holds(declared, { known: 'source', cite: [{ source: 'man-bnid', where: '' }] });
  // @ts-expect-error A matcher has only one kind.
  const mixed: Expectation<Seen> = { served: { oneOf: [1], not: 2 } };
  return [mixed, { served: { atLeast: 10, atMost: 30 } }];
};
