import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequences } from '../../../src/explore/generate.ts';
import { playAll, type Ask } from '../../../src/explore/lockstep.ts';
import { formatSequence } from '../../../src/explore/notation.ts';
import type { Sequence } from '../../../src/explore/sequence.ts';
import { shrink, type Alone, type Found } from '../../../src/explore/shrink.ts';
import { answering, playOf, udp } from './fixture.ts';

/** A system on which every bind works. */
const lenient: Ask = answering([]);

function alone(ask: () => Ask): Alone & { count: number } {
  return {
    vocabulary: () => udp,
    count: 0,
    async playAlone(sequence: Sequence) {
      this.count += 1;
      const play = playOf(sequence);
      await playAll([play], ask());
      return { play, transcript: [] };
    },
  };
}

/** The first mismatch among the sequences of a seed, on that system. */
async function find(seed: number): Promise<Found> {
  const made = fc.sample(sequences(fc, udp), { seed, numRuns: 200 });
  for (const [place, sequence] of made.entries()) {
    const play = playOf(sequence);
    await playAll([play], lenient);
    // A long one, whose mismatch is of the plainest kind.
    if (play.mismatch && sequence.steps.length > 6 && play.played.at(-1)?.prediction.rule === 'linux/udp-conflict') {
      return { sequence, played: play.played, seed, place };
    }
  }
  throw new Error('no mismatch among them');
}

describe('shrinking', () => {
  it('makes the sequence again from its seed and place, and comes down to two binds', async () => {
    const found = await find(5);
    const floor = alone(() => lenient);
    const { sequence, reproduced, played } = await shrink(fc, found, floor, new AbortController().signal);
    expect(reproduced).toBe(true);
    expect(formatSequence(sequence)).toBe('udp: bind s1 0.0.0.0; bind s2 0.0.0.0');
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
    const { sequence, reproduced } = await shrink(fc, found, obedient, new AbortController().signal);
    expect(asked).toBeGreaterThan(0);
    expect(reproduced).toBe(false);
    expect(sequence.steps).toHaveLength(found.played.length);
  });

  it('does not take an error of the harness for a mismatch', async () => {
    const found = await find(5);
    const broken = alone(() => async () => {
      throw new Error('the agent died');
    });
    await expect(shrink(fc, found, broken, new AbortController().signal)).rejects.toThrow('the agent died');
  });
});
