import { describe, expect, test } from 'vitest';
import { answerOf } from '../../../src/explain/answer.ts';
import { explainableHere, isAsPredicted } from '../../../src/explain/here.ts';
import { readSocket } from '../../../src/explain/reader/read-texts.ts';
import { nameOf } from '../../../src/explain/reader/spell.ts';
import type { LabFacts } from '../../../src/lab/lab.ts';
import { ADDRESSES } from '../../../src/lab/netns-topology.ts';

const facts: LabFacts = {
  lab: 'netns',
  hosts: {},
  addresses: ADDRESSES,
  missing: {},
  externalInterface: null,
  ownPorts: true,
  elsewhere: '',
};

const fit = (texts: readonly string[], lab: LabFacts = facts) => explainableHere(texts.map(readSocket), lab);

function names(...texts: string[]): string[] | string {
  const fitted = fit(texts);
  return 'cannot' in fitted ? fitted.cannot : fitted.readings.map(({ socket }) => nameOf(socket));
}

describe('addresses in a lab', () => {
  test('what it has is left alone', () => {
    const own = [
      '0.0.0.0:80',
      '127.0.0.9:80',
      '192.168.6.130:80',
      '[::1]:80',
      '[::ffff:127.0.0.1]:80',
      '[fd00:5::130]:80',
    ];
    expect(names(...own.map((name) => `tcp ${name}`))).toEqual(own);
  });

  test('others are done with one of the same kind, the same each time', () => {
    expect(names('tcp 10.0.0.1:80', 'tcp [::ffff:10.0.0.1]:80', 'tcp [2001:db8::5]:80', 'tcp 10.0.0.2:80')).toEqual([
      '192.168.5.130:80',
      '[::ffff:192.168.5.130]:80',
      '[fd00:5::130]:80',
      '192.168.6.130:80',
    ]);
  });

  test('never with one that is meant itself', () => {
    expect(names('tcp 10.0.0.1:80', 'tcp 192.168.5.130:80')).toEqual(['192.168.6.130:80', '192.168.5.130:80']);
    expect(names('tcp 10.0.0.1:80', 'tcp 10.0.0.2:80', 'tcp 192.168.5.130:80')).toMatch(/could stand for 10\.0\.0\.2/);
  });

  test("the lab's other machines are not the machine", () => {
    expect(names('tcp 192.168.5.10:80')).toEqual(['192.168.5.130:80']);
  });

  test.each(['224.0.0.1', '255.255.255.255', '169.254.1.1', '[fe80::1]', '[ff02::1]'])(
    'no stand-in for %s',
    (address) => {
      expect(names(`udp ${address}:80`)).toMatch(/could stand for/);
    },
  );
});

describe('owners in a lab', () => {
  const others = (...texts: string[]) => {
    const fitted = fit(texts);
    return 'cannot' in fitted ? fitted.cannot : fitted.others;
  };
  test('one user is the own one, unless it is said to be no root', () => {
    expect(others('tcp :80', 'tcp :80')).toEqual([false, false]);
    expect(others('tcp :80 uid=0', 'tcp :80 uid=0')).toEqual([false, false]);
    expect(others('tcp :80 uid=33', 'tcp :80 uid=33')).toEqual([true, true]);
  });
  test('root is the own one of two, or else the first', () => {
    expect(others('tcp :80 uid=5', 'tcp :80 uid=0')).toEqual([true, false]);
    expect(others('tcp :80 uid=5', 'tcp :80 uid=6')).toEqual([false, true]);
    expect(others('tcp :80', 'tcp :80 uid=6')).toEqual([false, true]);
    expect(others('tcp :80', 'tcp :80 uid=1000')).toEqual([true, true]);
  });
  test('three are too many, and a second one may be missing', () => {
    expect(others('tcp :80 uid=1', 'tcp :80 uid=2', 'tcp :80 uid=3')).toMatch(/two users/);
    const poor = { ...facts, missing: { 'second user': { reason: 'there is one user only', enable: '' } } };
    expect(fit(['tcp :80 uid=1', 'tcp :80 uid=2'], poor)).toEqual({ cannot: 'there is one user only' });
  });
});

test('what was observed agrees if the model allows it, for bind and for listen', () => {
  const answer = (...texts: string[]) => answerOf('linux', { readings: texts.map(readSocket) });
  const free = answer('tcp 0.0.0.0:80');
  expect(isAsPredicted(free, 'ok', 'ok')).toBe(true);
  expect(isAsPredicted(free, 'ok', 'EADDRINUSE')).toBe(false);
  expect(isAsPredicted(free, 'EADDRINUSE', undefined)).toBe(false);
  const taken = answer('udp 0.0.0.0:80', 'udp 0.0.0.0:80');
  expect(isAsPredicted(taken, 'EADDRINUSE', undefined)).toBe(true);
  expect(isAsPredicted(taken, 'ok', undefined)).toBe(false);
});
