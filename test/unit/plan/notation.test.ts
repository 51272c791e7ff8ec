import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plans } from '../../../src/explore/generate.ts';
import { formatPlan } from '../../../src/plan/notation.ts';
import { BadPlan } from '../../../src/plan/bad-plan.ts';
import { parsePlan } from '../../../src/plan/parse.ts';
import { anyPlan } from './arbitrary.ts';
import { tcp, udp } from '../explore/fixture.ts';
import { caseCount } from '../../support/cases.ts';

describe('the notation of sequences', () => {
  it('reads what it writes, whatever the plan is', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        expect(parsePlan(formatPlan(plan))).toEqual(plan);
      }),
      { numRuns: caseCount(2000) },
    );
  });

  it('reads what it writes of the random plans of explore', () => {
    fc.assert(
      fc.property(fc.oneof(plans(fc, udp), plans(fc, tcp)), (plan) => {
        expect(parsePlan(formatPlan(plan))).toEqual(plan);
      }),
      { numRuns: caseCount(1000) },
    );
  });

  it('reads every operation', () => {
    const text =
      'tcp: bind s1@2 :: v6only reuseaddr reuseport; bind s1 ::1; set s1 reuseaddr=0; listen s1; accept s2 from s1 at ::1; ' +
      'shutdown s1; bind s3 ::ffff:127.0.0.1; connect s3 127.0.0.1; disconnect s3; close s3; ' +
      'open s4@neighbour inet reuseport_lb dev=eth0 uid=0 udp; set s4 dev=none; bind s4 192.168.5.10:53; ' +
      'bind s5 [::]:8080 v6only=default; listen s5; accept s6 from s5 at ::1; peer-close s6; close s5 leaving time-wait; ' +
      'join s3 239.1.2.3 on eth0; leave s3 ff05::1:3; connect s3 [::1]:1025; set s3 multicast_all=0; probe 127.0.0.1; ' +
      'probe [::1]:80 udp from [fd00:5::10]:1025@neighbour; probe ::ffff:127.0.0.1 from 127.0.0.1';
    const plan = parsePlan(text);
    expect(plan.steps).toHaveLength(25);
    expect(plan.steps[0]).toEqual({
      op: 'bind',
      socket: 1,
      makes: { owner: 2, family: 'inet6', v6only: true, options: ['reuseaddr', 'reuseport'] },
      address: '::',
    });
    expect(plan.steps[10]).toEqual({
      op: 'open',
      socket: 4,
      owner: 'neighbour',
      family: 'inet',
      v6only: false,
      options: ['reuseportLb'],
      device: 'eth0',
      uid: 0,
      protocol: 'udp',
    });
    expect(formatPlan(plan)).toBe(text);
  });

  it('reads rebind, which earlier versions wrote for a second bind to the same name', () => {
    const text = 'udp: bind s1 127.0.0.1:80 reuseport; rebind s1; close s1';
    expect(formatPlan(parsePlan(text))).toBe('udp: bind s1 127.0.0.1:80 reuseport; bind s1 127.0.0.1:80; close s1');
  });

  it('takes options by the names that C programs give them', () => {
    expect(formatPlan(parsePlan('tcp: bind s1 :: SO_REUSEADDR v6only=1 udp; set s1 SO_REUSEPORT=0'))).toBe(
      'tcp: bind s1 :: v6only reuseaddr udp; set s1 reuseport=0',
    );
  });

  it('takes spaces, a semicolon at the end, and an owner that is written out, as they come', () => {
    expect(formatPlan(parsePlan('  udp:bind   s1@1 0.0.0.0  reuseport ;; close s1;'))).toBe(
      'udp: bind s1 0.0.0.0 reuseport; close s1',
    );
  });

  it.each([
    ['', "begins with 'udp:' or 'tcp:'"],
    ['sctp: bind s1 0.0.0.0', "begins with 'udp:' or 'tcp:'"],
    ['udp:', 'has no steps'],
    ['udp: bend s1 0.0.0.0', "unknown operation 'bend'; did you mean 'bind'?"],
    ['udp: toString s1', "unknown operation 'toString'; it is one of open, bind"],
    ['udp: bind s1', "'bind s1' is not of the form 'bind s1[@2] ADDRESS"],
    ['udp: bind one 0.0.0.0', "'bind one 0.0.0.0' is not of the form"],
    ['udp: bind s1@3 0.0.0.0', 'is not of the form'],
    ['udp: open s1 0.0.0.0', "is not of the form 'open s1[@2] inet|inet6"],
    ['udp: bind s1 0.0.0.0 nosuch', "'bind s1 0.0.0.0 nosuch': unknown word 'nosuch'; a new socket is given v6only"],
    ['udp: bind s1 0.0.0.0 reuseadr', "unknown word 'reuseadr'; did you mean 'reuseaddr'?"],
    ['udp: bind s1 0.0.0.0 reuseaddr=0', "'reuseaddr=0' can't be said of a new socket here"],
    ['udp: bind s1 0.0.0.0 v6only', 'an IPv4 socket has no v6only'],
    ['udp: bind s1 0.0.0.0 reuseaddr reuseaddr', "'reuseaddr' can't be said of a new socket here"],
    ['udp: bind s1 127.0.0.256', "'127.0.0.256' is not an IPv4 address"],
    ['udp: bind s1 :::', "':::' is not an IPv6 address"],
    ['udp: bind s1 127.0.0.1:0', 'a port is a number from 1 to 65535'],
    ['udp: bind s1 0.0.0.0; bind s1 0.0.0.0 reuseaddr', 'there is an s1 already'],
    ['udp: bind s1 0.0.0.0; bind s1@2 0.0.0.0', 'there is an s1 already'],
    ['udp: bind s1 0.0.0.0; open s1 inet', 'there is an s1 already'],
    ['udp: bind s1 0.0.0.0; bind s1 ::1', "'bind s1 ::1': s1 is an IPv4 socket"],
    ['udp: open s1 inet; rebind s1', 's1 was not bound before it'],
    ['udp: rebind s1', 'there is no s1 before it'],
    ['udp: close s1', 'there is no s1 before it'],
    ['tcp: bind s1 ::; accept s2 from s3 at ::1', 'there is no s3 before it'],
    ['tcp: bind s1 ::; accept s1 from s1 at ::1', 'there is an s1 already'],
    ['tcp: bind s1 ::; accept s2 s1 ::1', "'accept s2 from s1 at ADDRESS'"],
    ['tcp: bind s1 ::; close s1 leaving town', "'close s1 [leaving time-wait]'"],
    ['udp: bind s1 ::; set s1 v6only=1', "'set s1 reuseaddr=0|1 (or another option, or dev=NAME)'"],
    ['udp: probe', "'probe' is not of the form 'probe ADDRESS [udp|tcp] [from ADDRESS[:PORT][@neighbour]]'"],
    ['udp: probe 127.0.0.1 by 127.0.0.1', "'probe 127.0.0.1 by 127.0.0.1' is not of the form"],
    ['udp: probe 127.0.0.1 from', "'probe 127.0.0.1 from' is not of the form"],
    ['udp: probe 127.0.0.1 from 127.0.0.1@2', 'a probe is sent by this machine or @neighbour, not @2'],
    ['udp: probe ::1 from 127.0.0.1', 'nothing that 127.0.0.1 sends reaches ::1, which is of another family'],
    ['udp: probe 127.0.0.1:99999', 'a port is a number from 1 to 65535'],
    ['udp: bind s1 ::; join s1 ::1', "'join s1 ::1': ::1 is not a multicast group"],
    ['udp: bind s1 ::; join s1 ff02::1 at eth0', "'join s1 GROUP [on DEVICE]'"],
    ['udp: join s1 239.1.2.3', 'there is no s1 before it'],
    ['udp: bind s1 ::; connect s1 ::1 1025', "'connect s1 ADDRESS[:PORT]'"],
    ['udp: bind s1 ::; close s1@2', "'close s1 [leaving time-wait]'"],
  ])('says of %j that it %s', (text, message) => {
    expect(() => parsePlan(text)).toThrow(BadPlan);
    expect(() => parsePlan(text)).toThrow(message);
  });
});
