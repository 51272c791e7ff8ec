import { describe, expect, it } from 'vitest';
import type { ComparedPlatform } from '../../../src/record/comparison.ts';
import { badgeOf, badgeSvg, type Badge } from '../../../src/report/badge.ts';
import { badgeFiles } from '../../../src/report/badges.ts';
import { columnsOf } from '../../../src/report/comparison/columns.ts';
import { compareRuns } from '../../../src/report/comparison/compare.ts';
import { containersRecord } from '../../support/containers.ts';
import { given, matrixOn, runOn } from './comparison/fixture.ts';
import { expectGolden } from './golden.ts';

/** A platform whose cells have these numbers of verdicts. */
function platform(counts: NonNullable<ComparedPlatform['run']>['counts'], more: Partial<ComparedPlatform> = {}) {
  const [compared] = compareRuns([{ name: 'linux-6.1-x64', run: runOn({}) }], '0').platforms;
  if (!compared?.run) throw new Error('the fixture has a run');
  return { ...compared, run: { ...compared.run, complete: true, counts }, ...more };
}

function badges(platforms: ComparedPlatform[], engines = [] as Parameters<typeof badgeFiles>[1]): Badge[] {
  return badgeFiles({ platforms }, engines)
    .filter(({ name }) => name.endsWith('.json'))
    .map(({ content }) => JSON.parse(content) as Badge);
}

describe('the badge of a platform', () => {
  it.each([
    [{ pass: 226, differs: 9, skipped: 3 }, '235 pass', 'brightgreen'],
    [{ pass: 226, fail: 2 }, '2 fail', 'red'],
    [{ pass: 226, stale: 1, error: 4 }, '1 stale, 4 error', 'red'],
    [{ pass: 226, known: 1 }, '226 pass, 1 known', 'yellow'],
    [{ unjudged: 200 }, '200 unjudged', 'lightgrey'],
    [{ skipped: 235 }, 'nothing was run', 'lightgrey'],
  ] as const)('of %j says %s', (counts, message, color) => {
    expect(badges([platform(counts)])).toEqual([{ schemaVersion: 1, label: 'linux-6.1-x64', message, color }]);
  });

  it('says that a run is incomplete, and what of a matrix is not as modelled', () => {
    const whole = platform({ pass: 5 });
    expect(badges([{ ...whole, run: { ...whole.run, complete: false } }])[0]?.message).toBe('5 pass, incomplete');
    const [matrix] = compareRuns([{ name: 'm', matrix: matrixOn(runOn({})) }], '0').platforms;
    if (!matrix?.matrix) throw new Error('the fixture has a matrix');
    expect(badges([matrix])[0]).toMatchObject({ message: '52 pairs as modelled', color: 'brightgreen' });
    const counts = { ...matrix.matrix.counts, mismatches: 1 };
    expect(badges([{ ...whole, matrix: { ...matrix.matrix, counts } }])[0]).toMatchObject({
      message: '1 mismatch',
      color: 'red',
    });
  });

  it('of an engine says what is exposed', () => {
    const one = {
      id: 's',
      configuration: 'c',
      way: 'lan',
      protocol: 'tcp',
      published: 'lan',
      target: 'lan',
      says: 'x',
      reached: [],
    } as const;
    const record = (...verdicts: ('exposed' | 'contained')[]) =>
      containersRecord([], { security: verdicts.map((verdict) => ({ ...one, reached: [], verdict })) });
    expect(badges([], [record('contained', 'exposed', 'contained')])[0]).toMatchObject({
      label: 'docker-20.10-linux-6.1-x64',
      message: '2 contained, 1 exposed',
      color: 'red',
    });
    expect(badges([], [record('contained')])[0]).toMatchObject({ message: '1 contained', color: 'brightgreen' });
  });
});

describe('the files of badges', () => {
  it('are named by the platforms, and never by a path', () => {
    const names = [
      'linux-6.1-x64 (node v20, host lab)',
      '../../etc/passwd',
      'Linux-6.1-x64',
      'linux-6.1-x64',
      '..',
      '日本',
      'record',
    ];
    const files = badgeFiles({ platforms: names.map((name) => platform({ pass: 1 }, { name })) }, []);
    expect(files.flatMap(({ name }) => (name.endsWith('.svg') ? [name] : []))).toEqual([
      'linux-6.1-x64-node-v20-host-lab.svg',
      'etc-passwd.svg',
      'Linux-6.1-x64.svg',
      'linux-6.1-x64-2.svg',
      'platform.svg',
      'platform-2.svg',
      'record-2.svg',
    ]);
  });

  it('are images that say what they show', () => {
    const { columns } = columnsOf(given(runOn({})), []);
    const [image] = badgeFiles(compareRuns(columns, '0'), []);
    expectGolden('badge.svg', image?.content ?? '');
    expect(image?.content).toContain('role="img" aria-label="linux-6.1-x64: 2 fail, 1 stale, 1 error"');
  });

  it('hold nothing that a label or message could do', () => {
    const svg = badgeSvg(badgeOf('"><script>alert(1)</script>', '\u001B[2J&amp;\u202E', 'red'));
    expect(svg).not.toMatch(/<script|\u202E|\]\]>/);
    expect(svg).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(svg).toContain('&quot;&gt;&lt;script&gt;');
    expect(badgeOf('x'.repeat(1000), 'y', 'red').label).toHaveLength(61);
  });
});
