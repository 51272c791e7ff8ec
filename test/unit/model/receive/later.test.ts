import { describe, expect, it } from 'vitest';
import { Later } from '../../../../src/model/receive/later.ts';

/** A change that counts how often it is made. */
function counting() {
  const made = { count: 0 };
  const add = (sum: number) => {
    made.count += 1;
    return sum + 1;
  };
  return { made, add };
}

describe('a state that is worked out later', () => {
  it('is not worked out before it is read, and then once', () => {
    const { made, add } = counting();
    const last = Later.of(0).followed(add).followed(add);
    expect(made.count).toBe(0);
    expect([last.read(), last.read()]).toEqual([2, 2]);
    expect(made.count).toBe(2);
  });

  it('may be followed by several others', () => {
    const { made, add } = counting();
    const first = Later.of(0).followed(add);
    const others = [first.followed((sum) => sum * 10), first.followed((sum) => sum - 5)];
    expect(others.map((other) => other.read())).toEqual([10, -4]);
    expect(made.count).toBe(1);
  });

  it('is read at the end of a simulation of any length', () => {
    let state = Later.of(0);
    for (let step = 0; step < 100_000; step += 1) state = state.followed((sum) => sum + 1);
    expect(state.read()).toBe(100_000);
  });
});
