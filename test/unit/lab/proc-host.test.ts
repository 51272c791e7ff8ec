import { describe, expect, it } from 'vitest';
import { hostFrom } from '../../../src/lab/proc-host.ts';
import { settingOf } from '../../../src/matrix/setting.ts';
import { models } from '../../../src/model/index.ts';
import type { NextSocket } from '../../../src/model/types.ts';
import { netnsFacts } from '../../../src/lab/netns.ts';

const ROUTES = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
Local:
  +-- 0.0.0.0/0 3 0 5
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.2
           /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
`;
const ADDRESSES6 = `fd000000000000000000000000000002 04 40 00 a0     eth0
fe8000000000000000fc00fffe000001 04 40 20 c0     eth0
fd000000000000000000000000000009 04 40 00 c8     eth0
00000000000000000000000000000001 01 80 10 80       lo
`;
const ANYCAST6 = '4    eth0            fd000000000000000000000000000000     1\n';
const LINUX = { system: 'linux', release: '6.18.44', version: '#1 SMP' };

describe('what the files of Linux say of a machine', () => {
  it('is its addresses, what is special about them, and its settings', () => {
    const texts = {
      routes: ROUTES,
      addresses6: ADDRESSES6,
      anycast6: ANYCAST6,
      bindv6only: '1\n',
      unprivilegedPortStart: '80\n',
      nonlocalBind4: '1\n',
      nonlocalBind6: '0\n',
      tcpL3mdevAccept: '0\n',
    };
    expect(hostFrom(texts)).toEqual({
      addresses: ['127.0.0.1', '192.0.2.2', 'fd00::2', 'fe80::fc:ff:fe00:1', 'fd00::9', '::1', 'fd00::'],
      broadcasts: ['127.255.255.255', '192.0.2.255'],
      devices: { eth0: ['fd00::2', 'fe80::fc:ff:fe00:1', 'fd00::9', 'fd00::'], lo: ['::1'] },
      flags: {
        'fd00::2': 'deprecated',
        'fe80::fc:ff:fe00:1': 'tentative',
        'fd00::9': 'duplicated',
        'fd00::': 'anycast',
      },
      unprivilegedPortStart: 80,
      bindv6only: true,
      nonlocalBind: ['inet'],
      tcpL3mdevAccept: false,
    });
  });

  it('is nothing where none can be read, and no IPv6 where only that is missing', () => {
    expect(hostFrom({})).toEqual({});
    expect(hostFrom({ routes: ROUTES })).toMatchObject({ ipv6: false, addresses: ['127.0.0.1', '192.0.2.2'] });
    expect(hostFrom({ routes: ROUTES, addresses6: '' }).ipv6).toBeUndefined();
    expect(hostFrom({ unprivilegedPortStart: 'no number', bindv6only: '' })).toEqual({});
  });
});

describe('the setting of a machine', () => {
  const facts = netnsFacts();
  const bind = (next: Partial<NextSocket>, machine = {}) =>
    models.linux
      .simulate(settingOf({ ...facts, machine }, LINUX))
      .step({ op: 'bind', socket: 1, protocol: 'tcp', family: 'inet', port: 20_000, address: '0.0.0.0', ...next })
      .prediction.outcomes[0];

  it.each<[string, Partial<NextSocket>, object, string, string]>([
    ['a foreign address', { address: '198.51.100.7' }, { nonlocalBind: ['inet'] }, 'EADDRNOTAVAIL', 'ok'],
    ['an address of another interface', { address: '10.9.9.9' }, { addresses: ['10.9.9.9'] }, 'EADDRNOTAVAIL', 'ok'],
    ['a low port', { port: 81, uid: 1000 }, { unprivilegedPortStart: 80 }, 'EACCES', 'ok'],
    ['a mapped name', { family: 'inet6', address: '::ffff:127.0.0.1' }, { bindv6only: true }, 'ok', 'EINVAL'],
    ['any IPv6 name', { family: 'inet6', address: '::' }, { ipv6: false }, 'ok', 'EAFNOSUPPORT'],
    [
      'a tentative address',
      { family: 'inet6', address: 'fd00::9' },
      { addresses: ['fd00::9'], flags: { 'fd00::9': 'tentative' } },
      'EADDRNOTAVAIL',
      'EADDRNOTAVAIL',
    ],
  ])('decides on %s', (_, next, machine, without, withIt) => {
    expect(bind(next)).toBe(without);
    expect(bind(next, machine)).toBe(withIt);
  });

  it('has the release in the form of its system, and none for the model of another system', () => {
    const of = (system: string, release: string, model?: string) => {
      const { kernel, release: told } = settingOf(facts, { system, release, version: '' }, model);
      return { kernel, release: told };
    };
    expect(of('linux', '6.18.44')).toEqual({ kernel: '6.18.44', release: undefined });
    expect(of('freebsd', '14.3-RELEASE-p2')).toEqual({ kernel: undefined, release: '14.3-RELEASE-p2' });
    expect(of('gvisor', 'release-20240729.0').release).toBe('release-20240729.0');
    expect(of('gvisor', 'unknown').release).toBeUndefined();
    expect(of('linux', '6.18.44', 'freebsd')).toEqual({ kernel: undefined, release: undefined });
  });
});
