import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plans } from '../../../src/explore/generate.ts';
import { smaller } from '../../../src/explore/smaller.ts';
import { vocabularyOf } from '../../../src/explore/vocabulary.ts';
import { models } from '../../../src/model/index.ts';
import { Follower } from '../../../src/plan/follow.ts';
import { formatPlan } from '../../../src/plan/notation.ts';
import { parsePlan } from '../../../src/plan/parse.ts';
import { isMaking, type Plan } from '../../../src/plan/plan.ts';
import { isPossible } from '../../../src/plan/possible.ts';
import { facts } from './fixture.ts';

const lab = {
  ...facts,
  hosts: { ...facts.hosts, neighbour: 'guinness' },
  externalInterface: 'eth0',
  secondInterface: 'eth1',
};
const asked = { receivers: true, broadcasts: ['192.168.5.255', '192.168.6.255'] };
const udp = vocabularyOf('udp', lab, 'linux', asked);
const tcp = vocabularyOf('tcp', lab, 'linux', asked);
const both = fc.oneof(plans(fc, udp), plans(fc, tcp));

function socketsIn({ steps }: Plan): number {
  return steps.filter(isMaking).length;
}

describe('random sets of receivers', () => {
  it('have two to six sockets, and seldom eleven to fourteen', () => {
    const counts = fc.sample(plans(fc, udp), { seed: 1, numRuns: 2000 }).map(socketsIn);
    expect([...new Set(counts)].toSorted((one, other) => one - other)).toEqual([2, 3, 4, 5, 6, 11, 12, 13, 14]);
    expect(counts.filter((count) => count > 6).length).toBeLessThan(400);
  });

  it('probe every target after each step', () => {
    for (const vocabulary of [udp, tcp]) {
      const { targets = [] } = vocabulary.probes ?? {};
      for (const { steps } of fc.sample(plans(fc, vocabulary), { seed: 2, numRuns: 200 })) {
        const others = steps.filter(({ op }) => op !== 'probe').length;
        expect(steps).toHaveLength(others * (targets.length + 1));
        expect(steps.slice(1, targets.length + 1).map((step) => (step.op === 'probe' ? step.to : ''))).toEqual(
          targets.map(({ to }) => to),
        );
      }
    }
  });

  it('hold everything that can happen to a socket, and probes from everywhere', () => {
    const steps = fc.sample(both, { seed: 3, numRuns: 2000 }).flatMap((one) => one.steps);
    const ops = new Set(steps.map(({ op }) => op));
    for (const op of [
      'bind',
      'connect',
      'disconnect',
      'set',
      'join',
      'leave',
      'listen',
      'shutdown',
      'close',
    ] as const) {
      expect(ops).toContain(op);
    }
    const senders = new Set(steps.flatMap((step) => (step.op === 'probe' && step.from ? [step.from.address] : [])));
    expect(senders).toEqual(
      new Set(['127.0.0.1', '::1', '192.168.5.130', 'fd00:5::130', '192.168.5.10', 'fd00:5::10']),
    );
    expect(steps.some((step) => step.op === 'probe' && step.from?.port !== undefined)).toBe(true);
  });

  it('are plans that every model can follow, and that are read as they are written', () => {
    fc.assert(
      fc.property(both, fc.constantFrom(...Object.values(models)), (plan, model) => {
        expect(parsePlan(formatPlan(plan))).toEqual(plan);
        const userOf = () => ({ uid: 0 });
        let follower = new Follower({
          protocol: plan.protocol,
          port: 20_000,
          userOf,
          simulate: () => model.simulate(),
        });
        for (const step of plan.steps) {
          if (!isPossible(step, follower.sockets, plan.protocol)) continue;
          if (step.op === 'probe') expect(follower.probe(step).outcomes.length).toBeGreaterThan(0);
          else follower = follower.step(step).after;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('become shorter, or a probe without a sender of its own', () => {
    const plan = parsePlan('udp: bind s1 0.0.0.0 dev=eth0; probe 127.0.0.1 from 192.168.5.130; probe ::1');
    const texts = [...smaller(plan, udp)].map(formatPlan);
    expect(texts).toContain('udp: bind s1 0.0.0.0 dev=eth0; probe 127.0.0.1; probe ::1');
    expect(texts).toContain('udp: bind s1 0.0.0.0; probe 127.0.0.1 from 192.168.5.130; probe ::1');
    expect(texts).toContain('udp: bind s1 0.0.0.0 dev=eth0; probe ::1');
    expect(texts).toContain('udp: probe 127.0.0.1 from 192.168.5.130; probe ::1');
  });

  it('have no ties and no options that the system does not have', () => {
    const wine = vocabularyOf('udp', lab, 'wine', asked);
    expect([wine.devices, wine.options]).toEqual([[], ['reuseaddr', 'exclusive']]);
    expect(vocabularyOf('tcp', lab, 'freebsd').options).toEqual(['reuseaddr', 'reuseport', 'reuseportLb']);
  });
});
