import { describe, expect, test } from 'vitest';
import { firstLack, needs, type Lack } from '../support/needs.ts';
import { grouped, listed } from '../support/skips.ts';

const podman: Lack = { need: 'podman', reason: "the program 'podman' is not here", enable: 'apt-get install podman' };
const root: Lack = { need: 'root', reason: 'they are about root', enable: null };

describe('what tests need', () => {
  test('is the first of several things that is lacking', () => {
    expect(firstLack(null, root, podman)).toBe(root);
    expect(firstLack(null, null)).toBeNull();
  });

  test('skips them, with the reason, or leaves them alone', () => {
    expect(needs(null, podman)).toEqual({ skip: true, meta: { lack: podman } });
    expect(needs(null)).toEqual({});
  });
});

describe('the list of skips', () => {
  const many = (lack: Lack, count: number) => Array.from({ length: count }, (_, at) => ({ test: `a > ${at}`, lack }));

  test('counts by reason, what is most often lacking first', () => {
    const skips = grouped([...many(root, 2), ...many(podman, 11)]);
    expect(skips.map(({ need, count, tests }) => [need, count, tests.at(-1)])).toEqual([
      ['podman', 11, 'a > 10'],
      ['root', 2, 'a > 1'],
    ]);
    expect(listed(skips, 40)).toEqual([
      'Skipped 13 of 40 tests, because these are missing:',
      '  11  podman  apt-get install podman',
      '   2  root    they are about root',
    ]);
  });

  test('tells one reason from another of the same need', () => {
    const other = { ...podman, reason: 'only root can start it', enable: 'sudo npm test' };
    expect(grouped([...many(podman, 1), ...many(other, 1)])).toHaveLength(2);
  });

  test('keeps to a dozen lines of 80 columns, and says how much is beyond', () => {
    const skips = grouped(
      Array.from({ length: 14 }, (_, at) =>
        many({ need: `n${at}`, reason: 'x'.repeat(99), enable: null }, 20 - at),
      ).flat(),
    );
    const lines = listed(skips, 999);
    expect(lines).toHaveLength(11);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines.at(-1)).toBe('  45 more for 5 other reasons; BINDSPEC_TEST_SUMMARY=FILE has them all');
  });

  test('is not there where nothing was skipped', () => {
    expect(listed([], 10)).toEqual([]);
  });
});
