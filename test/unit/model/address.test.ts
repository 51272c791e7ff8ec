import { describe, expect, test } from 'vitest';
import { canonical, compatible4, isLinkLocal6, isMulticast, needsScope } from '../../../src/model/address.ts';
import { last } from './steps.ts';

describe('spellings of one address', () => {
  test.each([
    ['::FFFF:7F00:1', '::ffff:127.0.0.1', undefined],
    ['0:0::1', '::1', undefined],
    ['FE80::1%eth0', 'fe80::1', 'eth0'],
    ['127.0.0.1', '127.0.0.1', undefined],
    ['no address', 'no address', undefined],
  ])('%s', (text, address, scope) => {
    expect(canonical(text)).toEqual(scope === undefined ? { address } : { address, scope });
  });

  test('are the same to a model', () => {
    expect(last('linux', 'tcp', '1 bind ::ffff:127.0.0.1; 2 bind ::FFFF:7F00:1')).toBe('EADDRINUSE');
    expect(last('darwin', 'tcp', '1 bind 0::1; 2 bind ::1')).toBe('EADDRINUSE');
  });
});

test('v4-compatible addresses', () => {
  expect(['::192.0.2.1', '::e000:1', '::', '::1', '::ffff:192.0.2.1', '1::192.0.2.1'].map(compatible4)).toEqual([
    '192.0.2.1',
    '224.0.0.1',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('what needs a scope', () => {
  expect(['fe80::1', 'febf::1', 'ff02::1', 'ff01::1', 'ff12::1'].map(needsScope)).toEqual(Array(5).fill(true));
  expect(['fec0::1', 'ff05::1', 'ff0e::1', '::1', '2001:db8::1'].map(needsScope)).toEqual(Array(5).fill(false));
  expect(isLinkLocal6('fe7f::1')).toBe(false);
});

test('groups of both families', () => {
  expect(['224.0.0.1', '239.255.255.255', '::ffff:239.1.2.3', 'ff02::1'].every(isMulticast)).toBe(true);
  expect(['223.255.255.255', '240.0.0.1', '::224.0.0.1', 'fe80::1'].some(isMulticast)).toBe(false);
});
