import { expect, test } from 'vitest';
import { Interrupted, tidied, unlessAborted } from '../../../src/process/interrupted.ts';

const never = () => new Promise<never>(() => undefined);

test('work that ends before an interruption gives its own result', async () => {
  const { signal } = new AbortController();
  expect(await unlessAborted(Promise.resolve(5), signal)).toBe(5);
  await expect(unlessAborted(Promise.reject(new Error('so')), signal)).rejects.toThrow('so');
});

test('work that takes longer is left, also where the interruption came before it', async () => {
  const interruption = new AbortController();
  const waiting = unlessAborted(never(), interruption.signal);
  interruption.abort();
  await expect(waiting).rejects.toThrow(Interrupted);
  await expect(unlessAborted(never(), interruption.signal)).rejects.toThrow(Interrupted);
});

test('tidying up is waited for, and after an interruption only for a while', async () => {
  const interruption = new AbortController();
  let done = false;
  const work = new Promise<void>((resolve) => {
    setTimeout(() => {
      done = true;
      resolve();
    }, 20);
  });
  await tidied(work, interruption.signal, false);
  expect(done).toBe(true);
  const waiting = tidied(never(), interruption.signal, false);
  interruption.abort();
  await waiting;
  await tidied(never(), interruption.signal, false);
});
