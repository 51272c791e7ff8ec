import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deadline, pace, paced, saidPace, type Signs } from '../../../src/process/pace.ts';

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

describe('with a pace that changes', () => {
  let now = 1;
  const measure = () => now;
  beforeEach(() => {
    now = 1;
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    ['7', 7],
    [undefined, 1],
    ['', 0],
    ['fast', 1],
    ['-3', -3],
    ['Infinity', 1],
  ])('BINDSPEC_PACE=%s says %s', (text, said) => {
    expect(saidPace(text)).toBe(said);
    expect(pace({ ...quiet, said: saidPace(text) })).toBe(Math.max(1, said));
  });

  test('a deadline that was set under load is as long as that', () => {
    now = 30;
    const deadline = new Deadline(100, 7, measure);
    expect(deadline.allowed).toBe(3007);
    now = 1;
    vi.advanceTimersByTime(3006);
    expect(deadline.passed).toBe(false);
    vi.advanceTimersByTime(2);
    expect(deadline.passed).toBe(true);
  });

  test('one that runs out looks again, and goes on where the load came later', () => {
    const deadline = new Deadline(100, 0, measure);
    const called = vi.fn<() => void>();
    deadline.whenPassed(called);
    vi.advanceTimersByTime(99);
    now = 30;
    vi.advanceTimersByTime(2);
    expect(called).not.toHaveBeenCalled();
    expect(deadline.allowed).toBe(3000);
    vi.advanceTimersByTime(2900);
    expect(called).toHaveBeenCalledOnce();
  });

  test('one that is taken back calls no one', () => {
    const called = vi.fn<() => void>();
    const cancel = new Deadline(100, 0, measure).whenPassed(called);
    cancel();
    vi.advanceTimersByTime(101);
    expect(called).not.toHaveBeenCalled();
  });
});
