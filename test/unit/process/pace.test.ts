import os from 'node:os';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deadline, pace, paced, type Signs } from '../../../src/process/pace.ts';

const quiet: Signs = { load: 0.4, processors: 2, start: 40, said: 1 };

describe('how slow a machine is', () => {
  test.each([
    ['not at all, when nothing tells of it', quiet, 1],
    ['what waits for each processor', { ...quiet, load: 20 }, 10],
    ['not seen where there are more processors than that', { ...quiet, load: 20, processors: 32 }, 1],
    ['how much longer Node.js took to start', { ...quiet, start: 400 }, 8],
    ['the larger of both', { ...quiet, load: 20, start: 400 }, 10],
    ['what it is said to be, and what is seen on top', { ...quiet, load: 4, said: 3 }, 6],
    ['never more than a bound', { ...quiet, load: 20, said: 12 }, 30],
    ['never less than one, whatever is said', { ...quiet, said: 0.01 }, 1],
  ] as const)('is %s', (_, seen, expected) => {
    expect(pace(seen)).toBe(expected);
  });

  test('is seen from what this system tells', () => {
    expect(pace()).toBeGreaterThanOrEqual(1);
    expect(pace()).toBeLessThanOrEqual(30);
    expect(Number.isInteger(paced(1234))).toBe(true);
  });
});

describe('with a load that changes', () => {
  let load = 0;
  beforeEach(() => {
    load = 0;
    vi.useFakeTimers();
    vi.spyOn(os, 'loadavg').mockImplementation(() => [load, 0, 0]);
    vi.spyOn(os, 'availableParallelism').mockReturnValue(1);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  test('what is said of the machine is in every deadline', () => {
    load = 1000;
    const most = pace();
    load = 0;
    vi.stubEnv('BINDSPEC_PACE', String(most));
    expect(paced(100)).toBe(100 * most);
    for (const nonsense of ['', 'fast', '-3', 'Infinity']) {
      vi.stubEnv('BINDSPEC_PACE', nonsense);
      expect(pace()).toBeLessThan(most);
    }
  });

  test('a deadline that was set under load is as long as that', () => {
    load = 1000;
    const deadline = new Deadline(100, 7);
    expect(deadline.allowed).toBe(3007);
    load = 0;
    vi.advanceTimersByTime(3006);
    expect(deadline.passed).toBe(false);
    vi.advanceTimersByTime(2);
    expect(deadline.passed).toBe(true);
  });

  test('one that runs out looks again, and goes on where the load came later', () => {
    const deadline = new Deadline(100);
    const usual = deadline.allowed;
    const called = vi.fn<() => void>();
    deadline.whenPassed(called);
    vi.advanceTimersByTime(usual - 1);
    load = 1000;
    vi.advanceTimersByTime(2);
    expect(called).not.toHaveBeenCalled();
    expect(deadline.allowed).toBe(3000);
    vi.advanceTimersByTime(3000 - usual + 1);
    expect(called).toHaveBeenCalledOnce();
  });

  test('one that is taken back calls nobody', () => {
    const called = vi.fn<() => void>();
    const cancel = new Deadline(100).whenPassed(called);
    cancel();
    vi.advanceTimersByTime(100 * 30 + 1);
    expect(called).not.toHaveBeenCalled();
  });
});
