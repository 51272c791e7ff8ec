import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { missingSetting } from '../../../src/lab/newer-settings.ts';

it('says of a setting that the kernel lacks with which version it came, and nothing of one that is there', () => {
  expect(missingSetting('net.ipv4.no_such_setting')).toMatchObject({
    reason: 'this kernel has no net.ipv4.no_such_setting',
  });
  const isThere = existsSync('/proc/sys/net/ipv4/tcp_migrate_req');
  expect(missingSetting('net.ipv4.tcp_migrate_req')).toEqual(
    isThere ? null : { reason: 'this kernel has no net.ipv4.tcp_migrate_req', enable: 'run it on Linux 5.14 or newer' },
  );
});
