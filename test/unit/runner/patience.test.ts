import { expect, test } from 'vitest';
import { patienceFor } from '../../../src/runner/patience.ts';

test('a connection is waited for longer where a refusal takes longer', () => {
  expect(patienceFor('linux', undefined)).toEqual({ answer: 300, connect: 300 });
  expect(patienceFor('windows', undefined)).toEqual({ answer: 300, connect: 3000 });
  expect(patienceFor('wine', undefined)).toEqual({ answer: 1000, connect: 1000 });
});

test("the user's own patience is meant for everything, on every system", () => {
  for (const system of ['linux', 'windows', 'wine'] as const) {
    expect(patienceFor(system, 50)).toEqual({ answer: 50, connect: 50 });
  }
});
