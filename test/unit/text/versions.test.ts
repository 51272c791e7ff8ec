import { describe, expect, it } from 'vitest';
import { compareAsRead, comparePackageVersions, isOlderVersion } from '../../../src/text/versions.ts';

describe('versions', () => {
  it.each([
    ['4.3.1', '4.4', true],
    ['4.10', '4.4', false],
    ['28.0', '28', false],
    ['28', '28.0', false],
    ['20.10.24+dfsg1', '28', true],
  ])('%s is older than %s: %s', (version, than, expected) => {
    expect(isOlderVersion(version, than)).toBe(expected);
  });

  it('of packages are ordered as Debian orders them, a tilde before the end', () => {
    const ordered = ['6.1.174-1', '6.1.192-2', '7.3.4-1~bpo13+1', '7.3.4-1', '7.3.4-10'];
    expect(ordered.toReversed().toSorted(comparePackageVersions)).toEqual(ordered);
  });

  it('in names are ordered by their numbers', () => {
    const ordered = ['linux-5.10-x64', 'linux-6.1-x64', 'linux-6.12-x64'];
    expect(ordered.toReversed().toSorted(compareAsRead)).toEqual(ordered);
  });
});
