import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MatrixRecord } from '../../src/record/matrix.ts';
import { platformId } from '../../src/record/platform-id.ts';
import type { BindRecord } from '../../src/record/record.ts';
import { bindspec, folder } from '../support/cli.ts';
import { runOn } from '../unit/report/comparison/fixture.ts';
import { fixture } from '../unit/report/fixture.ts';
import { matrixRecord } from '../unit/report/matrix/fixture.ts';

const COLOURS = new RegExp(String.raw`${'\u001B'}\[\d+m`, 'g');
const EVIL = '::add-mask::bind\u001B]0;owned\u0007\u001B[2J\u009B5A\u202Ereversed';

const KNOWN = 'conflict/udp-beside-tcp/on:loopback/first:udp/family:inet';
const evil = { release: EVIL, runtime: EVIL };

/** A run that says something evil wherever it is shown, and says it of an experiment that there is. */
const run: BindRecord = {
  ...runOn({
    ...evil,
    id: platformId({ system: 'linux', architecture: 'x64', ...evil }),
    lab: EVIL,
    twist: ({ id, values, verdict }) => ({
      ...(id === fixture.cells[0]?.id
        ? { id: KNOWN, experiment: 'conflict/udp-beside-tcp', values: { on: 'loopback', first: 'udp', family: 'inet' } }
        : { id: `${id}/evil:${EVIL}`, values: { ...values, evil: EVIL } }),
      title: EVIL,
      reason: EVIL,
      observation: verdict === 'skipped' ? undefined : { [EVIL]: EVIL },
      claims: [],
    }),
  }),
  claims: [{ id: EVIL, claim: EVIL, documents: [EVIL], verdict: 'untested', detail: EVIL, holds: [], contradicts: [] }],
};
const asked = { protocol: 'udp', state: 'bound', uid: 'same', first: '0.0.0.0 -' };
const matrix: MatrixRecord = {
  ...matrixRecord(asked, () => EVIL),
  platform: run.platform,
  lab: run.lab,
  errors: [{ what: EVIL, error: EVIL }],
  bindspec: EVIL,
};

/** A folder of reports with a file in that of a platform. */
function withReport(name: string, content: unknown): { home: string; file: string } {
  const home = folder();
  const file = path.join(home, 'linux-6.1-x64', name);
  mkdirSync(path.dirname(file));
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return { home, file };
}

describe('a hostile record', () => {
  const calls = {
    show: ['show', 'conflict/udp-beside-tcp', '--reports'],
    report: ['report', '-o'],
    diff: ['diff'],
    matrix: ['matrix', '--table', '--record'],
  } as const;

  test.each(Object.keys(calls) as (keyof typeof calls)[])(
    'steers no terminal and no job of CI by way of %s',
    async (command) => {
      const { home, file } = withReport(
        command === 'matrix' ? 'matrix.json' : 'record.json',
        command === 'matrix' ? matrix : run,
      );
      const more = { show: [home], report: [folder(), home], diff: [file, file], matrix: [file] }[command];
      for (const format of ['pretty', 'json']) {
        const words = [...calls[command], ...more, '--format', format];
        const { stdout, stderr } = await bindspec(words, {
          env: { NO_COLOR: '', FORCE_COLOR: '1', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '' },
        });
        const plain = (stdout + stderr).replaceAll(COLOURS, '').replaceAll('\n', '');
        expect(plain, words.join(' ')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect((stdout + stderr).replaceAll(COLOURS, '')).not.toMatch(/^\s*(::|##\[)/m);
        expect(plain.length).toBeGreaterThan(20);
        if (format === 'json') expect(() => JSON.parse(stdout) as unknown).not.toThrow();
      }
    },
  );

  test.each(['show', 'report', 'diff', 'matrix'] as const)(
    'that is too large is refused by %s in a line',
    async (command) => {
      const { home, file } = withReport(command === 'matrix' ? 'matrix.json' : 'record.json', '');
      truncateSync(file, 70 * 1024 * 1024);
      const more = { show: [home], report: [folder(), home], diff: [file, file], matrix: [file] }[command];
      const { exitCode, stdout, stderr } = await bindspec([...calls[command], ...more]);
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toBe(`bindspec: ${file}: it has 70 MiB, and no record has more than 64; see what wrote it`);
    },
  );

  test('of a million cells, or of as many pairs, is refused in a line', async () => {
    const cells = `[${'{},'.repeat(999_999)}{}]`;
    const many = withReport('record.json', JSON.stringify({ ...run, cells: 'HERE' }).replace('"HERE"', cells));
    const list = Array.from({ length: 2000 }, () => 0);
    const [block] = matrix.blocks;
    const wide = withReport('matrix.json', { ...matrix, blocks: [{ ...block, first: list, second: list }] });
    for (const { file, why } of [
      { ...many, why: 'a list in it has more than 10,000 entries' },
      { ...wide, why: 'it has more than 1,000,000 pairs' },
    ]) {
      const { exitCode, stderr } = await bindspec(['report', file, '-o', folder()]);
      expect([exitCode, stderr]).toEqual([2, `bindspec: ${file}: not a record: ${why}; see what wrote it`]);
    }
  });
});
