import { describe, expect, it } from 'vitest';
import { kernelOf } from '../../../src/model/linux-kernel.ts';
import type { Hello } from '../../../src/protocol/messages.ts';
import { platformOf } from '../../../src/runner/platform.ts';

describe('the version of the kernel', () => {
  it.each([
    // Debian 11, 12 and 13, and its backports.
    ['5.10.0-32-amd64', '#1 SMP Debian 5.10.223-1 (2024-08-10)', '5.10.223'],
    ['6.1.0-50-cloud-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.1.174-1 (2026-05-30)', '6.1.174'],
    ['6.12.43+deb13-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.12.43-1 (2025-08-27)', '6.12.43'],
    ['6.12.43+deb12-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.12.43-1~bpo12+1 (2025-09-06)', '6.12.43'],
    ['6.1.0-0.deb11.5-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.1.12-1~bpo11+1 (2023-03-05)', '6.1.12'],
    // Raspberry Pi OS has an epoch before the version.
    ['6.12.25+rpt-rpi-v8', '#1 SMP PREEMPT Debian 1:6.12.25-1+rpt1 (2025-04-30)', '6.12.25'],
    // Other systems report only the release.
    ['5.15.0-105-generic', '#115-Ubuntu SMP Mon Apr 15 09:52:04 UTC 2024', '5.15.0-105-generic'],
    ['6.8.0-1021-azure', '#25~22.04.1-Ubuntu SMP Thu Jan 16 21:37:09 UTC 2025', '6.8.0-1021-azure'],
    ['6.18.44-fc-v595', '#1 SMP PREEMPT_DYNAMIC @0', '6.18.44-fc-v595'],
    ['6.6.117-0-lts', '#1-Alpine SMP PREEMPT_DYNAMIC 2025-11-24 14:00:14', '6.6.117-0-lts'],
    [
      '5.14.0-427.13.1.el9_4.x86_64',
      '#1 SMP PREEMPT_DYNAMIC Wed Apr 10 10:29:16 EDT 2024',
      '5.14.0-427.13.1.el9_4.x86_64',
    ],
    ['5.15.167.4-microsoft-standard-WSL2', '#1 SMP Tue Nov 5 00:21:55 UTC 2024', '5.15.167.4-microsoft-standard-WSL2'],
    // A version that contradicts the release belongs to another kernel.
    ['6.18.1', '#1 SMP built on Debian 12.5-1', '6.18.1'],
  ])('of %s (%s) is %s', (release, version, kernel) => {
    expect(kernelOf({ system: 'linux', release, version })).toBe(kernel);
  });

  it('is asked of Linux only', () => {
    expect(kernelOf({ system: 'darwin', release: '24.1.0', version: 'Darwin Kernel Version 24.1.0' })).toBeUndefined();
    // gVisor reports that it is an old Linux.
    expect(kernelOf({ system: 'gvisor', release: '4.4.0', version: '#1 SMP' })).toBeUndefined();
  });
});

describe('a platform', () => {
  const hello: Hello = {
    protocol: 3,
    pid: 1,
    system: 'linux',
    release: '6.1.0-50-cloud-amd64',
    version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.174-1 (2026-05-30)',
    architecture: 'x64',
    runtime: 'node v20.19.0',
    uid: 0,
    networkNamespace: null,
    clock: 0,
  };

  it('is called by its system, release and architecture', () => {
    expect(platformOf(hello)).toMatchObject({ id: 'linux-6.1-x64', system: 'linux', release: hello.release });
    expect(platformOf({ ...hello, system: 'win32', release: '10.0.26100' }).id).toBe('windows-10.0.26100-x64');
    expect(platformOf({ ...hello, system: 'win32', release: '10.0.20348' }).id).toBe('windows-10.0.20348-x64');
    expect(platformOf({ ...hello, system: 'win32', release: '10.0.19043', wine: '8.0' }).id).toBe('wine-8.0-x64');
    expect(platformOf({ ...hello, system: 'darwin', release: '24.6.0', architecture: 'arm64' }).id).toBe(
      'darwin-24.6-arm64',
    );
    expect(platformOf({ ...hello, system: 'freebsd', release: '15.1-RELEASE' }).id).toBe('freebsd-15.1-x64');
    expect(platformOf({ ...hello, system: 'openbsd', release: '7.9' }).id).toBe('openbsd-7.9-x64');
  });

  it('is refused where no rules are known', () => {
    expect(() => platformOf({ ...hello, system: 'sunos' })).toThrow("bindspec knows no rules for the system 'sunos'");
  });
});
