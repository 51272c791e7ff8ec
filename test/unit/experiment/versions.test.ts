import { describe, expect, it } from 'vitest';
import { compareVersions, isAmong, versionsInWords } from '../../../src/experiment/versions.ts';

describe('versions', () => {
  it.each([
    ['8.0', '8.0', 0],
    ['8.0', '8.0.0', 0],
    ['8.0', '8', 0],
    ['8.0-rc1', '8.0', 0],
    ['8.9', '8.10', -1],
    ['10.0', '9.9.9', 1],
    ['6.1.168', '6.1', 1],
    ['20240729.0', '20261001', -1],
    [undefined, '99', 1],
    ['99', undefined, -1],
    [undefined, undefined, 0],
  ])('%s beside %s: %d', (one, other, order) => expect(compareVersions(one, other)).toBe(order));

  it('are among ranges from the first one on, and before the last', () => {
    const ranges = [{ before: '2' }, { from: '3.1', before: '4' }];
    const among = ['1.9', '2', '3.0', '3.1', '3.9.9', '4'].filter((version) => isAmong(ranges, version));
    expect(among).toEqual(['1.9', '3.1', '3.9.9']);
    expect(isAmong([{}], undefined)).toBe(true);
    expect(isAmong([], '1')).toBe(false);
  });

  it('must begin with a number', () => {
    expect(() => compareVersions('new', '1')).toThrow(new RangeError('not a version: new'));
  });

  it('are written in words', () => {
    expect(versionsInWords([{ before: '6.1.168' }, { from: '6.2', before: '6.6.131' }, { from: '7' }])).toBe(
      'before 6.1.168, or from 6.2 and before 6.6.131, or from 7',
    );
  });
});
