import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequences } from '../../../src/explore/generate.ts';
import { BadSequence, formatSequence, parseSequence } from '../../../src/explore/notation.ts';
import { tcp, udp } from './fixture.ts';

describe('the notation of sequences', () => {
  it('reads what it writes, whatever is generated', () => {
    const any = fc.oneof(sequences(fc, udp), sequences(fc, tcp));
    fc.assert(
      fc.property(any, (sequence) => {
        expect(parseSequence(formatSequence(sequence))).toEqual(sequence);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads every operation', () => {
    const text =
      'tcp: bind s1@2 :: v6only reuseaddr reuseport; rebind s1; set s1 reuseaddr=0; listen s1; accept s2 from s1 at ::1; ' +
      'shutdown s1; bind s3 ::ffff:127.0.0.1; connect s3 127.0.0.1; disconnect s3; close s3';
    const sequence = parseSequence(text);
    expect(sequence.steps).toHaveLength(10);
    expect(sequence.steps[0]).toEqual({
      op: 'bind',
      socket: 1,
      owner: 2,
      family: 'inet6',
      address: '::',
      v6only: true,
      options: ['reuseaddr', 'reuseport'],
    });
    expect(formatSequence(sequence)).toBe(text);
  });

  it('takes spaces, a semicolon at the end, and an owner that is written out, as they come', () => {
    expect(formatSequence(parseSequence('  udp:bind   s1@1 0.0.0.0  reuseport ;; close s1;'))).toBe(
      'udp: bind s1 0.0.0.0 reuseport; close s1',
    );
  });

  it.each([
    ['', "begins with 'udp:' or 'tcp:'"],
    ['sctp: bind s1 0.0.0.0', "begins with 'udp:' or 'tcp:'"],
    ['udp:', 'has no steps'],
    ['udp: bend s1 0.0.0.0', "unknown operation 'bend'; did you mean 'bind'?"],
    ['udp: toString s1', "unknown operation 'toString'; it is one of bind, rebind"],
    ['udp: bind s1', "'bind s1' is not of the form 'bind s1[@2] ADDRESS"],
    ['udp: bind one 0.0.0.0', "'bind one 0.0.0.0' is not of the form"],
    ['udp: bind s1@3 0.0.0.0', 'is not of the form'],
    ['udp: bind s1 0.0.0.0 nosuch', 'is not of the form'],
    ['udp: bind s1 0.0.0.0 v6only', 'is not of the form'],
    ['udp: bind s1 0.0.0.0 reuseaddr reuseaddr', 'is not of the form'],
    ['udp: bind s1 127.0.0.256', "'127.0.0.256' is not an IPv4 address"],
    ['udp: bind s1 :::', "':::' is not an IPv6 address"],
    ['udp: bind s1 0.0.0.0; bind s1 0.0.0.0', 'there is an s1 already'],
    ['udp: close s1', 'there is no s1 before it'],
    ['tcp: bind s1 ::; accept s2 from s3 at ::1', 'there is no s3 before it'],
    ['tcp: bind s1 ::; accept s2 s1 ::1', "'accept s2 from s1 at ADDRESS'"],
    ['udp: bind s1 ::; set s1 v6only=1', "'set s1 reuseaddr=0|1 (or reuseport)'"],
    ['udp: bind s1 ::; close s1@2', "'close s1'"],
  ])('says of %j that it %s', (text, message) => {
    expect(() => parseSequence(text)).toThrow(BadSequence);
    expect(() => parseSequence(text)).toThrow(message);
  });
});
