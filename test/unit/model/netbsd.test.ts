import { describe, expect, test } from 'vitest';
import { last, lastRule } from './steps.ts';

const on = (protocol: 'udp' | 'tcp', text: string, setting = {}) => last('netbsd', protocol, text, setting);
const HOST = {
  addresses: ['127.0.0.1', '::1', '10.0.0.1', 'fe80::1', '2001:db8::5'],
  devices: { lo0: ['127.0.0.1', '::1'], wm0: ['10.0.0.1', 'fe80::1', '2001:db8::5'] },
  broadcasts: ['10.0.0.255'],
  flags: { '2001:db8::5': 'anycast' },
} as const;

describe('N1: bind() does not find accepted sockets', () => {
  const rest = 'listen; 2 accept 127.0.0.1 from=1; 1 close';
  const at = (port: number) => on('tcp', `1 bind S port=${port}; 1 ${rest}; 3 bind S port=${port}`);

  test('unless the port is a multiple of 128', () => {
    expect([20_000, 19_968, 128, 129].map(at)).toEqual(['ok', 'EADDRINUSE', 'EADDRINUSE', 'ok']);
    expect(lastRule('netbsd', 'tcp', `1 bind S; 1 ${rest}; 3 bind S`)).toBe('N1-accepted-unseen');
  });

  test('whatever became of them, of either family', () => {
    expect(on('tcp', `1 bind S; 1 ${rest}; 2 peer-close; 3 bind S`)).toBe('ok');
    expect(on('tcp', `1 bind S; 1 ${rest}; 2 close leaves=time-wait; 3 bind 0.0.0.0`)).toBe('ok');
    expect(on('tcp', `1 bind :: dual; 1 ${rest.replace('127.0.0.1', '::1')}; 3 bind ::1`)).toBe('ok');
  });

  test('a connection that was made stands in the way', () => {
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 2 bind S')).toBe('EADDRINUSE');
  });
});

describe('N2 and N4: multicast', () => {
  const both = (name: string, one: string, two: string) => on('udp', `1 bind ${name} ${one}; 2 bind ${name} ${two}`);

  test('N2: either option is enough', () => {
    for (const name of ['239.1.2.3', 'ff02::1']) {
      const got = ['A', 'P'].flatMap((one) => ['A', 'P'].map((two) => both(name, one, two)));
      expect(got, name).toEqual(['ok', 'ok', 'ok', 'ok']);
      expect([both(name, '-', 'A'), both(name, 'P', '-')], name).toEqual(['EADDRINUSE', 'EADDRINUSE']);
    }
  });

  test('N2-multicast-7: for 7 both are allowed where only the new socket’s SO_REUSEPORT would share', () => {
    const seven = (one: string, two: string, release = '7.2') =>
      on('udp', `1 bind 239.1.2.3 ${one}; 2 bind 239.1.2.3 ${two}`, { release });
    expect([seven('A', 'P'), seven('P', 'A'), seven('A', 'AP'), seven('P', 'P')]).toEqual([
      'ok or EADDRINUSE',
      'ok',
      'ok',
      'ok',
    ]);
    expect(seven('A', 'P', '8.0')).toBe('ok');
  });

  test('N4: a v4-mapped group is none', () => {
    expect(both('::ffff:239.1.2.3', 'A', 'A')).toBe('EADDRINUSE');
    expect(both('::ffff:239.1.2.3', 'P', 'P')).toBe('ok');
    // The family of the second socket decides.
    expect(on('udp', '1 bind ::ffff:239.1.2.3 A; 2 bind 239.1.2.3 A')).toBe('ok');
    expect(on('udp', '1 bind 239.1.2.3 A; 2 bind ::ffff:239.1.2.3 A')).toBe('EADDRINUSE');
  });
});

describe('N3: a disconnect of UDP', () => {
  test('leaves the wildcard', () => {
    expect(on('udp', '1 bind 10.0.0.1; 1 connect 10.0.0.1; 1 disconnect; 2 bind 10.0.0.2')).toBe('EADDRINUSE');
    expect(on('udp', '1 bind 10.0.0.1; 1 connect 10.0.0.1; 1 connect => EADDRINUSE; 2 bind 10.0.0.2')).toBe(
      'EADDRINUSE',
    );
  });

  test('a v4-mapped name becomes ::, of both stacks', () => {
    const mapped = '1 bind ::ffff:10.0.0.1; 1 connect 10.0.0.1; 1 disconnect';
    expect(on('udp', `${mapped}; 2 bind ::1`)).toBe('EADDRINUSE');
    expect(on('udp', `${mapped}; 2 bind 127.0.0.1`)).toBe('EADDRINUSE');
    const v6 = '1 bind :: v6only; 1 connect ::1; 1 disconnect; 2 bind 127.0.0.1';
    expect([on('udp', v6), on('udp', v6.replace('v6only', 'dual'))]).toEqual(['ok', 'EADDRINUSE']);
  });

  test('what it returns', () => {
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect by=AF_UNSPEC')).toBe('EAFNOSUPPORT');
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect')).toBe('EISCONN');
    expect(on('udp', '1 bind ::1; 1 connect 127.0.0.1')).toBe('EINVAL');
  });
});

describe('connect()', () => {
  test('connect-narrows: a :: that could not connect over IPv4', () => {
    expect(on('udp', '1 bind :: dual; 1 connect 127.0.0.1 => EADDRINUSE; 2 bind ::1')).toBe('ok');
    expect(on('udp', '1 bind :: dual; 1 connect 127.0.0.1 => EADDRINUSE; 2 bind 127.0.0.1')).toBe('EADDRINUSE');
    expect(on('udp', '1 bind :: dual; 1 connect 127.0.0.1 to=127.0.0.1 toport=0; 2 bind ::1')).toBe('EADDRINUSE');
    expect(on('tcp', '1 bind :: dual; 1 listen; 1 connect 127.0.0.1; 2 bind ::1')).toBe('EADDRINUSE');
    expect(lastRule('netbsd', 'udp', '1 bind :: dual; 1 connect 127.0.0.1 => EADDRINUSE; 2 bind ::1')).toBe(
      'connect-narrows',
    );
  });

  test('connect-mapped-twice, connect-same-peer', () => {
    const two = (one: string, other: string, to: string) =>
      on('udp', `1 bind ${one}; 1 connect 127.0.0.1 to=${to}; 2 bind ${other}; 2 connect 127.0.0.1 to=${to}`);
    expect(two('::ffff:127.0.0.1 P', ':: dual P', '::ffff:10.9.9.9')).toBe('ok');
    expect(two('::ffff:127.0.0.1 P', '::ffff:127.0.0.1 P', '::ffff:10.9.9.9')).toBe('EADDRINUSE');
    expect(two('S P', '0.0.0.0 P', '10.9.9.9')).toBe('EADDRINUSE');
  });

  test('connect-replaced: 255.255.255.255 and 0.0.0.0 stand for other addresses', () => {
    const two = (one: string, other: string, host: object = HOST, step = 'connect') =>
      on('udp', `1 bind 0.0.0.0 P; 1 connect 10.0.0.1 to=${one}; 2 bind 0.0.0.0 P; 2 ${step} 10.0.0.1 to=${other}`, {
        host,
      });
    expect(two('255.255.255.255', '10.0.0.255')).toBe('EADDRINUSE');
    expect(two('10.0.0.255', '255.255.255.255', HOST, 'send')).toBe('EADDRINUSE');
    expect(two('255.255.255.255', '10.0.0.254')).toBe('ok');
    const both = { ...HOST, broadcasts: ['10.0.0.255', '192.0.2.255'] };
    expect(two('255.255.255.255', '10.0.0.255', both)).toBe('EADDRINUSE or ok');
    expect(two('0.0.0.0', '127.0.0.1')).toBe('EADDRINUSE or ok');
    expect(two('0.0.0.0', '127.0.0.1', { addresses: ['127.0.0.1'] })).toBe('EADDRINUSE');
    expect(two('::ffff:255.255.255.255', '10.0.0.255')).toBe('ok');
  });

  test('connect-scope, for sendto() before everything else', () => {
    const to = (step: string) => on('udp', `1 bind ::1; 1 ${step}`, { host: HOST });
    expect([to('connect ::1 to=fe80::9%wm9'), to('send to=fe80::9%wm9')]).toEqual(['ENXIO', 'ENXIO']);
    expect(to('connect ::1; 1 send to=fe80::9%wm9 toport=0')).toBe('ENXIO');
    expect(to('connect ::1 to=fe80::9%wm9 toport=0')).toBe('EADDRNOTAVAIL');
    expect(to('connect fe80::1 to=fe80::9%wm0')).toBe('ok');
  });

  test('connect-no-peer', () => {
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1 to=127.0.0.1 toport=0')).toBe('EADDRNOTAVAIL');
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1 to=239.1.2.3')).toBe('ok');
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1 to=239.1.2.3')).toBe('EADDRNOTAVAIL');
  });
});

describe('sendto()', () => {
  test('send-unseen: bind() does not find the AF_INET6 socket that it gave this port', () => {
    const sent = (family: string, port: number) => `1 autosend ${family} port=${port}; 2 bind ${family} port=${port}`;
    expect([20_000, 19_968].map((port) => on('udp', sent('::', port)))).toEqual(['ok', 'EADDRINUSE']);
    expect(on('udp', sent('0.0.0.0', 20_000))).toBe('EADDRINUSE');
    expect(lastRule('netbsd', 'udp', sent('::', 20_000))).toBe('send-unseen');
  });

  test('send-connects: it needs the connection', () => {
    const taken = '1 bind S P; 1 connect 127.0.0.1 to=10.9.9.9; 2 bind S P; 2 send 127.0.0.1 to=10.9.9.9';
    expect(on('udp', taken)).toBe('EADDRINUSE');
    expect(on('udp', taken.replace('2 send 127.0.0.1 to=10.9.9.9', '2 send 127.0.0.1 to=10.9.9.8'))).toBe('ok');
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 send')).toBe('EISCONN');
  });
});

test('released: a TCP socket without a port', () => {
  expect(on('tcp', '1 bind S; 1 listen; 1 shutdown; 2 bind S')).toBe('ok');
  expect(on('tcp', '1 bind S; 1 listen; 1 shutdown; 1 listen')).toBe('EINVAL');
  expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 peer-reset; 1 connect 127.0.0.1')).toBe('EINVAL');
});

test('listen-udp: an invalid argument where it is connected', () => {
  expect([on('udp', '1 bind S; 1 listen'), on('udp', '1 bind S; 1 connect 127.0.0.1; 1 listen')]).toEqual([
    'EOPNOTSUPP',
    'EINVAL',
  ]);
});

test('send-connected: an AF_INET6 socket judges port 0 first', () => {
  expect(on('udp', '1 bind ::1; 1 connect ::1; 1 send to=::1 toport=0')).toBe('EADDRNOTAVAIL');
  expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 send to=127.0.0.1 toport=0')).toBe('EISCONN');
});

test('unready: what is not an ordinary address, also with IPV6_BINDANY', () => {
  const bind = (flag: 'tentative' | 'duplicated' | 'detached' | 'deprecated', words = '', release = '10.1') =>
    on('udp', `1 bind 2001:db8::5 ${words}`, { release, host: { ...HOST, flags: { '2001:db8::5': flag } } });
  expect([bind('duplicated'), bind('duplicated', 'any'), bind('deprecated')]).toEqual([
    'EADDRNOTAVAIL',
    'EADDRNOTAVAIL',
    'ok',
  ]);
  expect(on('udp', '1 bind 2001:db8::5 any', { host: HOST })).toBe('EADDRNOTAVAIL');
  expect([bind('tentative'), bind('detached')]).toEqual(['ok', 'ok']);
  expect([bind('tentative', '', '7.2'), bind('detached', '', '9.3')]).toEqual(['EADDRNOTAVAIL', 'ok or EADDRNOTAVAIL']);
  const four = { ...HOST, flags: { '10.0.0.1': 'duplicated' } } as const;
  expect(on('udp', '1 bind 10.0.0.1', { host: four })).toBe('EADDRNOTAVAIL');
  expect(on('udp', '1 bind ::ffff:10.0.0.1 dual', { host: four })).toBe('ok');
});

test('v6only-late', () => {
  expect(on('udp', '1 bind ::; 1 set v6only=1')).toBe('EINVAL');
});

test('a v4-mapped address on IPV6_V6ONLY=1 is invalid, always', () => {
  expect(on('udp', '1 bind ::ffff:127.0.0.1 v6only')).toBe('EINVAL');
  expect(on('tcp', '1 bind ::ffff:0.0.0.0 v6only')).toBe('EINVAL');
});

test('kinds of addresses', () => {
  const bind = (protocol: 'udp' | 'tcp', words: string) => on(protocol, `1 bind ${words}`, { host: HOST });
  for (const protocol of ['udp', 'tcp'] as const) {
    expect(bind(protocol, '10.0.0.255')).toBe('ok');
    expect(bind(protocol, '::ffff:10.0.0.255')).toBe('ok');
    expect(bind(protocol, '255.255.255.255')).toBe('EADDRNOTAVAIL');
    expect(bind(protocol, '224.0.0.1')).toBe('ok');
    expect(bind(protocol, '2001:db8::5')).toBe('EADDRNOTAVAIL');
    expect(['fe80::1', 'fe80::1%wm0', 'fe80::1%wm9', 'ff02::1%wm9'].map((name) => bind(protocol, name))).toEqual([
      'EADDRNOTAVAIL',
      'ok',
      'ENXIO',
      'ENXIO',
    ]);
    expect(bind(protocol, '::ffff:192.0.2.9 any')).toBe('ok');
  }
});

test('a port that the system chooses', () => {
  const choose = (held: string, next: string) => on('udp', `1 bind ${held}; 2 bind ${next} chosen`);
  expect(choose(':: dual', '0.0.0.0')).toBe('ok');
  expect(choose('0.0.0.0', 'S A')).toBe('EADDRINUSE');
  expect(choose('::', '::1 A')).toBe('ok');
  expect(choose('::', '::1 -')).toBe('EADDRINUSE');
  // A v4-mapped name is looked for among the AF_INET sockets alone.
  expect(choose('::ffff:127.0.0.1', '::ffff:127.0.0.1')).toBe('ok');
  expect(choose(':: dual', '::ffff:127.0.0.1')).toBe('ok');
  expect(choose('0.0.0.0', '::ffff:127.0.0.1')).toBe('EADDRINUSE');
  expect(choose('0.0.0.0', '::ffff:127.0.0.1 A')).toBe('ok');
  expect(choose('127.0.0.1', '::ffff:127.0.0.1 A')).toBe('EADDRINUSE');
});
