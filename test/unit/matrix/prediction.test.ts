import { describe, expect, it, test } from 'vitest';
import { agrees, decidingRule, likeliest, predictor, type Prediction } from '../../../src/matrix/prediction.ts';
import type { Asked } from '../../../src/matrix/selection.ts';
import { models } from '../../../src/model/index.ts';
import type { SystemName } from '../../../src/model/types.ts';
import { plan, setting } from './lab.ts';

/** What a model predicts for the one pair that is asked for. */
function predicted(system: SystemName, asked: Asked): Prediction {
  const [block] = plan(asked).blocks;
  const [first, second] = [block?.first[0], block?.second[0]];
  if (!block || !first || !second) throw new Error('no such pair');
  return predictor(models[system], setting, block, 0)(first, second);
}

const pair = (first: string, second: string, rest: Asked = {}): Asked => ({
  protocol: 'tcp',
  state: 'bound',
  uid: 'same',
  first,
  second,
  ...rest,
});

describe('what a model says of a pair', () => {
  const says = (first: string, second: string, rest: Asked = {}) =>
    likeliest(predicted('linux', pair(first, second, rest)));

  it('depends on the state, the user and the devices', () => {
    expect(says('0.0.0.0 A', '127.0.0.1 A')).toBe('ok');
    expect(says('0.0.0.0 A', '127.0.0.1 A', { state: 'listening' })).toBe('bind EADDRINUSE');
    expect(says('0.0.0.0 P', '127.0.0.1 P')).toBe('ok');
    expect(says('0.0.0.0 P', '127.0.0.1 P', { uid: 'different' })).toBe('bind EADDRINUSE');
    expect(says('0.0.0.0 P', '127.0.0.1 P', { uid: 'different', state: 'time-wait' })).toBe('ok');
    expect(says('0.0.0.0 -', '0.0.0.0 -', { devices: 'lo/eth0' })).toBe('ok');
    expect(says('0.0.0.0 -', '0.0.0.0 -', { devices: 'lo/none' })).toBe('bind EADDRINUSE');
  });

  it('takes a wildcard that has a connection for the address that it got', () => {
    expect(says('0.0.0.0 -', '127.0.0.2 -', { state: 'connected' })).toBe('ok');
    expect(says('0.0.0.0 -', '127.0.0.1 -', { state: 'connected' })).toBe('bind EADDRINUSE');
    expect(says(':: dual -', '127.0.0.1 -', { state: 'accepted' })).toBe('ok');
    expect(says(':: dual over4 -', '127.0.0.1 -', { state: 'accepted' })).toBe('bind EADDRINUSE');
    expect(decidingRule(predicted('linux', pair(':: dual -', '0.0.0.0 -', { state: 'close-wait' })))).toBe(
      'linux/T1-v6only-flag',
    );
  });

  it('is of the first alone where that can not be bound', () => {
    expect(predicted('linux', pair('::1 -', '0.0.0.0 -', { devices: 'eth0/none' }))).toEqual({
      first: { outcomes: ['EADDRNOTAVAIL'], rule: 'linux/not-on-device' },
    });
    expect(likeliest(predicted('darwin', pair('127.0.0.2 -', '0.0.0.0 -')))).toBe('first bind EADDRNOTAVAIL');
  });
});

test.each<[string, Prediction, boolean]>([
  ['ok', { bind: { outcomes: ['ok'], rule: 'linux/a' } }, true],
  ['ok', { bind: { outcomes: ['EADDRINUSE'], rule: 'linux/a' } }, false],
  ['ok', { bind: { outcomes: ['EADDRINUSE', 'ok'], rule: 'linux/a' } }, true],
  ['bind EADDRINUSE', { bind: { outcomes: ['EADDRINUSE'], rule: 'linux/a' } }, true],
  ['bind EACCES', { bind: { outcomes: ['EADDRINUSE'], rule: 'linux/a' } }, false],
  ['ok', { bind: { outcomes: ['ok'], rule: 'linux/a' }, listen: { outcomes: ['EADDRINUSE'], rule: 'linux/b' } }, false],
  [
    'listen EADDRINUSE',
    { bind: { outcomes: ['ok'], rule: 'linux/a' }, listen: { outcomes: ['EADDRINUSE'], rule: 'linux/b' } },
    true,
  ],
  [
    'bind EADDRINUSE',
    { bind: { outcomes: ['ok'], rule: 'linux/a' }, listen: { outcomes: ['EADDRINUSE'], rule: 'linux/b' } },
    false,
  ],
  ['listen EADDRINUSE', { bind: { outcomes: ['ok'], rule: 'linux/a' } }, false],
  ['first bind EADDRNOTAVAIL', { first: { outcomes: ['EADDRNOTAVAIL'], rule: 'linux/a' } }, true],
  ['first bind EACCES', { first: { outcomes: ['EADDRNOTAVAIL'], rule: 'linux/a' } }, false],
  ['ok', { first: { outcomes: ['EADDRNOTAVAIL'], rule: 'linux/a' } }, false],
  ['bind EADDRNOTAVAIL', { first: { outcomes: ['EADDRNOTAVAIL'], rule: 'linux/a' } }, false],
  ['first bind EADDRINUSE', { bind: { outcomes: ['EADDRINUSE'], rule: 'linux/a' } }, false],
  ['SO_REUSEPORT ENOPROTOOPT', { bind: { outcomes: ['ok'], rule: 'linux/a' } }, false],
])('%s against %j: %s', (answer, prediction, agreed) => {
  expect(agrees(answer, prediction)).toBe(agreed);
});
