import { describe, expect, test } from 'vitest';
import { explainableHere, planHere } from '../../../src/explain/here.ts';
import { readSocket } from '../../../src/explain/reader/read-texts.ts';
import { nameOf } from '../../../src/explain/reader/spell.ts';
import { formatPlan } from '../../../src/plan/notation.ts';
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

const fit = (texts: readonly string[], lab: LabFacts = facts) => explainableHere(texts.map(readSocket), lab, 'linux');

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

  test('a group and the address of everyone stay as they are', () => {
    expect(names('udp 224.0.0.1:80', 'udp 255.255.255.255:80', 'udp [ff02::1]:80')).toEqual([
      '224.0.0.1:80',
      '255.255.255.255:80',
      '[ff02::1]:80',
    ]);
  });

  test.each(['169.254.1.1', '[fe80::1]'])('no stand-in for %s', (address) => {
    expect(names(`udp ${address}:80`)).toMatch(/could stand for/);
  });
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
  test('root is the own one of two, and otherwise the first', () => {
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

describe('devices and options in a lab', () => {
  const wired: LabFacts = { ...facts, externalInterface: 'eth0', secondInterface: 'eth1' };
  const devices = (...texts: string[]) => {
    const fitted = fit(texts, wired);
    return 'cannot' in fitted ? fitted.cannot : fitted.readings.map(({ socket }) => socket.device);
  };
  test('its own stay, others are done with its external ones', () => {
    expect(devices('udp :80 dev=lo', 'udp :80 dev=eth0')).toEqual(['lo', 'eth0']);
    expect(devices('udp :80 dev=wlan7', 'udp :80 dev=eth0', 'udp :80 dev=wlan7')).toEqual(['eth1', 'eth0', 'eth1']);
    expect(devices('udp :80 dev=a', 'udp :80 dev=b', 'udp :80 dev=c')).toMatch(/no interface that could stand for c/);
  });
  test('an option that the system lacks, or a state that passes', () => {
    expect(devices('udp :80 exclusive', 'udp :80')).toMatch(/SO_EXCLUSIVEADDRUSE of socket 1 is not available here/);
    expect(devices('tcp :80 fin-wait-1', 'tcp :80')).toMatch(/passes too fast/);
  });
});

describe('the plan of a lab', () => {
  const planned = (texts: readonly string[], sent = {}) => {
    const fitted = fit(texts);
    if ('cannot' in fitted) throw new Error(fitted.cannot);
    return planHere(fitted, { ...facts, hosts: { neighbour: 'x' } }, sent);
  };
  test('sends to every address by which a socket can be reached, from a neighbour where it is not a loopback one', () => {
    const { plan, names: called } = planned(['udp 0.0.0.0:53 reuseaddr', 'udp 192.168.5.130:53 reuseaddr']);
    expect(formatPlan(plan)).toBe(
      'udp: bind s1 0.0.0.0:53 reuseaddr; bind s2 192.168.5.130:53 reuseaddr; ' +
        'probe 127.0.0.1:53 from 127.0.0.1; probe 192.168.5.130:53 from 192.168.5.10@neighbour; ' +
        'probe 192.168.6.130:53 from 192.168.5.10@neighbour',
    );
    expect([...called.values()]).toEqual(['127.0.0.1', '192.168.5.130', 'other IPv4 addresses (192.168.6.130)']);
  });
  test('sends to one address where one is asked about, and nothing to a socket that is alone', () => {
    const sent = { to: '127.0.0.1', from: { address: '127.0.0.1', port: 4000 } };
    expect(formatPlan(planned(['udp 0.0.0.0:53'], sent).plan)).toBe(
      'udp: bind s1 0.0.0.0:53; probe 127.0.0.1:53 from 127.0.0.1:4000',
    );
    expect(formatPlan(planned(['udp 0.0.0.0:53']).plan)).toBe('udp: bind s1 0.0.0.0:53');
  });
});
