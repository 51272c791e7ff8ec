import { describe, expect, test } from 'vitest';
import { last, lastRule, play } from './steps.ts';

const on = (protocol: 'udp' | 'tcp', text: string, setting = {}) => last('freebsd', protocol, text, setting);
const HOST = {
  addresses: ['127.0.0.1', '::1', '10.0.0.1', 'fe80::1', '2001:db8::5', '2001:db8::7'],
  devices: { lo0: ['127.0.0.1', '::1'], em0: ['10.0.0.1', 'fe80::1', '2001:db8::5', '2001:db8::7'] },
  broadcasts: ['10.0.0.255'],
  flags: { '2001:db8::5': 'tentative', '2001:db8::7': 'anycast' },
} as const;

describe('F1: a disconnect of UDP gives the port up', () => {
  const released = '1 bind S; 1 connect 127.0.0.1; 1 disconnect; 2 bind S';

  test('since 14, and before it leaves the wildcard', () => {
    expect(on('udp', released)).toBe('ok');
    expect(['13.2', '14.0', '14.3', '15.0'].map((release) => on('udp', released, { release }))).toEqual([
      'EADDRINUSE',
      'ok',
      'ok',
      'ok',
    ]);
  });

  test('its own bind is refused', () => {
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect; 1 bind 10.0.0.1')).toBe('EINVAL');
  });

  test('a later connect() puts it back as the newest, whoever holds the port', () => {
    const back = `${released} P uid=0; 1 connect 127.0.0.1; 3 bind 0.0.0.0 -`;
    expect(on('udp', back)).toBe('EADDRINUSE');
    const owners = '1 bind S P uid=7; 1 connect 127.0.0.1; 1 disconnect; 2 bind 10.0.0.1 P uid=0; 1 connect 10.0.0.1';
    expect(on('udp', `${owners}; 3 bind 0.0.0.0 A uid=7`, { release: '14.3' })).toBe('EADDRINUSE');
    expect(play('freebsd', 'udp', `${owners}; 3 bind 0.0.0.0 -`, { release: '14.3' }).at(-1)?.holder).toBe(2);
  });

  test('14 chooses the local address again, 15 keeps it', () => {
    const moved = '1 bind S; 1 connect 127.0.0.1; 1 disconnect; 1 connect 10.0.0.1; 2 bind S';
    expect(on('udp', moved, { release: '14.3' })).toBe('ok');
    expect(on('udp', moved, { release: '15.0' })).toBe('EADDRINUSE');
    expect(on('udp', moved)).toBe('EADDRINUSE or ok');
  });

  test('a second connect() begins with one', () => {
    const again = '1 bind S; 1 connect 127.0.0.1; 1 connect => EADDRINUSE; 2 bind S';
    expect(on('udp', again)).toBe('ok');
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 connect 10.0.0.1; 2 bind S', { release: '14.3' })).toBe('ok');
  });

  test('a dual-stack socket stays in one stack', () => {
    const dual = '1 bind :: dual; 1 connect 127.0.0.1; 1 disconnect; 1 connect ::1';
    expect(on('udp', dual)).toBe('EAFNOSUPPORT');
    expect(on('udp', '1 bind :: v6only; 1 connect 127.0.0.1')).toBe('EINVAL');
    expect(on('udp', '1 bind :: dual; 1 connect ::1 => EHOSTUNREACH; 2 bind 0.0.0.0')).toBe('ok');
    expect(on('udp', '1 bind :: dual; 1 connect ::1; 1 disconnect; 2 bind 0.0.0.0', { release: '13' })).toBe('ok');
  });

  test('what happened tells the release', () => {
    const steps = '1 bind S; 1 connect 127.0.0.1; 1 disconnect; 1 connect 10.0.0.1; 2 bind S => ok; 3 bind S';
    expect(on('udp', steps)).toBe('EADDRINUSE');
    expect(on('udp', steps.replace('=> ok', '=> EADDRINUSE'))).toBe('EADDRINUSE');
  });
});

describe('F2: the order of wildcards in IPv4', () => {
  test.each([
    ['1 bind ::ffff:0.0.0.0 -; 2 bind ::ffff:0.0.0.0 P; 3 bind 0.0.0.0 P', 'EADDRINUSE', 'ok'],
    ['1 bind :: dual P; 2 bind ::ffff:0.0.0.0 -; 3 bind :: dual P', 'ok', 'EADDRINUSE'],
  ])('%s', (steps, since14, in13) => {
    expect(on('udp', steps)).toBe(since14);
    expect(on('tcp', steps)).toBe(since14);
    expect(on('udp', steps, { release: '13.2' })).toBe(in13);
    expect(lastRule('freebsd', 'udp', steps)).toBe('F2-order-of-wildcards');
  });
});

describe('F3: multicast', () => {
  const both = (one: string, two: string, name = '239.1.2.3') =>
    on('udp', `1 bind ${name} ${one} uid=7; 2 bind ${name} ${two} uid=8`);

  test('which options share', () => {
    const letters = ['-', 'A', 'P', 'L'];
    const table = letters.map((one) => letters.map((two) => both(one, two) === 'ok'));
    expect(table).toEqual([
      [false, false, false, false],
      [false, true, true, true],
      [false, true, true, false],
      [false, true, false, true],
    ]);
  });

  test('v4-mapped and IPv6 ones too', () => {
    for (const name of ['::ffff:239.1.2.3', 'ff02::1'])
      expect([both('A', 'P', name), both('L', 'A', name)]).toEqual(['ok', 'ok']);
  });
});

test('F4: TCP on a v4-mapped group', () => {
  expect(on('tcp', '1 bind ::ffff:224.0.0.1')).toBe('EAFNOSUPPORT');
  expect(on('tcp', '1 bind ::ffff:224.0.0.1 v6only')).toBe('EADDRNOTAVAIL');
  expect(on('tcp', '1 bind ::1; 1 bind ::ffff:224.0.0.1 v6only')).toBe('EINVAL');
  expect(on('tcp', '1 bind ::1; 1 bind ::ffff:224.0.0.1')).toBe('EAFNOSUPPORT');
});

describe('F5: wildcards of two users with SO_REUSEPORT_LB', () => {
  const both = (name: string, release: string) =>
    on('tcp', `1 bind ${name} L uid=7; 2 bind ${name} L uid=8`, { release });

  test.each(['0.0.0.0', ':: v6only', '::ffff:0.0.0.0'])('%s', (name) => {
    expect(['14.0', '14.1', '14.2', '14.3', '15.0'].map((release) => both(name, release))).toEqual([
      'ok',
      'ok',
      'EADDRINUSE or ok',
      'EADDRINUSE',
      'EADDRINUSE',
    ]);
  });

  test('never for the IPv4 part of a dual-stack ::, nor with SO_REUSEPORT beside it', () => {
    expect(both(':: dual', '14.1')).toBe('EADDRINUSE');
    const steps = '1 bind 0.0.0.0 L uid=7; 1 set P=1; 2 bind 0.0.0.0 L uid=8';
    expect(on('tcp', steps, { release: '14.1' })).toBe('EADDRINUSE');
  });
});

test('an accepted socket has the owner of the listener', () => {
  const steps = '1 bind S uid=7; 1 listen; 2 accept 127.0.0.1 from=1 uid=8; 1 close; 3 bind 0.0.0.0 - uid=8';
  expect(play('freebsd', 'tcp', steps).at(-1)?.rule).toBe('freebsd/overlap');
});

test('kinds of addresses', () => {
  const bind = (words: string, release = '14.3') => on('udp', `1 bind ${words}`, { host: HOST, release });
  expect(bind('10.0.0.255')).toBe('ok');
  expect(on('tcp', '1 bind 10.0.0.255', { host: HOST })).toBe('ok');
  expect(bind('255.255.255.255')).toBe('EADDRNOTAVAIL');
  expect(bind('127.255.255.255')).toBe('EADDRNOTAVAIL');
  expect(bind('::10.0.0.1')).toBe('EADDRNOTAVAIL');
  expect(bind('fe80::1')).toBe('EADDRNOTAVAIL');
  expect(bind('fe80::1%em0')).toBe('ok');
  expect(bind('fe80::1%lo0')).toBe('EADDRNOTAVAIL');
  expect(bind('fe80::1%em9')).toBe('ENXIO');
  expect(bind('2001:db8::5')).toBe('EADDRNOTAVAIL');
  expect([bind('2001:db8::7'), bind('2001:db8::7', '15.0')]).toEqual(['EADDRNOTAVAIL', 'ok']);
  expect([bind('192.0.2.9'), bind('192.0.2.9 any')]).toEqual(['EADDRNOTAVAIL', 'ok']);
});

test('a port that the system chooses', () => {
  const choose = (held: string, next: string) => on('udp', `1 bind ${held}; 2 bind ${next} chosen`);
  expect(choose('0.0.0.0', 'S A')).toBe('ok');
  expect(choose('S P', 'S P')).toBe('EADDRINUSE');
  expect(choose('0.0.0.0', 'S -')).toBe('EADDRINUSE');
  expect(choose('0.0.0.0', ':: dual -')).toBe('EADDRINUSE');
});

describe('disconnect-tcp', () => {
  test('connect() to AF_UNSPEC dissolves nothing', () => {
    expect(on('tcp', '1 bind S; 1 disconnect')).toBe('EAFNOSUPPORT');
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect')).toBe('EISCONN');
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect; 2 bind S -')).toBe('EADDRINUSE');
  });

  test('in 13 it leaves a dual-stack socket in IPv6', () => {
    const steps = '1 bind :: dual; 1 disconnect; 2 bind S';
    expect(['13.2', '14.3'].map((release) => on('tcp', steps, { release }))).toEqual(['ok', 'EADDRINUSE']);
    expect(['13.2', '14.3'].map((release) => on('udp', steps, { release }))).toEqual(['ok', 'EADDRINUSE']);
    expect(on('tcp', '1 bind ::1; 1 disconnect', { release: '13.2' })).toBe('EAFNOSUPPORT or EINVAL');
  });
});

test('connect-name: port 0, and what TCP refuses', () => {
  expect(on('udp', '1 bind S; 1 connect 127.0.0.1 to=192.0.2.9 toport=0')).toBe('EADDRNOTAVAIL');
  expect(on('tcp', '1 bind S; 1 connect to=224.0.0.9')).toBe('EAFNOSUPPORT');
  expect(on('tcp', '1 bind S; 1 connect to=255.255.255.255')).toBe('EACCES');
  const mapped = 'connect to=::ffff:224.0.0.9';
  expect(on('tcp', `1 bind :: dual; 1 ${mapped}`)).toBe('EAFNOSUPPORT');
  expect(on('tcp', `1 bind :: dual; 1 listen; 1 ${mapped}`, { release: '14.3' })).toBe('EINVAL');
  expect(on('tcp', `1 bind :: v6only; 1 ${mapped}`)).toBe('EINVAL');
});

test('connect-no-host-15: there is no route to no host', () => {
  const to = (address: string, release: string) => on('udp', `1 bind 0.0.0.0; 1 connect to=${address}`, { release });
  expect([to('0.0.0.0', '14.3'), to('0.0.0.0', '15.0')]).toEqual(['ok', 'ENETUNREACH']);
  expect(to('255.255.255.255', '15.0')).toBe('ENETUNREACH');
  expect(on('udp', '1 bind :: v6only; 1 connect to=::', { release: '15.0' })).toBe('ENETUNREACH');
});

test('connect-same-peer: by the address that the system chose for a wildcard, and in mapped form too', () => {
  const first = '1 bind S P; 1 connect 127.0.0.1 to=192.0.2.9';
  expect(on('udp', `${first}; 2 bind 0.0.0.0 P; 2 connect 127.0.0.1 to=192.0.2.9`)).toBe('EADDRINUSE');
  expect(on('udp', `${first}; 2 bind 0.0.0.0 P; 2 connect 10.0.0.1 to=192.0.2.9`)).toBe('ok');
  expect(on('udp', `${first}; 2 bind :: dual P; 2 connect 127.0.0.1 to=::ffff:192.0.2.9`)).toBe('EADDRINUSE');
});

test('connect-again: a listener, by family and release', () => {
  const again = (name: string, release: string) => on('tcp', `1 bind ${name}; 1 listen; 1 connect`, { release });
  expect([again('S', '14.3'), again('::1', '14.3'), again('::1', '13.2')]).toEqual([
    'EOPNOTSUPP',
    'EINVAL',
    'EOPNOTSUPP',
  ]);
});

test('reset: no call brings the socket back', () => {
  const reset = '1 bind S; 1 connect 127.0.0.1; 1 peer-reset';
  expect(on('tcp', `${reset}; 1 listen`)).toBe('EINVAL');
  expect(on('tcp', `${reset}; 1 bind S`)).toBe('EINVAL');
  expect(on('tcp', `${reset}; 1 connect 127.0.0.1`)).toBe('ECONNREFUSED');
  expect(on('tcp', `${reset}; 2 bind S -`)).toBe('ok');
});

test('reset: before the name is judged since 14.3, after it in 13', () => {
  const after = (step: string, protocol = '127.0.0.1') =>
    ['13.2', '14.0', '14.3', '15.0'].map((release) =>
      on('tcp', `1 bind ${protocol}; 1 connect; 1 peer-reset; 1 ${step}`, { release }),
    );
  expect(after('bind 224.0.0.1')).toEqual(['EAFNOSUPPORT', 'EAFNOSUPPORT or EINVAL', 'EINVAL', 'EINVAL']);
  expect(after('bind ::ffff:224.0.0.1', ':: dual')).toEqual(['EINVAL', 'EINVAL', 'EINVAL', 'EINVAL']);
  const refused = 'ECONNREFUSED';
  expect(after('connect to=224.0.0.1')).toEqual(['EAFNOSUPPORT', `EAFNOSUPPORT or ${refused}`, refused, refused]);
  expect(after('connect to=255.255.255.255')).toEqual(['EACCES', `EACCES or ${refused}`, refused, refused]);
  expect(after('connect to=192.0.2.9')).toEqual([refused, refused, refused, refused]);
  expect(after('disconnect')).toEqual(['EAFNOSUPPORT', `EAFNOSUPPORT or ${refused}`, refused, refused]);
});

test('shutdown: only of a connection; a listener goes on listening', () => {
  expect(on('tcp', '1 bind S; 1 shutdown')).toBe('ENOTCONN');
  expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 shutdown')).toBe('ok');
  expect(on('tcp', '1 bind S; 1 listen; 1 shutdown; 1 connect 127.0.0.1')).toBe('EOPNOTSUPP');
});

test('v6only-late: it can only be set before bind()', () => {
  expect(on('udp', '1 bind :: dual; 1 set v6only=1')).toBe('EINVAL');
});

test('chosen: 13 did not look at the IPv4 part', () => {
  const steps = '1 bind S; 2 bind :: dual - chosen';
  expect(['13.2', '14.3'].map((release) => on('udp', steps, { release }))).toEqual(['ok', 'EADDRINUSE']);
});

test('bindany: a v4-mapped name with IPV6_V6ONLY=1 is in IPv6', () => {
  const steps = '1 bind ::ffff:192.0.2.1 default any';
  expect(on('udp', steps)).toBe('ok');
  expect(on('udp', `${steps}; 2 bind 0.0.0.0 -`)).toBe('ok');
  expect(on('udp', `${steps}; 2 bind :: v6only`)).toBe('EADDRINUSE');
});

test('connected-sendto: sendto() on a connected socket', () => {
  expect(on('udp', '1 bind S; 1 send to=192.0.2.9')).toBe('ok');
  expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 send to=192.0.2.9')).toBe('EISCONN');
});

test('connect-listener-15: an AF_INET6 listener is refused as an AF_INET one is', () => {
  const again = (name: string, release: string) => on('tcp', `1 bind ${name}; 1 listen; 1 connect`, { release });
  expect([again('::1', '14.3'), again('::1', '15.0'), again('S', '15.0')]).toEqual([
    'EINVAL',
    'EOPNOTSUPP or EINVAL',
    'EOPNOTSUPP',
  ]);
});

test('connect-lb-15: TCP with SO_REUSEPORT_LB does not connect, and is in the stack of its peer afterwards', () => {
  const step = '1 bind 127.0.0.1 L; 1 connect 127.0.0.1 to=127.0.0.1';
  expect([on('tcp', step, { release: '14.3' }), on('tcp', step, { release: '15.0' })]).toEqual(['ok', 'EOPNOTSUPP']);
  expect(on('udp', step, { release: '15.0' })).toBe('ok');
  const narrowed = '1 bind :: dual L; 1 connect ::1 to=::1; 2 bind 127.0.0.1';
  expect(on('tcp', narrowed, { release: '15.0' })).toBe('ok');
});

test('send-name: no v4-mapped destination with IPV6_V6ONLY=1, and no port 0 where an address is to be chosen', () => {
  const send = (name: string, to: string) => on('udp', `1 bind ${name}; 1 send to=${to}`);
  expect(send(':: v6only', '::ffff:127.0.0.1')).toBe('EINVAL');
  expect(send('::1 dual', '::ffff:127.0.0.1')).toBe('ok');
  expect(send(':: dual', '::ffff:127.0.0.1')).toBe('ok');
  expect(send('::ffff:127.0.0.1', '::ffff:127.0.0.1')).toBe('ok');
  expect(send(':: dual', '::1 toport=0')).toBe('EADDRNOTAVAIL');
  expect(on('udp', '1 autosend :: v6only to=::ffff:127.0.0.1')).toBe('EINVAL');
  const to0 = (name: string) =>
    ['13.2', '14.3', '15.0'].map((release) => on('udp', `1 bind ${name}; 1 send to=192.0.2.9 toport=0`, { release }));
  expect([to0('0.0.0.0'), to0('127.0.0.1')]).toEqual([
    ['EADDRNOTAVAIL', 'EADDRNOTAVAIL', 'ok'],
    ['ok', 'ok', 'ok'],
  ]);
});

test('send-same-peer-14: sendto() from the wildcard to the peer of another socket', () => {
  const steps = '1 bind S P; 1 connect 127.0.0.1 to=192.0.2.9; 2 bind 0.0.0.0 P; 2 send 127.0.0.1 to=192.0.2.9';
  expect(['13.2', '14.3', '15.0'].map((release) => on('udp', steps, { release }))).toEqual([
    'EADDRINUSE',
    'EADDRINUSE',
    'ok',
  ]);
  expect(on('udp', steps.replace('2 send 127.0.0.1', '2 send 10.0.0.1'), { release: '14.3' })).toBe('ok');
  expect(on('udp', steps.replace('2 bind 0.0.0.0', '2 bind 10.0.0.1'), { release: '14.3' })).toBe('ok');
  expect(on('udp', steps.replace('2 bind 0.0.0.0', '2 bind ::1 dual').replace('to=192.0.2.9', 'to=192.0.2.9'))).toBe(
    'ok',
  );
});
