import { describe, expect, it } from 'vitest';
import { EngineFailed, type Engine } from '../../../src/engine/engine.ts';
import { LABEL, madeAt, nameOfLab, sweep } from '../../../src/engine/sweep.ts';

/** An engine with containers and networks of labs, which records the names of those that are removed. */
function engineWith(containers: Record<string, boolean>, networks: readonly string[], used: readonly string[] = []) {
  const removed: string[] = [];
  const engine = {
    labelled: async (label: string) => (label === LABEL ? Object.keys(containers) : []),
    networksLabelled: async (label: string) => (label === LABEL ? [...networks] : []),
    inspect: async (name: string) => ({ running: containers[name] }),
    remove: async (names: readonly string[]) => void removed.push(...names),
    removeNetworks: async (names: readonly string[]) => {
      if (names.some((name) => used.includes(name))) throw new EngineFailed('it has active endpoints');
      removed.push(...names);
    },
  } as unknown as Engine;
  return { engine, removed };
}

const OLD = `bindspec-${(Date.now() - 600_000).toString(36)}-0a1b2c`;

describe('what is left of labs', () => {
  it('is known by the time in its name', () => {
    const before = Date.now();
    const made = madeAt(`${nameOfLab()}-machine`);
    expect(made).toBeGreaterThanOrEqual(before);
    expect(made).toBeLessThanOrEqual(Date.now());
    expect(madeAt('bindspec-test')).toBeNull();
    expect(madeAt('web')).toBeNull();
  });

  it('is taken back when its run can no longer be making or holding it', async () => {
    const young = nameOfLab();
    const { engine, removed } = engineWith(
      { [`${OLD}-machine`]: false, [`${OLD}-neighbour`]: true, [`${young}-machine`]: false, web: false },
      [`${OLD}-1`, `${OLD}-2`, `${young}-1`, 'lan'],
      [`${OLD}-1`],
    );
    await sweep(engine);
    // It removes nothing that runs, is in use, is young, or has another name.
    expect(removed).toEqual([`${OLD}-machine`, `${OLD}-2`]);
  });
});
