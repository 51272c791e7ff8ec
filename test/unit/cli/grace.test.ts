import { afterEach, expect, test, vi } from 'vitest';
import { grace } from '../../../src/cli/grace.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([
  [undefined, 1000],
  ['4', 4000],
  ['0.5', 1000],
  ['fast', 1000],
])('with a pace of %s', (pace, expected) => {
  vi.stubEnv('BINDSPEC_PACE', pace);
  expect(grace(1000)).toBe(expected);
});
