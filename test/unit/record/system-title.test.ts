import { describe, expect, it } from 'vitest';
import { systemInWords } from '../../../src/record/system-title.ts';

describe('a system in words', () => {
  it.each([
    ['windows', '10.0.26100', 'Windows Server 2025 Datacenter', 'Windows Server 2025 (10.0.26100)'],
    ['windows', '10.0.20348', 'Windows Server 2022 Datacenter', 'Windows Server 2022 (10.0.20348)'],
    ['windows', '10.0.26100', 'Windows 11 Pro', 'Windows 11 24H2 (10.0.26100)'],
    ['windows', '10.0.19045', 'Windows 10 Home', 'Windows 10 22H2 (10.0.19045)'],
    // A build that no one knows yet, and one that has no such product.
    ['windows', '10.0.99999', 'Windows 12 Pro', 'windows 10.0.99999'],
    ['windows', '10.0.22000', 'Windows Server', 'windows 10.0.22000'],
    ['wine', '8.0', 'Windows 10 Pro', 'wine 8.0'],
    ['linux', '10.0.26100', '#1 SMP', 'linux 10.0.26100'],
    ['darwin', '24.6.0', 'Darwin Kernel Version 24.6.0', 'darwin 24.6.0'],
  ])('%s %s (%s) is %s', (system, release, version, expected) => {
    expect(systemInWords({ system, release, version })).toBe(expected);
  });
});
