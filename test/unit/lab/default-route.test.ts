import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bsdDefault, defaultInterfaces, inet6Defaults, inetDefaults } from '../../../src/lab/default-route.ts';
import { LOOPBACK_ONLY, noNamespaces } from '../../support/namespace.ts';
import { needs } from '../../support/needs.ts';

describe('the default routes of Linux', needs(noNamespaces), () => {
  it('are read from the tables of the kernel, the preferred one first', () => {
    const [launcher = '', ...words] = LOOPBACK_ONLY;
    const setUp = [
      'ip link add near type veth peer name far && ip link set near up && ip link set far up',
      'ip addr add 192.0.2.1/24 dev near && ip addr add 198.51.100.1/24 dev far',
      'ip -6 addr add 2001:db8:1::1/64 dev near nodad && ip -6 addr add 2001:db8:2::1/64 dev far nodad',
      'ip route add default via 192.0.2.9 metric 200 && ip route add default via 198.51.100.9 metric 100',
      'ip -6 route add default via 2001:db8:1::9 metric 10 && ip -6 route add default via 2001:db8:2::9 metric 20',
      'cat /proc/net/route; echo ===; cat /proc/net/ipv6_route',
    ].join(' && ');
    const printed = execFileSync(launcher, [...words, 'sh', '-c', setUp], { encoding: 'utf8' });
    const [inet = '', inet6 = ''] = printed.split('===');
    expect(inetDefaults(inet)).toEqual(['far', 'near']);
    expect(inet6Defaults(inet6)).toEqual(['near', 'far']);
  });

  it('are none where there is nothing but loopback', () => {
    const [launcher = '', ...words] = LOOPBACK_ONLY;
    const read = (file: string) => execFileSync(launcher, [...words, 'cat', file], { encoding: 'utf8' });
    expect(inetDefaults(read('/proc/net/route'))).toEqual([]);
    expect(inet6Defaults(read('/proc/net/ipv6_route'))).toEqual([]);
  });
});

describe('the default route of macOS and the BSDs', () => {
  it('is in what route(8) prints', () => {
    const printed = [
      '   route to: default',
      'destination: default',
      '       mask: default',
      '    gateway: 192.168.1.1',
      '  interface: en0',
      '      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>',
    ].join('\n');
    expect(bsdDefault(printed)).toEqual(['en0']);
    expect(bsdDefault('route: writing to routing socket: not in table\n')).toEqual([]);
  });
});

it('nothing is asked on a system that has no simple answer', () => {
  expect(defaultInterfaces('win32')).toEqual({ inet: [], inet6: [] });
  // Where the program does not exist, nothing is known.
  expect(defaultInterfaces('openbsd')).toEqual({ inet: expect.any(Array), inet6: expect.any(Array) });
});
