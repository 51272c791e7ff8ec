import { describe, expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import type { Setting } from '../../../src/model/types.ts';
import { last, lastRule } from './steps.ts';

const on = (protocol: 'udp' | 'tcp', text: string, setting: Setting = {}) => last('linux', protocol, text, setting);
const HOST = {
  addresses: ['127.0.0.1', '::1', '10.0.0.1', '10.0.1.1', 'fe80::1', 'fd00::5', 'fd00::6', 'fd00::7'],
  devices: {
    lo: ['127.0.0.1', '::1'],
    d0: ['10.0.0.1', 'fe80::1', 'fd00::5', 'fd00::6'],
    d1: ['10.0.1.1'],
    blue: [],
  },
  broadcasts: ['10.0.0.255'],
  flags: { 'fd00::5': 'tentative', 'fd00::6': 'deprecated', 'fd00::7': 'anycast' },
} as const;

describe('D3: names of every kind', () => {
  const bind = (protocol: 'udp' | 'tcp', words: string) => on(protocol, `1 bind ${words}`, { host: HOST });

  test.each(['255.255.255.255', '10.0.0.255', '127.255.255.255', '127.9.9.9', '224.0.0.1', '::ffff:239.1.2.3'])(
    '%s can be bound',
    (name) => {
      expect([bind('udp', name), bind('tcp', name)]).toEqual(['ok', 'ok']);
    },
  );

  test.each(['192.0.2.1', '10.0.0.254', '0.0.0.1', '::10.0.0.1', 'fd00::5', 'fd00::7', '::ffff:192.0.2.1'])(
    '%s cannot',
    (name) => {
      expect([bind('udp', name), bind('tcp', name)]).toEqual(['EADDRNOTAVAIL', 'EADDRNOTAVAIL']);
    },
  );

  test('a deprecated address can', () => {
    expect(bind('udp', 'fd00::6')).toBe('ok');
  });

  test('the broadcast address of a subnet is known from the host alone', () => {
    expect(on('udp', '1 bind 10.0.0.255', { host: { addresses: ['10.0.0.1'] } })).toBe('EADDRNOTAVAIL');
    expect(lastRule('linux', 'udp', '1 bind 255.255.255.255')).toBe('broadcast');
  });

  test('255.255.255.255 overlaps the wildcard, as any name does', () => {
    expect(on('udp', '1 bind 255.255.255.255; 2 bind 0.0.0.0')).toBe('EADDRINUSE');
    expect(on('udp', '1 bind 255.255.255.255; 2 bind 127.0.0.1')).toBe('ok');
  });
});

describe('scopes', () => {
  const bind = (protocol: 'udp' | 'tcp', words: string) => on(protocol, `1 bind ${words}`, { host: HOST });

  test('a link-local address needs the right one', () => {
    expect(['fe80::1', 'fe80::1%d0', 'fe80::1%d1', 'fe80::1%d9'].map((name) => bind('udp', name))).toEqual([
      'EINVAL',
      'ok',
      'EADDRNOTAVAIL',
      'ENODEV',
    ]);
    expect([bind('udp', 'fe80::1 dev=d0'), bind('udp', 'fe80::1 dev=d1')]).toEqual(['ok', 'EADDRNOTAVAIL']);
  });

  test('all of fe80::/10 is link-local, and fec0:: is not', () => {
    for (const name of ['fe80::2', 'fe90::1', 'fea0::1', 'febf::1']) expect(bind('udp', name), name).toBe('EINVAL');
    expect(bind('udp', 'fec0::1')).toBe('EADDRNOTAVAIL');
  });

  test('groups of one link need one, others do not, and TCP has none', () => {
    expect(['ff01::1', 'ff02::1', 'ff02::1%d0', 'ff12::1', 'ff05::1'].map((name) => bind('udp', name))).toEqual([
      'EINVAL',
      'EINVAL',
      'ok',
      'EINVAL',
      'ok',
    ]);
    expect(bind('tcp', 'ff05::1')).toBe('EINVAL');
  });

  test('the scope ties the socket to the device', () => {
    expect(on('udp', '1 bind ff02::1%d0; 2 bind :: v6only dev=d1', { host: HOST })).toBe('ok');
    expect(on('udp', '1 bind ff02::1%d0; 2 bind :: v6only dev=d0', { host: HOST })).toBe('EADDRINUSE');
  });
});

describe('settings of the machine', () => {
  test('IP_FREEBIND, and the sysctls of each family', () => {
    const names = ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1'];
    const bind = (more: string, host: object) =>
      names.map((name) => on('udp', `1 bind ${name}${more}`, { host: { ...HOST, ...host } }));
    expect(bind(' any', {})).toEqual(['ok', 'ok', 'ok']);
    expect(bind('', { nonlocalBind: ['inet'] })).toEqual(['ok', 'ok', 'EADDRNOTAVAIL']);
    expect(bind('', { nonlocalBind: ['inet6'] })).toEqual(['EADDRNOTAVAIL', 'EADDRNOTAVAIL', 'ok']);
    expect(on('tcp', '1 bind ::ffff:192.0.2.1 v6only any')).toBe('EINVAL');
  });

  test('bindv6only', () => {
    const host = { bindv6only: true };
    expect(on('udp', '1 bind ::; 2 bind 0.0.0.0', { host })).toBe('ok');
    expect(on('udp', '1 bind ::; 2 bind 0.0.0.0')).toBe('EADDRINUSE');
    expect(lastRule('linux', 'udp', '1 bind ::ffff:127.0.0.1 default', { host })).toBe('bindv6only');
    expect(on('udp', '1 bind ::ffff:127.0.0.1', { host })).toBe('ok');
  });

  test('a kernel without IPv6', () => {
    const host = { ipv6: false };
    expect([on('tcp', '1 bind ::1', { host }), on('tcp', '1 bind S', { host })]).toEqual(['EAFNOSUPPORT', 'ok']);
  });

  test('the first port that needs no privilege, and port 0, which needs none', () => {
    const bind = (port: number, host = {}) => on('tcp', `1 bind S port=${port} uid=1000`, { host });
    expect([bind(80), bind(1023), bind(1024), bind(0)]).toEqual(['EACCES', 'EACCES', 'ok', 'ok']);
    expect([bind(80, { unprivilegedPortStart: 80 }), bind(79, { unprivilegedPortStart: 80 })]).toEqual([
      'ok',
      'EACCES',
    ]);
  });

  test('ip_autobind_reuse', () => {
    const choose = (held: string, next: string, autobindReuse: boolean) =>
      on('tcp', `1 bind ${held}; 2 bind ${next} chosen`, { host: { autobindReuse } });
    expect([choose('S A', 'S A', false), choose('S A', 'S A', true)]).toEqual(['EADDRINUSE', 'ok']);
    expect([choose('S P', 'S P', true), choose('S AP', 'S AP', true)]).toEqual(['EADDRINUSE', 'EADDRINUSE']);
    expect(choose('S -', '127.0.0.2 -', false)).toBe('ok');
    expect(on('udp', '1 bind S P; 2 bind S P chosen')).toBe('ok');
    expect(on('tcp', '1 bind S A; 1 listen; 2 bind S A chosen', { host: { autobindReuse: true } })).toBe('EADDRINUSE');
  });
});

describe('VRF', () => {
  const host = { ...HOST, vrfs: { blue: ['d1'] } };
  const pair = (protocol: 'udp' | 'tcp', one: string, two: string, more: Setting = {}) =>
    on(protocol, `1 bind ${one}; 2 bind ${two}`, { ...more, host: { ...host, ...more.host } });

  test.each(['dev=blue', 'dev=d1'])('TCP with %s and without do not conflict, in either order; UDP does', (tie) => {
    expect([pair('tcp', `W ${tie}`, 'W'), pair('tcp', 'W', `W ${tie}`)]).toEqual(['ok', 'ok']);
    expect([pair('udp', `W ${tie}`, 'W'), pair('udp', 'W', `W ${tie}`)]).toEqual(['EADDRINUSE', 'EADDRINUSE']);
  });

  test('in one VRF it does', () => {
    expect(pair('tcp', 'W dev=blue', 'W dev=blue')).toBe('EADDRINUSE');
    expect(pair('tcp', 'W dev=d0', 'W')).toBe('EADDRINUSE');
  });

  test('tcp_l3mdev_accept, and kernels before 5.0', () => {
    expect(pair('tcp', 'W dev=blue', 'W', { host: { tcpL3mdevAccept: true } })).toBe('EADDRINUSE');
    expect(pair('tcp', 'W dev=blue', 'W', { release: '4.19' })).toBe('EADDRINUSE');
    expect(pair('tcp', 'W dev=blue', 'W', { release: '5.0' })).toBe('ok');
  });

  test('each VRF has a memory of its own', () => {
    const steps = '1 bind S A; 2 bind 0.0.0.0 AP; 3 bind 0.0.0.0 dev=blue; 4 bind S P';
    expect(on('tcp', steps, { host })).toBe('ok');
  });

  test('addresses', () => {
    const bind = (words: string) => on('tcp', `1 bind ${words}`, { host });
    expect([bind('10.0.1.1'), bind('10.0.1.1 dev=blue'), bind('10.0.1.1 dev=d1')]).toEqual([
      'EADDRNOTAVAIL',
      'ok',
      'ok',
    ]);
    expect([bind('127.0.0.1 dev=blue'), bind('10.0.0.1 dev=blue'), bind('10.0.0.1')]).toEqual([
      'EADDRNOTAVAIL',
      'EADDRNOTAVAIL',
      'ok',
    ]);
  });
});

describe('connections', () => {
  test('a disconnect of UDP unties the socket from its device', () => {
    const steps = '1 bind W dev=lo; 1 connect 127.0.0.1; 1 disconnect; 2 bind W dev=d0';
    expect([on('udp', steps), on('tcp', steps)]).toEqual(['EADDRINUSE', 'ok']);
  });

  test('a second connect() does not touch the local address, and TCP has none', () => {
    const steps = '1 bind W; 1 connect 127.0.0.1; 1 connect 10.0.0.1; 2 bind 10.0.0.1';
    expect(on('udp', steps)).toBe('ok');
    expect(on('tcp', '1 bind W; 1 connect 127.0.0.1; 1 connect 10.0.0.1')).toBe('EISCONN');
    expect(on('tcp', '1 bind W; 1 listen; 1 connect 10.0.0.1')).toBe('EISCONN');
  });

  test('a connect() that fails leaves the name', () => {
    for (const protocol of ['udp', 'tcp'] as const) {
      expect(on(protocol, '1 bind W; 1 connect => ECONNREFUSED; 2 bind S')).toBe('EADDRINUSE');
    }
    expect(on('tcp', '1 bind ::ffff:0.0.0.0; 1 connect 10.0.0.1 => EHOSTUNREACH; 2 bind S')).toBe('ok');
  });

  test('two connections of one address to one peer', () => {
    const steps = '1 bind S A; 2 bind S A; 1 connect 127.0.0.1 to=10.0.0.9; 2 connect 127.0.0.1 to=10.0.0.9';
    expect([on('udp', steps), on('tcp', steps)]).toEqual(['ok', 'EADDRNOTAVAIL']);
  });

  test('TCP on a group or a broadcast address takes the route’s when it connects, and keeps it', () => {
    for (const name of ['239.1.2.3', '10.0.0.255', '255.255.255.255', '127.255.255.255']) {
      const steps = `1 bind ${name}; 1 connect 10.0.0.1; 2 bind 10.0.0.1`;
      expect(on('tcp', steps, { host: HOST }), name).toBe('EADDRINUSE');
      expect(on('tcp', steps.replace('2 bind', '1 disconnect; 2 bind'), { host: HOST }), name).toBe('EADDRINUSE');
      expect(on('udp', steps, { host: HOST }), name).toBe('ok');
    }
    expect(on('tcp', '1 bind ::ffff:239.1.2.3; 1 connect 10.0.0.1; 2 bind 10.0.0.1')).toBe('ok');
  });

  test('a reset connection keeps a port that was bound, and an accepted one gives it up', () => {
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 peer-reset; 2 bind S')).toBe('EADDRINUSE');
    expect(on('tcp', '1 bind S; 1 listen; 2 accept 127.0.0.1 from=1; 1 close; 2 peer-reset; 3 bind S')).toBe('ok');
  });
});

test('6.8 is one of the kernels whose index by address was being mended, 6.9 is not', () => {
  const steps = '1 bind S; 2 bind :: v6only; 3 bind 127.0.0.2';
  expect(
    ['6.0.9', '6.1.0', '6.1.191', '6.1.192', '6.8.12', '6.9.0'].map((release) => on('tcp', steps, { release })),
  ).toEqual(['ok', 'ok or EADDRINUSE', 'ok or EADDRINUSE', 'ok', 'ok or EADDRINUSE', 'ok']);
});

test('the release of Linux is its kernel, by either name', () => {
  const steps = '1 bind ::ffff:0.0.0.0; 2 bind ::ffff:127.0.0.1';
  expect([on('tcp', steps, { kernel: '6.1.192' }), on('tcp', steps, { release: '6.1.192' }), on('tcp', steps)]).toEqual(
    ['ok', 'ok', 'EADDRINUSE'],
  );
});

test('connect-other-stack: a socket that has a v4-mapped address can’t be connected over IPv6', () => {
  const name = { protocol: 'udp', port: 20_000, family: 'inet6', v6only: false } as const;
  const six = { op: 'connect', socket: 1, to: { address: '::1', port: 9 }, local: '::1' } as const;
  const four = {
    op: 'connect',
    socket: 1,
    to: { address: '::ffff:127.0.0.1', port: 9 },
    local: '::ffff:127.0.0.1',
  } as const;
  const bound = (address: string) => models.linux.simulate({}).step({ op: 'bind', socket: 1, ...name, address }).after;
  expect(bound('::ffff:127.0.0.1').step(six).prediction).toMatchObject({
    outcomes: ['EAFNOSUPPORT'],
    rule: 'linux/connect-other-stack',
  });
  expect(bound('::').step(four).after.step(six).prediction.outcomes).toEqual(['EAFNOSUPPORT']);
  expect(bound('::').step(six).after.step(four).prediction.outcomes).toEqual(['ok']);
});
