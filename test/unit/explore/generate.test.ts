import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST, plans, SHORTEST } from '../../../src/explore/generate.ts';
import { playAll } from '../../../src/plan/lockstep.ts';
import { formatPlan } from '../../../src/plan/notation.ts';
import { parsePlan } from '../../../src/plan/parse.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { smaller } from '../../../src/explore/smaller.ts';
import { models } from '../../../src/model/index.ts';
import { answering, playOf, tcp, udp } from './fixture.ts';

const both = fc.oneof(plans(fc, udp), plans(fc, tcp));
const answers = fc.array(fc.constantFrom('ok', 'EADDRINUSE', 'EINVAL'), { minLength: 20, maxLength: 20 });

describe('random sequences', () => {
  it('have two to eight steps', () => {
    fc.assert(
      fc.property(both, ({ steps }) => steps.length >= SHORTEST && steps.length <= LONGEST),
      { numRuns: 1000 },
    );
  });

  it('can be taken by the model of every system, whatever the real one answers', async () => {
    for (const { name } of Object.values(models)) {
      await fc.assert(
        fc.asyncProperty(both, answers, async (sequence, given) => {
          const play = playOf(sequence, name);
          await playAll([play], answering(given));
          expect(play.played.length).toBeGreaterThan(0);
        }),
        { numRuns: 200 },
      );
    }
  });

  it('are the same for the same seed', () => {
    const texts = (seed: number) => fc.sample(plans(fc, tcp), { seed, numRuns: 50 }).map(formatPlan);
    expect(texts(7)).toEqual(texts(7));
    expect(texts(7)).not.toEqual(texts(8));
  });

  it('hold every operation, address, option and owner', () => {
    for (const vocabulary of [udp, tcp]) {
      const steps = fc.sample(plans(fc, vocabulary), { seed: 1, numRuns: 5000 }).flatMap((one) => one.steps);
      const ops = ['bind', 'set', 'listen', 'connect', 'disconnect', 'close'];
      expect(new Set(steps.map(({ op }) => op))).toEqual(
        new Set(vocabulary === udp ? ops : [...ops, 'accept', 'shutdown']),
      );
      expect(steps.some((step) => step.op === 'bind' && step.makes === undefined)).toBe(true);
      const binds = steps.flatMap((step) => (step.op === 'bind' && step.makes ? [{ ...step.makes, ...step }] : []));
      const names = new Set(binds.map(({ address, v6only }) => `${address} ${v6only}`));
      expect(names.size).toBe(vocabulary.names.length);
      expect(new Set(binds.map(({ options }) => options.join(' ')))).toHaveProperty('size', 4);
      expect(new Set(binds.map(({ owner }) => owner))).toEqual(new Set([1, 2]));
    }
  });
});

describe('the simpler forms of a sequence', () => {
  it('are sequences, each simpler than the one before, so that shrinking comes to an end', () => {
    fc.assert(
      fc.property(both, (sequence) => {
        const vocabulary = sequence.protocol === 'udp' ? udp : tcp;
        const weight = (one: Plan) => weightOf(one, vocabulary.names, vocabulary.addresses);
        for (const simpler of smaller(sequence, vocabulary)) {
          expect(parsePlan(formatPlan(simpler))).toEqual(simpler);
          expect(weight(simpler)).toBeLessThan(weight(sequence));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('include every one with a step less', () => {
    const sequence = parsePlan('udp: bind s1 0.0.0.0; bind s2 127.0.0.1 reuseport; close s1; set s2 reuseport=0');
    const texts = [...smaller(sequence, udp)].map(formatPlan);
    expect(texts).toContain('udp: bind s2 127.0.0.1 reuseport; set s2 reuseport=0');
    expect(texts).toContain('udp: bind s1 0.0.0.0; close s1');
    expect(texts).toContain('udp: bind s1 0.0.0.0; bind s2 127.0.0.1 reuseport; set s2 reuseport=0');
    expect(texts).toContain('udp: bind s1 0.0.0.0; bind s2 127.0.0.1; close s1; set s2 reuseport=0');
    expect(texts).toContain('udp: bind s1 0.0.0.0; bind s2 0.0.0.0 reuseport; close s1; set s2 reuseport=0');
  });
});

/** The number of steps weighs most; then owners, options, and how far the addresses are from the simplest ones. */
function weightOf({ steps }: Plan, names: typeof udp.names, addresses: readonly string[]): number {
  let weight = steps.length * 1000;
  for (const step of steps) {
    if (step.op === 'connect' || step.op === 'accept') weight += addresses.indexOf(step.to) + 1;
    if (step.op !== 'bind' || step.makes === undefined) continue;
    const { options, owner, v6only: own } = step.makes;
    weight += names.findIndex(({ address, v6only }) => address === step.address && v6only === own);
    weight += options.length + (owner === 1 ? 1 : 2);
  }
  return weight;
}
