import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { comparisonSchema } from '../../src/record/comparison.ts';
import { bindspec, folder } from '../support/cli.ts';
import { matrixOn, runOn } from '../unit/report/comparison/fixture.ts';

const linux = runOn({});
const darwin = runOn({ id: 'darwin-24.6-arm64', system: 'darwin', release: '24.6.0', architecture: 'arm64' });

/** What is said of a record of the fixture, whose experiments there never were. */
const unknown = (file: string) =>
  `bindspec: ${file} has 10 cells that this bindspec does not have, for example 'refusal/loopback/family:inet': they are compared as bindspec 0.1.0 recorded`;

/** A folder with records, as the artifacts of several jobs lie in it. */
function records(files: Record<string, unknown>): string {
  const home = folder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
    writeFileSync(path.join(home, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return home;
}

describe('bindspec report', () => {
  test('merges records and matrices of any depth, and failures in them do not fail it', async () => {
    const home = records({
      'linux/linux-6.1-x64/record.json': linux,
      'linux/linux-6.1-x64/matrix.json': matrixOn(linux),
      'darwin/deep/er/record.json': darwin,
      'darwin/explore.json': '{}',
    });
    const out = path.join(folder(), 'made', 'here');
    const { exitCode, stdout, stderr } = await bindspec(['report', home, '-o', out]);
    const runs = ['darwin/deep/er/record.json', 'linux/linux-6.1-x64/record.json'];
    expect([exitCode, stderr.split('\n')]).toEqual([0, runs.map((file) => unknown(path.join(home, file)))]);
    expect(stdout).toContain('linux-6.1-x64      1 pass, 1 differs, 2 fail, 1 known');
    expect(stdout).toContain('0 cells with different outcomes');
    expect(stdout).toContain(`written: ${path.join(out, 'MATRIX.md')}, ${path.join(out, 'matrix.json')}`);
    const comparison = comparisonSchema.parse(JSON.parse(readFileSync(path.join(out, 'matrix.json'), 'utf8')));
    expect(comparison.platforms.map(({ name, matrix }) => [name, matrix !== undefined])).toEqual([
      ['linux-6.1-x64', true],
      ['darwin-24.6-arm64', false],
    ]);
    expect(readFileSync(path.join(out, 'MATRIX.md'), 'utf8')).toMatch(/^# \d+ questions on 8 systems\n/);
    expect(readdirSync(path.join(out, 'badges')).toSorted()).toEqual([
      'darwin-24.6-arm64.json',
      'darwin-24.6-arm64.svg',
      'linux-6.1-x64.json',
      'linux-6.1-x64.svg',
    ]);
  });

  test('prints the comparison alone as JSON', async () => {
    const home = records({ 'record.json': linux });
    const { stdout } = await bindspec(['report', path.join(home, 'record.json'), '-o', folder(), '--format', 'json']);
    expect(comparisonSchema.parse(JSON.parse(stdout)).platforms).toHaveLength(1);
  });

  test('passes over the comparison that it left in a folder', async () => {
    const home = records({ 'x/record.json': linux });
    expect((await bindspec(['report', home, '-o', home])).exitCode).toBe(0);
    const first = readFileSync(path.join(home, 'matrix.json'), 'utf8');
    expect((await bindspec(['report', home, '-o', home])).exitCode).toBe(0);
    expect(readFileSync(path.join(home, 'matrix.json'), 'utf8')).toBe(first);
    const { exitCode, stderr } = await bindspec(['report', path.join(home, 'matrix.json'), '-o', home]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('matrix.json: a comparison, not a record');
  });

  test('says which record an equal and newer one stands for', async () => {
    const home = records({
      'a/record.json': linux,
      'b/record.json': { ...linux, started: '2026-05-05T05:05:05.000Z' },
    });
    const { exitCode, stderr } = await bindspec(['report', home, '-o', folder()]);
    expect(exitCode).toBe(0);
    const [a, b] = ['a', 'b'].map((name) => path.join(home, name, 'record.json'));
    expect(stderr.split('\n')).toEqual([
      `bindspec: ${a} is left out, because ${b} is of the same platform and newer`,
      unknown(a ?? ''),
      unknown(b ?? ''),
    ]);
  });

  test('takes a file that is named twice once', async () => {
    const home = records({ 'record.json': linux });
    const { stderr } = await bindspec(['report', home, 'record.json', '-o', folder()], { cwd: home });
    expect(stderr).toBe(unknown('record.json'));
  });

  test('names every file that is not a record, and writes nothing', async () => {
    const home = records({
      'a/record.json': linux,
      'b/record.json': '{"schema": 1',
      'c/matrix.json': { ...matrixOn(linux), counts: {} },
      'd/record.json': { ...linux, schema: 99 },
    });
    const out = path.join(folder(), 'out');
    const { exitCode, stdout, stderr } = await bindspec(['report', home, '-o', out]);
    expect([exitCode, stdout]).toEqual([2, '']);
    const [b, c, d, ...rest] = stderr.trimEnd().split('\n');
    expect(b).toContain(`bindspec: ${path.join(home, 'b/record.json')}: not JSON`);
    expect(c).toMatch(/^bindspec: .*c\/matrix\.json: not a valid record: counts\.pairs: .*'bindspec matrix'$/);
    expect(d).toContain(
      'd/record.json: written by a newer bindspec: it is of version 99, and this one reads up to version 3',
    );
    expect(rest).toEqual([]);
    expect(existsSync(out)).toBe(false);
  });

  test.each([
    [
      'a folder without records',
      () => folder(),
      /^bindspec: there is no record\.json, matrix\.json, .* or containers\.json in '.*': write some with 'bindspec run', /,
    ],
    ['what is not there', () => '/nowhere/at/all', /^bindspec: the records can't be read: ENOENT.*\/nowhere\/at\/all/],
  ])('can not merge %s', async (_, given, message) => {
    const { exitCode, stderr } = await bindspec(['report', given(), '-o', folder()]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(1);
  });
});
