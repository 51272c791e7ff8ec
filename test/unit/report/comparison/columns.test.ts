import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../../src/report/comparison/columns.ts';
import { given, matrixOn, runOn } from './fixture.ts';

const linux = runOn({});
const names = (...records: Parameters<typeof runOn>[0][]) =>
  columnsOf(given(...records.map((record) => runOn(record))), []).columns.map(({ name }) => name);

describe('the platforms of a comparison', () => {
  it('are called by their ids, and in the order of their versions', () => {
    const ids = ['linux-6.18-x64', 'windows-10.0-x64', 'linux-6.8-x64', 'darwin-24.6-arm64'];
    expect(names(...ids.map((id) => ({ id })))).toEqual([
      'darwin-24.6-arm64',
      'linux-6.8-x64',
      'linux-6.18-x64',
      'windows-10.0-x64',
    ]);
  });

  it.each<[string, Parameters<typeof runOn>[0], string, string]>([
    ['runtime', { runtime: 'node v22.1.0' }, '(node v20.19.0)', '(node v22.1.0)'],
    ['release', { release: '6.1.0-40-amd64' }, '(6.1.0-13-amd64)', '(6.1.0-40-amd64)'],
    ['lab', { lab: 'netns' }, '(host lab)', '(netns lab)'],
    ['user', { uid: 0 }, '(uid 0)', '(uid 1000)'],
    ['user, where one has none', { uid: null }, '(no uid)', '(uid 1000)'],
    ['stack', { stack: 'kernel:6.1' }, '(kernel:6.1)', '(no other stack)'],
    ['runtime and lab', { runtime: 'bun', lab: 'netns' }, '(bun, netns lab)', '(node v20.19.0, host lab)'],
    ['build', { version: 'another' }, '(#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29))', '(another)'],
  ])('have names of their own when one id differs in %s', (_, other, ...expected) => {
    expect(names({}, other)).toEqual(expected.map((words) => `linux-6.1-x64 ${words}`));
  });

  it('are not told apart from those of another id', () => {
    expect(names({}, { id: 'linux-6.12-x64', runtime: 'node v22.1.0' })).toEqual(['linux-6.1-x64', 'linux-6.12-x64']);
  });

  it('have a run and a matrix in one column, and a matrix alone in one of its own', () => {
    const elsewhere = runOn({ id: 'linux-6.12-x64' });
    const { columns } = columnsOf(given(linux), given(matrixOn(linux), matrixOn(elsewhere)));
    expect(columns.map(({ name, run, matrix }) => [name, run !== undefined, matrix !== undefined])).toEqual([
      ['linux-6.1-x64', true, true],
      ['linux-6.12-x64', false, true],
    ]);
  });

  it('are the newer record where two are of the same, in whatever order they come', () => {
    const newer = runOn({ started: '2026-02-02T03:04:05.678Z' });
    const forward = columnsOf(given(linux, newer), []);
    expect(forward.columns.map(({ run }) => run?.started)).toEqual([newer.started]);
    expect(forward.superseded).toEqual([{ file: '0/record.json', by: '1/record.json', because: 'newer' }]);
    const backward = columnsOf(given(newer, linux), []);
    expect(backward.columns.map(({ run }) => run?.started)).toEqual([newer.started]);
    expect(backward.superseded).toEqual([{ file: '1/record.json', by: '0/record.json', because: 'newer' }]);
  });

  it('are the record of more cells or pairs, though a newer one has fewer', () => {
    const later = '2026-02-02T03:04:05.678Z';
    const few = { ...runOn({ started: later }), cells: linux.cells.slice(0, 1) };
    const pairs = matrixOn(linux);
    const ended = matrixOn(linux, { started: later, counts: { ...pairs.counts, notRun: 1 } });
    for (const [runs, matrices] of [
      [given(few, linux), given(ended, pairs)],
      [given(linux, few), given(pairs, ended)],
    ] as const) {
      const { columns, superseded } = columnsOf(runs, matrices);
      expect(columns).toEqual([{ name: 'linux-6.1-x64', run: linux, matrix: pairs }]);
      expect(superseded.map(({ because }) => because)).toEqual(['fuller', 'fuller']);
    }
  });
});
