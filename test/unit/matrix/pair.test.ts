import { describe, expect, it } from 'vitest';
import { pairPlan } from '../../../src/matrix/pair.ts';
import { likeliest, predictor } from '../../../src/matrix/prediction.ts';
import type { Asked } from '../../../src/matrix/selection.ts';
import { models } from '../../../src/model/index.ts';
import { Follower } from '../../../src/plan/follow.ts';
import { formatPlan } from '../../../src/plan/notation.ts';
import { parsePlan } from '../../../src/plan/parse.ts';
import { isOnSocket } from '../../../src/plan/plan.ts';
import { isPossible } from '../../../src/plan/possible.ts';
import { plan, setting } from './lab.ts';

/** The one pair that is asked for, as a plan. */
function written(asked: Asked): string {
  const [block] = plan({ uid: 'same', ...asked }).blocks;
  const [first, second] = [block?.first[0], block?.second[0]];
  if (!block || !first || !second) throw new Error('no such pair');
  return formatPlan(pairPlan(block, first, second));
}

describe('a pair as a plan', () => {
  it.each<[Asked, string]>([
    [
      { protocol: 'udp', state: 'bound', first: '0.0.0.0 -', second: '127.0.0.1 AP' },
      'udp: bind s1 0.0.0.0; bind s2 127.0.0.1 reuseaddr reuseport',
    ],
    [
      { protocol: 'udp', state: 'connected', first: ':: dual over4 P', second: '::1 -', uid: 'different' },
      'udp: bind s1 :: reuseport; connect s1 127.0.0.1; bind s2@2 ::1 v6only=default',
    ],
    [
      { protocol: 'tcp', state: 'listening', first: ':: v6only A', second: '::ffff:127.0.0.1 -' },
      'tcp: bind s1 :: v6only reuseaddr; listen s1; bind s2 ::ffff:127.0.0.1; listen s2',
    ],
    [
      { protocol: 'tcp', state: 'accepted', first: ':: dual -', second: '0.0.0.0 -' },
      'tcp: bind s1 ::; listen s1; accept s3 from s1 at ::1; close s1; bind s2 0.0.0.0; listen s2',
    ],
    [
      { protocol: 'tcp', state: 'close-wait', first: '0.0.0.0 -', second: '127.0.0.1 -' },
      'tcp: bind s1 0.0.0.0; connect s1 127.0.0.1; peer-close s1; bind s2 127.0.0.1; listen s2',
    ],
    [
      { protocol: 'tcp', state: 'time-wait', first: '127.0.0.1 -', second: '127.0.0.1 A' },
      'tcp: bind s1 127.0.0.1; connect s1 127.0.0.1; close s1 leaving time-wait; bind s2 127.0.0.1 reuseaddr; listen s2',
    ],
    [
      { protocol: 'udp', state: 'bound', first: '0.0.0.0 -', second: '0.0.0.0 -', devices: 'lo/eth0' },
      'udp: bind s1 0.0.0.0 dev=lo; bind s2 0.0.0.0 dev=eth0',
    ],
  ])('%j', (asked, text) => {
    expect(written(asked)).toBe(text);
  });

  it('is read again, can be done, and is answered by the model as the pair itself', () => {
    let count = 0;
    const answers = new Set<string>();
    const wrong: { plan: string; answer: string; predicted: string }[] = [];
    for (const block of plan({ second: '127.0.0.1,::1 -,:: v6only' }).blocks) {
      const predict = predictor(models.linux, setting, block, 0);
      const uids = { 1: 0, 2: 65_534, neighbour: 0 };
      for (const first of block.first) {
        for (const second of block.second) {
          // To write and to read a plan is most of the work; a third of all has every state, name and option.
          count += 1;
          if (count % 3 !== 0) continue;
          const { protocol, steps } = parsePlan(formatPlan(pairPlan(block, first, second)));
          const simulate = () => models.linux.simulate(setting);
          let follower = new Follower({
            protocol,
            port: 20_000,
            userOf: ({ owner }) => ({ uid: uids[owner] }),
            simulate,
          });
          let answer = 'ok';
          for (const step of steps.filter(isOnSocket)) {
            if (!isPossible(step, follower.sockets, protocol)) break;
            const { allowed, after } = follower.step(step);
            follower = after;
            if (allowed.outcomes[0] === 'ok') continue;
            answer = `${step.socket === 1 ? 'first ' : ''}${step.op} ${allowed.outcomes[0]}`;
            break;
          }
          const predicted = likeliest(predict(first, second));
          answers.add(predicted);
          if (answer !== predicted) wrong.push({ plan: formatPlan({ protocol, steps }), answer, predicted });
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(answers.size).toBeGreaterThan(1);
    expect(count).toBeGreaterThan(1000);
  });
});
