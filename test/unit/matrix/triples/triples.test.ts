import { describe, expect, it } from 'vitest';
import { BadSelection } from '../../../../src/matrix/selection.ts';
import { spellSpec } from '../../../../src/matrix/sockets.ts';
import { triplesIn, tripleCommand, triplesPlanOf } from '../../../../src/matrix/triples/blocks.ts';
import { freshLanes, countIn, lanesFor } from '../../../../src/matrix/triples/lanes.ts';
import { pairBlocksFor, bothSay } from '../../../../src/matrix/triples/pairs.ts';
import { triplePredictor } from '../../../../src/matrix/triples/prediction.ts';
import { triplePlan } from '../../../../src/matrix/triples/steps.ts';
import { decidingRule, likeliest } from '../../../../src/matrix/prediction.ts';
import { models } from '../../../../src/model/index.ts';
import { formatPlan } from '../../../../src/plan/notation.ts';
import { triplesRecord } from './fixture.ts';
import { choice, setting } from '../lab.ts';

describe('the triples that there are', () => {
  it('are every three of 52 sockets, at 20 corners', () => {
    const { blocks } = triplesPlanOf({}, choice, null);
    expect(blocks).toHaveLength(20);
    expect(blocks.reduce((sum, block) => sum + triplesIn(block), 0)).toBe(2_812_160);
  });

  it('leave out those of another user where there is none', () => {
    const { blocks, skipped } = triplesPlanOf({ protocol: 'udp' }, choice, { reason: 'not root', enable: 'sudo' });
    expect(blocks.map(({ uid }) => uid)).toEqual(['same']);
    expect(skipped.map(({ triples }) => triples)).toEqual([140_608, 140_608, 140_608]);
  });

  it.each([
    [{ state: 'bound' }, /unknown state 'bound'; did you mean 'bound\/bound'/],
    [{ uid: 'different' }, /unknown uid 'different'; it is one of same, third, second, first/],
    [{ protocol: 'udp', state: 'listening/bound' }, /UDP sockets are never listening\/bound/],
    [{ third: '9.9.9.9' }, /no address '9.9.9.9'/],
    [{ third: ':: dual over4' }, /can't be a third socket/],
  ])('are not those of %j', (asked, message) => {
    expect(() => triplesPlanOf(asked, choice, null)).toThrow(BadSelection);
    expect(() => triplesPlanOf(asked, choice, null)).toThrow(message);
  });
});

describe('a triple', () => {
  const asked = { protocol: 'tcp', state: 'listening/bound', uid: 'second' };
  const sockets = { first: '127.0.0.1 AP', second: '0.0.0.0 P', third: ':: dual A' };

  it('is a plan, and a command that runs it again', () => {
    const [block] = triplesPlanOf({ ...asked, ...sockets }, choice, null).blocks;
    if (!block) throw new Error('there is no block');
    const three = [block.first[0]!, block.second[0]!, block.third[0]!] as const;
    expect(formatPlan(triplePlan(block, three))).toBe(
      'tcp: bind s1 127.0.0.1 reuseaddr reuseport; listen s1; bind s2@2 0.0.0.0 reuseport; bind s3 :: reuseaddr; listen s3',
    );
    expect(tripleCommand(block, three, ['--lab', 'host'])).toBe(
      "npx bindspec matrix --triples --protocol tcp --state listening/bound --uid second --first '127.0.0.1 AP' " +
        "--second '0.0.0.0 P' --third ':: dual A' --lab host --no-reports",
    );
  });

  it('is predicted from the state after two sockets', () => {
    const [block] = triplesPlanOf({ protocol: 'udp', uid: 'same' }, choice, null).blocks;
    if (!block) throw new Error('there is no block');
    const named = (text: string) => block.first.find((spec) => spellSpec(spec) === text)!;
    const predict = triplePredictor(models.linux, setting, block, 0);
    const { prediction, third } = predict(named('0.0.0.0 A'), named('0.0.0.0 AP'));
    expect(prediction.refused).toBeUndefined();
    const said = third(named('127.0.0.1 P'));
    expect(likeliest(said)).toBe('ok');
    expect(decidingRule(said)).toBe('linux/U1-udp-first-match');
    expect(third(named('127.0.0.1 P'))).toBe(said);
    expect(predict(named('0.0.0.0 -'), named('127.0.0.1 -')).prediction.refused).toBe('second');
  });
});

describe('lanes', () => {
  const isRefused = (third: number) => third % 2 === 0;

  it('put all thirds of UDP on one port', () => {
    expect(lanesFor('udp', [0, 1, 2, 3], isRefused)).toEqual([[0, 1, 2, 3]]);
    expect(countIn('udp', ['ok', 'bind EADDRINUSE', 'ok'])).toBe(3);
  });

  it('put no third TCP socket after one that is expected to be bound', () => {
    const lanes = lanesFor('tcp', [0, 1, 2, 3, 4, 5], isRefused);
    expect(lanes).toEqual([[0, 2, 4, 1], [3], [5]]);
    expect(lanesFor('tcp', [0, 2], isRefused)).toEqual([[0, 2]]);
    expect(freshLanes([4, 5])).toEqual([[4], [5]]);
  });

  it('count no answer after a third that was bound against expectation', () => {
    expect(countIn('tcp', ['bind EADDRINUSE', 'ok', 'bind EADDRINUSE'])).toBe(2);
    expect(countIn('tcp', ['listen EADDRINUSE', 'bind EADDRINUSE'])).toBe(1);
    expect(countIn('tcp', ['bind EADDRINUSE', 'bind EACCES'])).toBe(2);
  });
});

describe('the pairs of triples', () => {
  it.each([
    ['ok', 'ok', 'ok'],
    ['ok', 'bind EADDRINUSE', 'bind EADDRINUSE'],
    ['listen EADDRINUSE', 'ok', 'listen EADDRINUSE'],
    ['listen EADDRINUSE', 'bind EADDRINUSE', 'bind EADDRINUSE'],
    ['first bind EADDRNOTAVAIL', 'ok', null],
  ])('%s and %s say together: %s', (one, other, both) => {
    expect(bothSay(one, other)).toBe(both);
    expect(bothSay(other, one)).toBe(both);
  });

  it('are six blocks for all triples', () => {
    const blocks = pairBlocksFor(triplesPlanOf({}, choice, null).blocks);
    expect(blocks.map(({ protocol, state, uid }) => `${protocol} ${state} ${uid}`).toSorted()).toEqual([
      'tcp bound different',
      'tcp bound same',
      'tcp listening different',
      'tcp listening same',
      'udp bound different',
      'udp bound same',
    ]);
  });
});

describe('triples that their pairs do not explain', () => {
  it('are grouped by the rule that decides', () => {
    const { quirks, counts } = triplesRecord({ protocol: 'udp', uid: 'same', first: '0.0.0.0', second: '0.0.0.0, ::' });
    expect(quirks).toHaveLength(1);
    expect(quirks[0]).toMatchObject({
      rule: 'linux/U1-udp-first-match',
      pairs: 'bind EADDRINUSE',
      kernel: 'ok',
      triples: counts.unexplained,
      example: { first: '0.0.0.0 A', second: '0.0.0.0 AP', third: '0.0.0.0 P' },
    });
    expect(counts).toMatchObject({ triples: 2496, agree: 2496, mismatches: 0, notRun: 0 });
  });
});
