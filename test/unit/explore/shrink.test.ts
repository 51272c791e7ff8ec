import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plans } from '../../../src/explore/generate.ts';
import { playAll, type Ask } from '../../../src/plan/lockstep.ts';
import { formatPlan } from '../../../src/plan/notation.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { shrink, type Alone, type Found } from '../../../src/explore/shrink.ts';
import { answering, playOf, udp } from './fixture.ts';

/** A system on which every bind works. */
const lenient: Ask = answering([]);

function alone(ask: () => Ask): Alone & { count: number } {
  return {
    vocabulary: () => udp,
    count: 0,
    async playAlone(plan: Plan) {
      this.count += 1;
      const play = playOf(plan);
      await playAll([play], ask());
      return { play, transcript: [] };
    },
  };
}

/** The first mismatch among the sequences of a seed, on that system. */
async function find(seed: number): Promise<Found> {
  const made = fc.sample(plans(fc, udp), { seed, numRuns: 200 });
  for (const [place, plan] of made.entries()) {
    const play = playOf(plan);
    await playAll([play], lenient);
    // A long sequence, whose mismatch is of the simplest kind.
    if (play.mismatch && plan.steps.length > 6 && play.played.at(-1)?.prediction.rule === 'linux/udp-conflict') {
      return { plan, played: play.played, seed, place };
    }
  }
  throw new Error('no mismatch among them');
}

describe('shrinking', () => {
  it('makes the sequence again from its seed and place, and comes down to two binds', async () => {
    const found = await find(5);
    const floor = alone(() => lenient);
    const { plan, reproduced, played } = await shrink(fc, found, floor, new AbortController().signal);
    expect(reproduced).toBe(true);
    expect(formatPlan(plan)).toBe('udp: bind s1 0.0.0.0; bind s2 0.0.0.0');
    expect(played).toHaveLength(2);
    expect(floor.count).toBeLessThan(300);
  });

  it('says so when it does not happen again', async () => {
    const found = await find(5);
    let asked = 0;
    const obedient = alone(() => async (_, operations) => {
      asked += 1;
      return operations.map(({ op }) => (op === 'bind' ? 'EADDRINUSE' : 'ok'));
    });
    const { plan, reproduced } = await shrink(fc, found, obedient, new AbortController().signal);
    expect(asked).toBeGreaterThan(0);
    expect(reproduced).toBe(false);
    expect(plan.steps).toHaveLength(found.played.length);
  });

  it('does not take an error of the harness for a mismatch', async () => {
    const found = await find(5);
    const broken = alone(() => async () => {
      throw new Error('the agent died');
    });
    await expect(shrink(fc, found, broken, new AbortController().signal)).rejects.toThrow('the agent died');
  });
});
