import { STATE_NAMES } from '../../../src/model/states.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { models } from '../../../src/model/index.ts';
import type { PresentSocket, State } from '../../../src/model/types.ts';
import { Follower } from '../../../src/plan/follow.ts';
import { parsePlan } from '../../../src/plan/parse.ts';
import { isOnSocket, type Making, type Plan } from '../../../src/plan/plan.ts';
import { isPossible } from '../../../src/plan/possible.ts';
import { makingFor, stepsTo } from '../../../src/plan/sockets.ts';
import { anyPlan } from './arbitrary.ts';
import { caseCount } from '../../support/cases.ts';

const PORT = 20_000;
const uids = { 1: 1000, 2: 1001, neighbour: 1000 };
const userOf = ({ owner, uid }: Making) => ({ uid: uid ?? uids[owner] });

/** Follows a plan of the protocol; returns what the follower asks for at every step. */
function asked(plan: Plan, system: keyof typeof models = 'linux', happened: readonly string[] = []) {
  let follower = new Follower({
    protocol: plan.protocol,
    port: PORT,
    userOf,
    simulate: () => models[system].simulate(),
  });
  return plan.steps.filter(isOnSocket).map((step, place) => {
    const { allowed, after } = follower.step(step, happened[place]);
    follower = after;
    return allowed;
  });
}

const STATES_OF: Record<'udp' | 'tcp', readonly State[]> = { udp: ['bound', 'connected'], tcp: STATE_NAMES };
const NAMES = [
  { family: 'inet', address: '0.0.0.0', local: '127.0.0.1' },
  { family: 'inet', address: '127.0.0.1', local: '127.0.0.1' },
  { family: 'inet6', address: '::', v6only: true, local: '::1' },
  { family: 'inet6', address: '::', v6only: false, local: '::1' },
  { family: 'inet6', address: '::', v6only: false, local: '::ffff:127.0.0.1' },
  { family: 'inet6', address: '::', local: '::1' },
  { family: 'inet6', address: '::1', local: '::1' },
  { family: 'inet6', address: '::ffff:127.0.0.1', v6only: false, local: '::ffff:127.0.0.1' },
] as const;

const socket = (protocol: 'udp' | 'tcp'): fc.Arbitrary<PresentSocket> =>
  fc
    .record({
      name: fc.constantFrom(...NAMES),
      state: fc.constantFrom(...STATES_OF[protocol]),
      reuseaddr: fc.boolean(),
      reuseport: fc.boolean(),
      uid: fc.constantFrom(1000, 1001),
    })
    .map(({ name, state, uid, ...options }) => ({ protocol, port: PORT, ...name, state, options, uid }));

describe('a plan that a model asked about', () => {
  it('is answered as the same sockets in their states are, by every system', () => {
    const some = fc
      .constantFrom('udp', 'tcp')
      .chain((protocol) => fc.tuple(fc.array(socket(protocol), { maxLength: 3 }), socket(protocol)));
    fc.assert(
      fc.property(some, fc.constantFrom(...Object.values(models)), ([present, last], model) => {
        const { state: _, local: __, ...next } = last;
        const verdict = model.predict(present, next);
        let follower = new Follower({
          protocol: next.protocol,
          port: PORT,
          userOf,
          simulate: () => model.simulate(),
        });
        const owner = (uid: number | undefined) => (uid === 1000 ? 1 : 2);
        for (const [place, one] of present.entries()) {
          const numbers = { socket: place + 1, child: place + 101 };
          for (const step of stepsTo(one, makingFor(one, owner(one.uid)), one, numbers)) {
            follower = follower.step(step, 'ok', { local: one.local }).after;
          }
        }
        const bind = stepsTo({}, makingFor(next, owner(next.uid)), next, { socket: 50, child: 150 })[0];
        if (bind === undefined) throw new Error('no bind');
        const { allowed, after } = follower.step(bind, 'ok');
        expect(allowed.outcomes).toEqual(verdict.bind.outcomes);
        expect(allowed.rule).toBe(verdict.bind.rule);
        if (verdict.listen === undefined) return;
        const listen = after.step({ op: 'listen', socket: 50 }).allowed;
        expect([listen.outcomes, listen.rule]).toEqual([verdict.listen.outcomes, verdict.listen.rule]);
      }),
      { numRuns: caseCount(3000) },
    );
  });

  it('can be whatever plan there is, on every system', () => {
    fc.assert(
      fc.property(anyPlan, fc.constantFrom(...Object.values(models)), (plan, { name }) => {
        let follower = new Follower({
          protocol: plan.protocol,
          port: PORT,
          userOf,
          simulate: () => models[name].simulate(),
        });
        for (const step of plan.steps) {
          if (!isPossible(step, follower.sockets, plan.protocol)) continue;
          const { allowed, after } =
            step.op === 'probe' ? { allowed: follower.probe(step), after: follower } : follower.step(step);
          expect(allowed.outcomes.length).toBeGreaterThan(0);
          follower = after;
        }
      }),
      { numRuns: caseCount(1000) },
    );
  });

  it.each([
    ['udp: bind s1 0.0.0.0; bind s2 127.0.0.1', ['ok', 'EADDRINUSE']],
    ['udp: bind s1 0.0.0.0; close s1; bind s2 127.0.0.1', ['ok', 'ok', 'ok']],
    ['udp: bind s1 0.0.0.0 reuseport; bind s2 127.0.0.1 reuseport', ['ok', 'ok']],
    ['udp: bind s1 0.0.0.0 reuseport; bind s2@2 127.0.0.1 reuseport', ['ok', 'EADDRINUSE']],
    ['udp: bind s1 0.0.0.0 reuseaddr; set s1 reuseaddr=0; bind s2 0.0.0.0 reuseaddr', ['ok', 'ok', 'EADDRINUSE']],
    ['udp: open s1 inet; set s1 reuseaddr=1; bind s1 ::ffff:0.0.0.0', null],
    ['udp: bind s1 0.0.0.0 dev=lo; bind s2 0.0.0.0 dev=eth0', ['ok', 'ok']],
    ['udp: bind s1 0.0.0.0 dev=lo; set s1 dev=none; bind s2 0.0.0.0 dev=eth0', ['ok', 'ok', 'EADDRINUSE']],
    [
      'udp: bind s1 0.0.0.0; bind s2 0.0.0.0 tcp; bind s3 0.0.0.0:81; bind s4@neighbour 0.0.0.0',
      ['ok', 'ok', 'ok', 'ok'],
    ],
    [
      'udp: bind s1 0.0.0.0; connect s1 127.0.0.1; bind s2 127.0.0.2; bind s3 127.0.0.1',
      ['ok', 'ok', 'ok', 'EADDRINUSE'],
    ],
    ['udp: open s1 inet; close s1; bind s2 0.0.0.0', ['ok', 'ok', 'ok']],
    ['udp: bind s1 0.0.0.0:80', ['ok']],
  ])('%s', (text, wanted) => {
    if (wanted === null) {
      expect(() => parsePlan(text)).toThrow('s1 is an IPv4 socket');
      return;
    }
    // A port below 1024 needs root.
    const expected = text.endsWith(':80') ? ['EACCES'] : text.includes(':81') ? [...wanted].with(2, 'EACCES') : wanted;
    expect(asked(parsePlan(text)).map(({ outcomes }) => outcomes[0])).toEqual(expected);
  });

  it('goes on with what happened, not with what the model expected', () => {
    const plan = parsePlan('udp: bind s1 0.0.0.0; bind s2 127.0.0.1; close s1; bind s3 127.0.0.1');
    expect(asked(plan, 'linux', ['ok', 'ok']).at(-1)?.outcomes).toEqual(['EADDRINUSE']);
    expect(asked(plan).at(-1)?.outcomes).toEqual(['ok']);
  });

  it('names the socket that the rule looked at', () => {
    expect(asked(parsePlan('udp: bind s7 0.0.0.0; bind s9 127.0.0.1')).at(-1)?.holder).toBe(7);
  });

  it.each([
    ['udp: bind s1 127.0.0.1 reuseaddr; bind s2 0.0.0.0 reuseaddr', 'probe 127.0.0.1', ['s1']],
    [
      'udp: bind s1 127.0.0.1 reuseaddr; bind s2 0.0.0.0 reuseaddr',
      'probe ::ffff:127.0.0.2 from ::ffff:127.0.0.1',
      ['s2'],
    ],
    ['udp: bind s1 127.0.0.1', 'probe 127.0.0.1:53', ['refused']],
    ['udp: bind s1 127.0.0.1', 'probe 127.0.0.1 tcp', ['refused']],
    ['tcp: bind s1 ::', 'probe ::1', ['refused']],
    ['tcp: bind s1 ::; listen s1', 'probe 127.0.0.1', ['s1']],
    ['udp: bind s1 0.0.0.0 reuseport; bind s2 0.0.0.0 reuseport', 'probe 127.0.0.1', ['s1', 's2']],
    ['udp: bind s1 0.0.0.0 reuseport; connect s1 127.0.0.2:1025', 'probe 127.0.0.2 from 127.0.0.2:1025', ['s1']],
    ['udp: bind s1 0.0.0.0 reuseport; connect s1 127.0.0.2:1025', 'probe 127.0.0.2 from 127.0.0.2:1026', ['refused']],
    ['udp: open s1 inet reuseaddr; join s1 239.1.2.3 on eth0; bind s1 0.0.0.0', 'probe 239.1.2.3', ['s1']],
    ['udp: bind s1 :: reuseaddr; bind s2 0.0.0.0 reuseaddr', 'probe 239.1.2.3', ['s2']],
    ['udp: bind s1 :: reuseaddr; join s1 239.1.2.3; bind s2 0.0.0.0 reuseaddr', 'probe 239.1.2.3', ['s1+s2']],
    ['udp: bind s1 :: reuseaddr; set s1 multicast_all=1; bind s2 0.0.0.0', 'probe 239.1.2.3', ['s1']],
    ['udp: bind s1 0.0.0.0; set s1 multicast_all=0', 'probe 239.1.2.3', ['silence']],
    [
      'udp: bind s1 0.0.0.0; join s1 239.1.2.3; leave s1 239.1.2.3; set s1 multicast_all=0',
      'probe 239.1.2.3',
      ['silence'],
    ],
  ])('%s: asks who receives "%s"', (text, probe, outcomes) => {
    const { steps } = parsePlan(`${text}; ${probe}`);
    const last = steps.at(-1);
    if (last?.op !== 'probe') throw new Error('no probe');
    let follower = new Follower({
      protocol: text.startsWith('udp') ? 'udp' : 'tcp',
      port: PORT,
      userOf,
      simulate: () =>
        models.linux.simulate({ host: { devices: { lo: ['127.0.0.1', '::1'], eth0: ['192.168.5.130'] } } }),
      arrivesBy: () => undefined,
    });
    for (const step of steps.filter(isOnSocket)) follower = follower.step(step).after;
    expect(follower.probe(last).outcomes).toEqual(outcomes);
  });

  it('goes on from the same steps as often as it is asked, because it never changes', () => {
    const [bind, other] = parsePlan('udp: bind s1 0.0.0.0; bind s2 127.0.0.1').steps.filter(isOnSocket);
    if (bind === undefined || other === undefined) throw new Error('no steps');
    const start = new Follower({ protocol: 'udp', port: PORT, userOf, simulate: () => models.linux.simulate() });
    const { after } = start.step(bind);
    for (let time = 0; time < 2; time += 1) expect(after.step(other).allowed.outcomes).toEqual(['EADDRINUSE']);
    expect(start.step(other).allowed.outcomes).toEqual(['ok']);
  });
});
