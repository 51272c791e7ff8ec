import { describe, expect, test } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';
import type { SystemName } from '../../../src/model/types.ts';
import { BadSetting, readSettings } from '../../../src/explain/reader/settings.ts';

function outcome(system: SystemName, texts: readonly string[], ...settings: string[]) {
  return explain(texts, { systems: [system], settings: readSettings(settings) }).answers[0]?.outcomes.join(' or ');
}

describe('the settings of a machine decide', () => {
  test.each([
    ['bindv6only=1', 'linux', ['tcp [::]:8080', 'tcp 0.0.0.0:8080'], 'EADDRINUSE', 'ok'],
    ['net.ipv6.bindv6only=1', 'linux', ['tcp [::]:8080', 'tcp 0.0.0.0:8080'], 'EADDRINUSE', 'ok'],
    ['v6only=0', 'freebsd', ['tcp [::]:80', 'tcp 127.0.0.1:80'], 'ok', 'EADDRINUSE'],
    ['ip_unprivileged_port_start=0', 'linux', ['tcp 0.0.0.0:80 uid=1000'], 'EACCES', 'ok'],
    ['ip_unprivileged_port_start=2000', 'linux', ['tcp 0.0.0.0:1500 uid=1000'], 'ok', 'EACCES'],
    ['net.inet.ip.portrange.reservedhigh=0', 'freebsd', ['tcp 0.0.0.0:80 uid=1000'], 'EACCES', 'ok'],
    ['cap_net_bind_service=1', 'linux', ['tcp 0.0.0.0:80 uid=1000'], 'EACCES', 'ok'],
    ['privileged=0', 'linux', ['tcp 0.0.0.0:80'], 'ok', 'EACCES'],
    ['ip_nonlocal_bind=1', 'linux', ['tcp 192.0.2.9:80'], 'ok', 'ok'],
    ['ipv6=0', 'linux', ['tcp [::]:80'], 'ok', 'EAFNOSUPPORT'],
    ['disable_ipv6=1', 'linux', ['tcp [::1]:80'], 'ok', 'EADDRNOTAVAIL'],
    ['addresses=127.0.0.1', 'linux', ['tcp 192.0.2.9:80'], 'ok', 'EADDRNOTAVAIL'],
    ['excluded=50000-50059/tcp', 'windows', ['tcp 0.0.0.0:50051'], 'ok', 'WSAEACCES'],
    ['excluded=50000-50059/udp', 'windows', ['tcp 0.0.0.0:50051'], 'ok', 'ok'],
  ] as const)('%s on %s: %j', (setting, system, texts, before, after) => {
    expect(outcome(system, texts)).toBe(before);
    expect(outcome(system, texts, setting)).toBe(after);
  });

  test('together', () => {
    expect(outcome('linux', ['tcp 192.0.2.9:80'], 'addresses=127.0.0.1', 'ip_nonlocal_bind=1')).toBe('ok');
    const vrf = ['tcp 0.0.0.0:80 dev=red', 'tcp 0.0.0.0:80'];
    expect(outcome('linux', vrf)).toBe('EADDRINUSE');
    expect(outcome('linux', vrf, 'vrf=red:eth1,eth2')).toBe('ok');
    expect(outcome('linux', vrf, 'vrf=red:eth1,eth2', 'tcp_l3mdev_accept=1')).toBe('EADDRINUSE');
  });

  test('a release of a system', () => {
    const texts = ['tcp [::ffff:0.0.0.0]:80', 'tcp [::ffff:127.0.0.1]:80'];
    const on = (release: string) =>
      explain(texts, { systems: ['linux'], releases: { linux: release } }).answers[0]?.bind;
    expect(on('6.1.192')).toMatchObject({ outcomes: ['ok'] });
    expect(on('6.18.0')).toMatchObject({ outcomes: ['EADDRINUSE'] });
  });

  test('are read among pasted lines', () => {
    const { settings, answers } = explain(
      [
        'net.ipv6.bindv6only = 1\nnet.ipv4.tcp_syncookies = 1\nLISTEN 0 128 *:9 *:*',
        'tcp [::]:8080',
        'tcp 0.0.0.0:8080',
      ],
      { systems: ['linux'] },
    );
    expect(settings).toEqual(['net.ipv6.bindv6only=1']);
    expect(answers[0]?.works).toBe('yes');
    const netsh = `Protocol tcp Port Exclusion Ranges

Start Port    End Port
----------    --------
      5357        5357
     50000       50059
     50060       50159     *

* - Administered port exclusions.`;
    const on = (port: number) => explain([netsh, `tcp 0.0.0.0:${port}`], { systems: ['windows'] });
    expect(on(50_051).answers[0]?.outcomes).toEqual(['WSAEACCES']);
    expect(
      on(50_051)
        .advice.map(({ text }) => text)
        .join(),
    ).toMatch(/free the excluded range that has port 50051/);
    expect(on(50_100).answers[0]?.outcomes).toEqual(['ok']);
  });

  test.each([
    ['bindv6only', /not a setting; write it as in bindv6only=1/],
    ['bindv6onyl=1', /unknown setting 'bindv6onyl'.*bindv6only/],
    ['bindv6only=2', /'bindv6only=2' can't be read: bindv6only is 0 or 1/],
    ['excluded=9-1', /for example 50000-50059/],
    ['ip_unprivileged_port_start=70000', /a port, from 0 to 65535/],
    ['vrf=red', /for example red:eth1,eth2/],
    ['addresses=here', /for example 127\.0\.0\.1/],
  ])('what can not be read is said in one line: %s', (text, message) => {
    expect(() => readSettings([text])).toThrow(BadSetting);
    expect(() => readSettings([text])).toThrow(message);
  });
});
