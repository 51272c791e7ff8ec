import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';
import { BadPlan } from '../../../src/plan/bad-plan.ts';
import { parsePlan } from '../../../src/plan/parse.ts';
import { formatPlan } from '../../../src/plan/notation.ts';
import type { SystemName } from '../../../src/model/types.ts';
import { anyPlan } from '../plan/arbitrary.ts';
import { caseCount } from '../../support/cases.ts';

const outcomes = (...texts: string[]): Partial<Record<SystemName, string>> =>
  Object.fromEntries(
    explain(texts).answers.map(({ system, bind, listen }) => [
      system,
      [bind.outcomes.join(' or '), ...(listen === undefined ? [] : [listen.outcomes.join(' or ')])].join(', '),
    ]),
  );

const TWO = [
  ['udp 127.0.0.1:53', 'udp [::]:53 v6only=0 reuseaddr'],
  ['udp 0.0.0.0:53 connected', 'udp 127.0.0.2:53'],
  ['tcp 0.0.0.0:80', 'tcp 127.0.0.1:80 reuseaddr'],
  ['tcp [::]:80 v6only=0 accepted', 'tcp 0.0.0.0:80 reuseaddr'],
  ['tcp 127.0.0.1:80 close-wait', 'tcp 0.0.0.0:80 reuseport'],
  ['tcp 127.0.0.1:80 reuseaddr time-wait', 'tcp 127.0.0.1:80'],
  ['tcp 127.0.0.1:80 shut-down', 'tcp 127.0.0.1:80'],
  ['tcp 0.0.0.0:8080 dev=lo bound', 'tcp 0.0.0.0:8080 dev=eth0'],
  ['tcp 0.0.0.0:8080', 'udp 0.0.0.0:8080', 'tcp 0.0.0.0:8081', 'tcp [::]:8080 v6only=1'],
];

describe('sockets as a plan', () => {
  it.each(TWO)('%s, %s: every system answers the plan that is printed as it answers the sockets', (...texts) => {
    const { plan } = explain(texts);
    expect(formatPlan(parsePlan(plan))).toBe(plan);
    expect(outcomes(plan)).toEqual(outcomes(...texts));
  });

  it('gives the sockets of two users to two owners, root first', () => {
    expect(explain(['udp 0.0.0.0:5353 uid=1000 reuseport', 'udp 0.0.0.0:5353 uid=0 reuseport']).plan).toBe(
      'udp: bind s1@2 0.0.0.0:5353 reuseport; bind s2 0.0.0.0:5353 reuseport',
    );
    expect(explain(['udp 0.0.0.0:53 uid=1', 'udp 0.0.0.0:53 uid=2', 'udp 0.0.0.0:53 uid=3']).plan).toBe(
      'udp: bind s1 0.0.0.0:53 uid=1; bind s2 0.0.0.0:53 uid=2; bind s3 0.0.0.0:53 uid=3',
    );
  });
});

describe('a plan that is explained', () => {
  it('is asked about the socket that is bound last, and its listen() if there is one', () => {
    const { sockets, plan } = explain([
      'tcp: open s1 inet; bind s2 127.0.0.1; listen s2; bind s1 0.0.0.0:99; close s2',
    ]);
    expect(sockets.map(({ spelled }) => spelled)).toEqual(['tcp 127.0.0.1:20000 listening', 'tcp 0.0.0.0:99']);
    expect(sockets[1]?.notes).toContain('nothing is asked about what the plan does then: close s2');
    expect(plan).toContain('open s1 inet');
    expect(outcomes('tcp: bind s1 0.0.0.0; bind s2 127.0.0.1')).toMatchObject({ linux: 'EADDRINUSE', windows: 'ok' });
    expect(outcomes('tcp: bind s1 0.0.0.0 reuseaddr; bind s2 0.0.0.0 reuseaddr; listen s1; listen s2')).toMatchObject({
      linux: 'ok, EADDRINUSE',
    });
  });

  it('goes on with all that is done before, in its order', () => {
    expect(outcomes('udp: bind s1 0.0.0.0; close s1; bind s2 0.0.0.0')).toMatchObject({ linux: 'ok', darwin: 'ok' });
    const late = 'udp: bind s1 0.0.0.0 reuseaddr; set s1 reuseaddr=0; bind s2 0.0.0.0 reuseaddr';
    expect(outcomes(late)).toMatchObject({ linux: 'EADDRINUSE' });
    const back = 'udp: bind s1 0.0.0.0; connect s1 127.0.0.1; disconnect s1; bind s2 127.0.0.2';
    expect(outcomes(back)).toMatchObject({ linux: 'EADDRINUSE' });
    expect(outcomes(back.replace('disconnect s1; ', ''))).toMatchObject({ linux: 'ok' });
  });

  it('tells what has become of each socket', () => {
    const text =
      'tcp: bind s1 0.0.0.0; listen s1; accept s2 from s1 at 127.0.0.1; close s1; bind s3 ::1; connect s3 ::1; peer-close s3; ' +
      'bind s4 127.0.0.2; close s4; bind s5 127.0.0.3; connect s5 127.0.0.3; close s5 leaving fin-wait-2; bind s6@2 :: v6only=default';
    const { sockets } = explain([text]);
    expect(sockets.map(({ spelled }) => spelled)).toEqual([
      'tcp 0.0.0.0:20000 accepted',
      'tcp [::1]:20000 v6only=0 close-wait',
      'tcp 127.0.0.2:20000',
      'tcp 127.0.0.3:20000 fin-wait-2',
      'tcp [::]:20000 uid=1001',
    ]);
    expect(sockets[2]?.notes).toContain('it is closed by then');
  });

  it('leaves out what a system does not have, and says so', () => {
    const [linux, windows] = explain(['udp: bind s1 0.0.0.0; set s1 exclusive=1; bind s2 0.0.0.0 reuseaddr'], {
      systems: ['linux', 'windows'],
    }).answers;
    expect(linux?.notes).toEqual(["Linux has no such option: 'set s1 exclusive=1' is left out"]);
    expect(windows?.notes).toEqual([]);
  });

  it('gets advice that changes its steps', () => {
    const { advice } = explain(['udp: bind s1 127.0.0.1; bind s2 0.0.0.0'], { systems: ['linux'] });
    expect(advice.map(({ text }) => text)).toContain('set SO_REUSEADDR on both sockets');
    expect(advice.map(({ text }) => text)).toContain('give socket 2 another port, from 1024 up');
  });

  it.each([
    [['udp: open s1 inet'], 'nothing is bound'],
    [['udp: bind s1 0.0.0.0', 'udp 0.0.0.0:53'], 'give it alone'],
    [['udp: bind s1@neighbour 0.0.0.0'], 'systems are asked about one machine'],
    [['udp: bind s1 nowhere'], "'nowhere' is not an IPv4 address"],
  ])('%j: %s', (texts, message) => {
    expect(() => explain(texts)).toThrow(BadPlan);
    expect(() => explain(texts)).toThrow(message);
  });

  it('is answered whatever it is, unless nothing is bound, a child is, or the neighbour is in it', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        try {
          expect(explain([formatPlan(plan)]).answers).toHaveLength(8);
        } catch (error) {
          if (!(error instanceof BadPlan)) throw error;
        }
      }),
      { numRuns: caseCount(300) },
    );
  });
});
