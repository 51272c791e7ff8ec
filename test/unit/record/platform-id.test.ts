import { describe, expect, it } from 'vitest';
import { platformId, withPresentId } from '../../../src/record/platform-id.ts';

describe('the id of a platform', () => {
  const platform = {
    id: 'windows-10.0-x64',
    system: 'windows',
    release: '10.0.20348',
    version: 'Windows Server 2022 Datacenter',
    architecture: 'x64',
    runtime: 'node v24.0.0',
    uid: null,
  };

  it('in a record from before builds were told apart is the one that it has now', () => {
    expect(withPresentId({ platform }).platform.id).toBe('windows-10.0.20348-x64');
    const wine = { ...platform, id: 'wine-8.0-x64', system: 'wine', release: '8.0', stack: 'wine' };
    expect(withPresentId({ platform: wine }).platform.id).toBe('wine-8.0-x64');
    const linux = { ...platform, id: 'anything', system: 'linux', release: '6.1.0' };
    expect(withPresentId({ platform: linux }).platform.id).toBe('anything');
  });

  it('is a name of a folder, whatever the release is', () => {
    expect(platformId({ system: 'linux', release: '../../etc', architecture: 'x64' })).toBe('linux-.._.._etc-x64');
    expect(platformId({ system: 'windows', release: '6.1', architecture: 'x64' })).toBe('windows-6.1-x64');
  });
});
