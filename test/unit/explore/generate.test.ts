import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST, plans, SHORTEST } from '../../../src/explore/generate.ts';
import { playAll } from '../../../src/plan/lockstep.ts';
import { formatPlan } from '../../../src/plan/notation.ts';
import { parsePlan } from '../../../src/plan/parse.ts';
import { makingOf, type Plan } from '../../../src/plan/plan.ts';
import { smaller } from '../../../src/explore/smaller.ts';
import { models } from '../../../src/model/index.ts';
import { vocabularyOf } from '../../../src/explore/vocabulary.ts';
import { answering, facts, playOf, tcp, udp } from './fixture.ts';

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
      const ops = ['open', 'bind', 'set', 'listen', 'connect', 'disconnect', 'close'];
      expect(new Set(steps.map(({ op }) => op))).toEqual(
        new Set(vocabulary === udp ? ops : [...ops, 'accept', 'peer-close', 'shutdown']),
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

describe('random sequences about ports and states that are left', () => {
  const sequences = fc.sample(plans(fc, tcp), { seed: 5, numRuns: 3000 });

  it('begin with a socket whose port connect() chooses, of each family, and bind others after it', () => {
    const some = [udp, tcp].flatMap((one) => fc.sample(plans(fc, one), { seed: 5, numRuns: 2000 }));
    const opened = some.flatMap(({ steps: [first, second, ...rest] }) =>
      first?.op === 'open'
        ? [{ family: first.family, second: second?.op, binds: rest.some(({ op }) => op === 'bind') }]
        : [],
    );
    expect(opened.length).toBeGreaterThan(some.length / 24);
    expect(new Set(opened.map(({ family }) => family))).toEqual(new Set(['inet', 'inet6']));
    expect(new Set(opened.map(({ second }) => second))).toEqual(new Set(['connect']));
    expect(opened.some(({ binds }) => binds)).toBe(true);
  });

  it('leave TIME_WAIT and FIN_WAIT_2, on connected and on accepted sockets, and do something after that', () => {
    const left = sequences.flatMap(({ steps }) =>
      steps.flatMap((step, place) => {
        if (step.op !== 'close' || step.leaves === undefined || place === steps.length - 1) return [];
        const accepted = steps.some((other) => other.op === 'accept' && other.socket === step.socket);
        return [`${step.leaves} ${accepted ? 'accepted' : 'connected'}`];
      }),
    );
    expect(new Set(left)).toEqual(
      new Set(['time-wait accepted', 'time-wait connected', 'fin-wait-2 accepted', 'fin-wait-2 connected']),
    );
  });
});

describe('random sequences of a machine with interfaces', () => {
  const lab = { ...facts, externalInterface: 'eth0', secondInterface: 'eth1' };
  const stepsOf = (protocol: 'udp' | 'tcp', system: 'linux' | 'wine') =>
    fc
      .sample(plans(fc, vocabularyOf(protocol, lab, system, { broadcasts: ['192.168.5.255'] })), {
        seed: 3,
        numRuns: 3000,
      })
      .flatMap((one) => one.steps);

  it('bind groups and broadcast addresses, also in their mapped forms', () => {
    for (const protocol of ['udp', 'tcp'] as const) {
      const bound = new Set(stepsOf(protocol, 'linux').flatMap((step) => (step.op === 'bind' ? [step.address] : [])));
      for (const address of ['239.76.5.4', '255.255.255.255', '192.168.5.255', '::ffff:239.76.5.4', 'ff05::4c05:4']) {
        expect(bound).toContain(address);
      }
      const accepted = stepsOf(protocol, 'linux').flatMap((step) => (step.op === 'accept' ? [step.to] : []));
      expect(accepted.filter((to) => /^(?:239|255|ff05)|\.255$/.test(to))).toEqual([]);
    }
  });

  it('tie sockets to devices before and after a bind, where the system can', () => {
    const tied = (system: 'linux' | 'wine') =>
      stepsOf('tcp', system).flatMap((step) => {
        if (step.op === 'bind' && step.makes?.device !== undefined) return [`before ${step.makes.device}`];
        return step.op === 'set' && 'device' in step ? [`after ${step.device}`] : [];
      });
    expect(new Set(tied('linux'))).toEqual(
      new Set(['lo', 'eth0', 'eth1'].flatMap((one) => [`before ${one}`, `after ${one}`]).concat('after null')),
    );
    expect(tied('wine')).toEqual([]);
  });

  it('give no socket of Wine two options that exclude each other, and connect none that no answer reaches', () => {
    const wine = vocabularyOf('tcp', lab, 'wine', { broadcasts: ['192.168.5.255'] });
    for (const { steps } of fc.sample(plans(fc, wine), { seed: 3, numRuns: 2000 })) {
      const on = new Map<number, Set<string>>();
      for (const step of steps) {
        if (step.op === 'bind' && step.makes !== undefined) on.set(step.socket, new Set(step.makes.options));
        if (step.op === 'accept') on.set(step.socket, new Set(on.get(step.listener)));
        if (step.op === 'set' && 'option' in step) {
          if (step.value) on.get(step.socket)?.add(step.option);
          else on.get(step.socket)?.delete(step.option);
        }
        for (const options of on.values()) expect(options.size).toBeLessThan(2);
        if (step.op !== 'connect') continue;
        const made = steps.find((one) => one.op === 'bind' && one.socket === step.socket);
        expect(made?.op === 'bind' ? made.address : '').not.toMatch(/239\.|255$|^ff05/);
      }
    }
  });

  it('connect a UDP socket a second time, and a TCP socket to no one', () => {
    const again = fc
      .sample(plans(fc, udp), { seed: 3, numRuns: 500 })
      .some(({ steps }) =>
        steps.some(
          (step, place) =>
            step.op === 'connect' &&
            steps.slice(0, place).findLast((other) => other.op !== 'probe' && other.socket === step.socket)?.op ===
              'connect',
        ),
      );
    expect(again).toBe(true);
    const ports = new Set(stepsOf('tcp', 'linux').flatMap((step) => (step.op === 'connect' ? [step.port] : [])));
    expect(ports).toEqual(new Set([undefined, 1]));
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
    if (step.op === 'close' && step.leaves !== undefined) weight += 1;
    const making = makingOf(step);
    if (making === undefined) continue;
    const { options, owner, v6only: own } = making;
    if (step.op === 'bind')
      weight += names.findIndex(({ address, v6only }) => address === step.address && v6only === own);
    weight += options.length + (owner === 1 ? 1 : 2);
  }
  return weight;
}
