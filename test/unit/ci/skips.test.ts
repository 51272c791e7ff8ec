import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { folder } from '../../support/cli.ts';
import { ROOT } from '../../support/docs.ts';

/** Runs the script with which .ci/run checks the skips of each stage. */
async function held(result: unknown, ...lists: string[]) {
  const home = folder();
  writeFileSync(path.join(home, 'result.json'), typeof result === 'string' ? result : JSON.stringify(result));
  for (const [index, list] of lists.entries()) writeFileSync(path.join(home, `${index}.txt`), list);
  const words = ['result.json', ...lists.map((_, index) => `${index}.txt`)];
  const { exitCode, stdout, stderr } = await execa(process.execPath, [path.join(ROOT, '.ci/skips.mjs'), ...words], {
    cwd: home,
    reject: false,
  });
  return { exitCode, stderr, lines: stdout.split('\n').filter((line) => line !== '') };
}

const tested = (...skips: [need: string, reason: string][]) => ({
  passed: 1,
  failed: 0,
  skipped: skips.length,
  skips: skips.map(([need, reason]) => ({ need, reason, enable: null, count: 2, tests: ['a test', 'another'] })),
});
const ran = (...reasons: (string | undefined)[]) => ({
  cells: reasons.map((reason, index) =>
    reason === undefined
      ? { id: `cell/${index}`, verdict: 'pass' }
      : { id: `cell/${index}`, verdict: 'skipped', reason, enable: 'x' },
  ),
});

describe('the skips of a stage', () => {
  test('are allowed by the need, whatever the reason, and the list says why', async () => {
    const { exitCode, lines } = await held(tested(['podman', 'not here']), '# A list\n\npodman  # no engine\n');
    expect([exitCode, lines]).toEqual([0, ['2 skipped, podman: not here (allowed: no engine)']]);
  });

  test('are not allowed where the list does not name the need, and one of them is named', async () => {
    const { exitCode, lines } = await held(tested(['podman', 'a'], ['docker', 'b']), 'docker # none\n');
    expect(exitCode).toBe(1);
    expect(lines[0]).toBe('2 skipped, podman: a (NOT ALLOWED, for instance a test)');
  });

  test.each([
    ['cells: no * here # why', 'no neighbour here', 0],
    ['cells: no * here # why', 'no neighbour here either', 1],
    ['cells: (a.c) # why', '(abc)', 1],
    ['cells: a # why', 'b', 1],
    ['cell # why', 'a', 1],
  ])('of cells are allowed by their reason: %s, %s', async (list, reason, code) => {
    expect((await held(ran(undefined, reason), list)).exitCode).toBe(code);
  });

  test('are counted by reason', async () => {
    const { lines } = await held(ran('a', undefined, 'b', 'a'), 'cells: a # why\n');
    expect(lines).toEqual([
      '2 skipped, cells: a (allowed: why)',
      '1 skipped, cells: b (NOT ALLOWED, for instance cell/2)',
    ]);
  });

  test('are allowed by any of several lists', async () => {
    expect((await held(tested(['a', ''], ['b', '']), 'a # one\n', 'b # two\n')).exitCode).toBe(0);
  });

  test('fail for a broken list, and where there is no result', async () => {
    const list = await held(tested(), 'podman\n');
    expect(list).toMatchObject({
      exitCode: 2,
      stderr: "bindspec: '0.txt': line 1: write 'NEED # WHY' or 'NEED: REASON # WHY'",
    });
    const result = await held('', 'podman # why\n');
    expect([result.exitCode, result.stderr.split('\n').length]).toEqual([2, 1]);
  });
});

test.each(readdirSync(path.join(ROOT, '.ci/skips')))('the list .ci/skips/%s can be read', async (name) => {
  const home = folder();
  const nothing = path.join(home, 'nothing.json');
  writeFileSync(nothing, JSON.stringify(tested()));
  const words = [path.join(ROOT, '.ci/skips.mjs'), nothing, path.join(ROOT, '.ci/skips', name)];
  expect((await execa(process.execPath, words)).stdout).toBe('');
});
