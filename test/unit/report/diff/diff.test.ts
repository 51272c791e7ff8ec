import { describe, expect, it } from 'vitest';
import { differenceSchema } from '../../../../src/record/difference.ts';
import type { CellRecord } from '../../../../src/record/record.ts';
import { diff } from '../../../../src/report/diff/diff.ts';
import { diffMarkdown } from '../../../../src/report/diff/markdown.ts';
import { diffRuns } from '../../../../src/report/diff/runs.ts';
import { diffMatrices } from '../../../../src/report/diff/matrices.ts';
import { diffLines } from '../../../../src/report/diff/text.ts';
import { runOn } from '../comparison/fixture.ts';
import { expectGolden } from '../golden.ts';
import { matrixRecord } from '../matrix/fixture.ts';

const before = runOn({ id: 'linux-5.10-x64', release: '5.10.0', stack: 'kernel:5.10' });

/** The fixture's run with some of its cells changed, on a newer kernel. */
function after(changes: Record<string, Partial<CellRecord>>, platform: Parameters<typeof runOn>[0] = {}) {
  return runOn({
    release: '6.18.0',
    id: 'linux-6.18-x64',
    ...platform,
    twist: ({ id }) => changes[id] ?? {},
  });
}

const inet = 'refusal/loopback/family:inet';
const inet6 = 'refusal/loopback/family:inet6';

describe('two runs', () => {
  it('that did the same do not differ, whatever took how long within a class', () => {
    const same = diffRuns(before, after({ [inet]: { observation: { client: 'ECONNREFUSED', milliseconds: 60 } } }));
    expect(same).toEqual({
      both: before.cells.length,
      outcomes: [],
      verdicts: [],
      timings: [],
      appeared: [],
      gone: [],
      claims: [],
    });
  });

  it('differ where two outcomes changed places', () => {
    const cell = (observation: object) =>
      after({
        [inet]: {
          observation,
          verdict: 'fail',
          expectation: { expect: { client: 'ECONNREFUSED', server: 'silence' }, known: 'observed', cite: [] },
        },
      });
    const { outcomes } = diffRuns(
      cell({ client: 'ECONNREFUSED', server: 'silence' }),
      cell({ client: 'silence', server: 'ECONNREFUSED' }),
    );
    expect(outcomes[0]?.places).toEqual([
      { place: 'client', was: 'ECONNREFUSED', is: 'silence' },
      { place: 'server', was: 'silence', is: 'ECONNREFUSED' },
    ]);
  });

  it('differ where something else was observed, with the cells to which the same happened together', () => {
    const silent = { observation: { client: 'ok' }, verdict: 'fail' } as const;
    const { outcomes, verdicts } = diffRuns(before, after({ [inet]: silent, [inet6]: silent }));
    expect(outcomes).toEqual([
      {
        experiment: 'refusal/loopback',
        cells: [inet],
        which: 'family inet',
        places: [{ place: 'client', was: 'ECONNREFUSED', is: 'ok' }],
        verdict: { was: 'pass', is: 'fail' },
      },
      {
        experiment: 'refusal/loopback',
        cells: [inet6],
        which: 'family inet6',
        places: [{ place: 'client', was: 'silence', is: 'ok' }],
        verdict: { was: 'fail', is: 'fail' },
      },
    ]);
    expect(verdicts).toEqual([]);
  });

  it('have names compared exactly on one system, and by their class across systems', () => {
    const other = { [inet]: { observation: { client: 'WSAECONNREFUSED' } } };
    expect(diffRuns(before, after(other)).outcomes).toHaveLength(1);
    expect(diffRuns(before, after(other, { system: 'windows' })).outcomes).toEqual([]);
  });

  it('differ in timing where what came at once comes after a wait', () => {
    const slow = { observation: { client: 'ECONNREFUSED', milliseconds: 2031.5 } };
    expect(diffRuns(before, after({ [inet]: slow })).timings).toEqual([
      {
        experiment: 'refusal/loopback',
        cells: [inet],
        which: 'family inet',
        place: 'milliseconds',
        was: 'at once',
        is: 'after seconds',
        example: { cell: inet, was: 0.4, is: 2031.5 },
      },
    ]);
  });

  it('do not differ in timing where two times lie on two sides of a border', () => {
    const took = (milliseconds: number) => after({ [inet]: { observation: { client: 'ECONNREFUSED', milliseconds } } });
    expect(diffRuns(took(90), took(150)).timings).toEqual([]);
    expect(diffRuns(took(150), took(90)).timings).toEqual([]);
    expect(diffRuns(took(90), took(181)).timings).toHaveLength(1);
    expect(diffRuns(took(600), took(1100)).timings).toEqual([]);
    expect(diffRuns(took(1300), took(600)).timings).toMatchObject([{ was: 'after seconds', is: 'after a wait' }]);
  });

  it('differ in verdict where only one of them observed anything', () => {
    const { expectation } = before.cells[0] ?? {};
    const skipped = { verdict: 'skipped', observation: undefined, reason: 'no IPv6', expectation } as const;
    const { outcomes, verdicts } = diffRuns(before, after({ [inet]: skipped as Partial<CellRecord> }));
    expect(outcomes).toEqual([]);
    expect(verdicts).toMatchObject([{ cells: [inet], was: 'pass', is: 'skipped', reason: 'no IPv6' }]);
  });

  it('say which cells only one of them has, and which claims came out otherwise', () => {
    const less = { ...before, cells: before.cells.slice(1) };
    const more = { ...before, claims: before.claims.map((claim) => ({ ...claim, verdict: 'refuted' as const })) };
    expect(diffRuns(less, more)).toMatchObject({
      both: before.cells.length - 1,
      appeared: [{ cells: [inet], which: 'family inet' }],
      gone: [],
      claims: [
        { id: 'external-refuses-loopback', was: 'qualified', is: 'refuted' },
        { id: 'port-reserved', was: 'untested', is: 'refuted' },
      ],
    });
    expect(diffRuns(more, less)).toMatchObject({ appeared: [], gone: [{ cells: [inet] }] });
  });

  it('take two values for the same where an expectation only rules out a third', () => {
    const expectation = { expect: { second: { not: 'slower' } }, known: 'observed' as const, cite: [] };
    const seen = (second: string) => ({ [inet]: { expectation, observation: { second } } });
    const first = after(seen('faster'));
    expect(diffRuns(first, after(seen('alike'))).outcomes).toEqual([]);
    expect(diffRuns(first, after(seen('slower'))).outcomes).toHaveLength(1);
  });

  it('do not differ where chance decides among what both allow', () => {
    const seen = (crowd: string, oneOf: string[]) => ({
      [inet]: {
        expectation: { expect: { crowd: { oneOf } }, known: 'observed' as const, cite: [] },
        observation: { crowd },
      },
    });
    const first = after(seen('first', ['first', 'second']));
    expect(diffRuns(first, after(seen('second', ['first', 'second']))).outcomes).toEqual([]);
    // The other one allows less: there the same decides each time.
    expect(diffRuns(first, after(seen('second', ['second', 'third']))).outcomes).toHaveLength(1);
    expect(diffRuns(first, after(seen('third', ['first', 'second']))).outcomes).toHaveLength(1);
  });
});

describe('two matrices', () => {
  const asked = { protocol: 'tcp', state: 'listening', devices: 'none/none' };
  const whole = matrixRecord(asked);

  it('differ by answer and rule, with the pairs counted', () => {
    const twisted = matrixRecord(asked, (first, second, answer) =>
      first === '0.0.0.0 A' && second.startsWith('127.0.0.1') ? 'ok' : answer,
    );
    const { both, different, appeared, gone, answers } = diffMatrices(whole, twisted);
    expect([both, different, appeared, gone]).toEqual([whole.counts.pairs, 8, 0, 0]);
    expect(answers).toMatchObject([
      {
        was: 'bind EADDRINUSE',
        is: 'ok',
        count: 4,
        corners: [
          { uid: 'same', count: 2 },
          { uid: 'different', count: 2 },
        ],
      },
      { count: 4, pairs: [{ first: '0.0.0.0 A', second: '127.0.0.1 A' }, {}, {}] },
    ]);
  });

  it('that have not the same pairs say how many only one has', () => {
    const some = matrixRecord({ ...asked, uid: 'same' });
    expect(diffMatrices(some, whole)).toMatchObject({ both: some.counts.pairs, appeared: some.counts.pairs, gone: 0 });
    expect(diffMatrices(whole, some)).toMatchObject({ different: 0, appeared: 0, gone: some.counts.pairs });
  });

  it('of two systems have errors compared by their classes', () => {
    const windows = matrixRecord(asked, (_first, _second, answer) => answer.replace(' E', ' WSAE'));
    expect(diffMatrices(whole, windows).different).toBeGreaterThan(0);
    const there = { ...windows, platform: { ...windows.platform, system: 'windows' } };
    expect(diffMatrices(whole, there).different).toBe(0);
  });
});

describe('a difference', () => {
  const run = {
    before: { file: 'a/record.json', record: before },
    after: {
      file: 'b/record.json',
      record: after({
        [inet]: { observation: { client: 'silence', milliseconds: 300 }, verdict: 'fail' },
        'conflict/evil': { observation: { deep: ['\u001B[2J<b>|`'], gone: '[x](javascript:y)' } },
        'conflict/neighbour': { verdict: 'error', reason: 'an agent\u0007 died' },
      }),
    },
  };
  const found = diff({ run }, '0.1.0');
  const lines = diffLines(found).map(({ text }) => text);

  it('is what its schema says', () => {
    expect(differenceSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(JSON.parse(JSON.stringify(found)));
    expect(found).toMatchObject({ before: 'linux-5.10-x64', after: 'linux-6.18-x64', differs: true });
    expect(found.facts).toContainEqual({ fact: 'stack', was: 'kernel:5.10', is: 'none' });
  });

  it('is shown on a terminal, and nothing in it steers one', () => {
    expectGolden('diff.txt', `${lines.join('\n')}\n`);
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
  });

  it('is shown in Markdown, and nothing in it is markup', () => {
    const page = diffMarkdown(found);
    expectGolden('diff.md', page);
    expect(page).not.toMatch(/<(?!br>|\/?details>|\/?summary>|\/?code>)/);
  });

  it('is cut to a screen', () => {
    const many = before.cells.slice(0, 1).flatMap((cell) =>
      Array.from({ length: 40 }, (_, index) => ({
        ...cell,
        id: `many/of-${index}/family:inet`,
        experiment: `many/of-${index}`,
      })),
    );
    const silent = many.map((cell) => ({ ...cell, observation: { client: 'silence' } }));
    const two = {
      before: { file: 'a', record: { ...before, cells: many } },
      after: { file: 'b', record: { ...before, cells: silent } },
    };
    const told = diffLines(diff({ run: two }, '0.1.0')).map(({ text }) => text);
    expect(told.length).toBeLessThan(30);
    expect(told).toContain('  and 30 more entries');
  });
});
