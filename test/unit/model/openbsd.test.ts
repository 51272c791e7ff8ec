import { describe, expect, test } from 'vitest';
import { last, lastRule } from './steps.ts';

const on = (protocol: 'udp' | 'tcp', text: string, setting = {}) => last('openbsd', protocol, text, setting);
const HOST = {
  addresses: ['127.0.0.1', '::1', '10.0.0.1', 'fe80::1', '2001:db8::5'],
  devices: { lo0: ['127.0.0.1', '::1'], em0: ['10.0.0.1', 'fe80::1', '2001:db8::5'] },
  broadcasts: ['10.0.0.255'],
  flags: { '2001:db8::5': 'duplicated' },
} as const;

test('privileged-5.8: the privilege came before the conflict', () => {
  const taken = (release: string, port = 80) =>
    last('openbsd', 'udp', `1 bind W port=${port}; 2 bind W port=${port} uid=7`, { release });
  expect([taken('5.8'), taken('6.0'), taken('6.4'), taken('7.8')]).toEqual([
    'EACCES',
    'EADDRINUSE or EACCES',
    'EADDRINUSE',
    'EADDRINUSE',
  ]);
  expect(taken('5.8', 20_000)).toBe('EADDRINUSE');
  const foreign = { release: '5.8', host: { addresses: ['127.0.0.1'] } };
  expect(last('openbsd', 'udp', '1 bind 10.0.0.1 port=80 uid=7', foreign)).toBe('EADDRNOTAVAIL');
});

describe('O1: on a multicast address either option is enough', () => {
  const both = (one: string, two: string, release?: string) =>
    on('udp', `1 bind 239.1.2.3 ${one} uid=7; 2 bind 239.1.2.3 ${two} uid=7`, release === undefined ? {} : { release });
  const strangers = (release?: string) =>
    on('udp', '1 bind 239.1.2.3 A uid=7; 2 bind 239.1.2.3 A uid=8', release === undefined ? {} : { release });

  test('the eight cases', () => {
    const got = ['A', 'P'].flatMap((one) => ['A', 'P'].map((two) => both(one, two)));
    expect(got).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect([both('-', 'A'), both('-', 'P'), both('A', '-'), both('P', '-')]).toEqual(Array(4).fill('EADDRINUSE'));
    expect(on('udp', '1 bind ff02::1 A; 2 bind ff02::1 P')).toBe('ok');
  });

  test('O1-multicast-owners: whoever owns them, since some release between 6.5 and 7.8', () => {
    expect([strangers('5.8'), strangers('6.4'), strangers('7.8'), strangers()]).toEqual([
      'EADDRINUSE',
      'EADDRINUSE',
      'ok',
      'ok',
    ]);
    expect(strangers('7.6')).toBe('ok or EADDRINUSE');
    expect(on('udp', '1 bind 239.1.2.3 A uid=7; 2 bind 239.1.2.3 A', { release: '6.4' })).toBe('ok');
    expect(on('udp', '1 bind 0.0.0.0 uid=7; 2 bind 239.1.2.3 A uid=8', { release: '6.4' })).toBe('EADDRINUSE');
  });

  test('up to 5.8 the second socket needs SO_REUSEADDR', () => {
    expect([both('A', 'P', '5.8'), both('P', 'A', '5.8'), both('A', 'P', '5.9')]).toEqual(['EADDRINUSE', 'ok', 'ok']);
  });
});

describe('O2: a disconnect of UDP leaves the wildcard', () => {
  test('also of a socket that was bound to an address', () => {
    expect(on('udp', '1 bind 10.0.0.1; 1 connect 10.0.0.1; 1 disconnect; 2 bind 10.0.0.2')).toBe('EADDRINUSE');
    expect(on('udp', '1 bind ::1; 1 connect ::1; 1 disconnect; 2 bind 2001:db8::1')).toBe('EADDRINUSE');
    expect(on('udp', '1 bind ::1; 1 connect ::1; 1 disconnect; 2 bind 10.0.0.1')).toBe('ok');
  });

  test('a second connect() begins with one', () => {
    expect(on('udp', '1 bind 10.0.0.1; 1 connect 10.0.0.1; 1 connect => EADDRINUSE; 2 bind 10.0.0.2')).toBe(
      'EADDRINUSE',
    );
    expect(on('udp', '1 bind 10.0.0.1; 1 connect 10.0.0.1; 1 connect 10.0.0.2; 2 bind 10.0.0.1')).toBe('ok');
  });

  test('what it returns', () => {
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect by=AF_UNSPEC')).toBe('EAFNOSUPPORT');
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect')).toBe('EISCONN');
    expect(on('udp', '1 bind :: v6only; 1 connect 127.0.0.1')).toBe('EADDRNOTAVAIL');
  });
});

describe('O3: the head of the port’s chain decides', () => {
  test('connect() puts a socket there', () => {
    const steps = '1 bind S - uid=1000; 2 bind 0.0.0.0 A uid=0; 1 connect 127.0.0.1; 3 bind S A uid=1000';
    expect(on('udp', steps)).toBe('ok');
    expect(on('tcp', steps)).toBe('ok');
    expect(lastRule('openbsd', 'udp', steps.replace('1 connect 127.0.0.1; ', ''))).toBe('exact-match');
  });

  test('and a disconnect does, so that another user’s socket is found first', () => {
    const steps =
      '1 bind 0.0.0.0 P uid=0; 2 bind 0.0.0.0 P uid=7 => ok; 1 connect 127.0.0.1; 1 disconnect; 3 bind S A uid=7';
    expect(on('udp', steps)).toBe('EADDRINUSE');
    expect(lastRule('openbsd', 'udp', steps)).toBe('O3-head-of-chain');
    expect(on('udp', steps.replace('1 connect 127.0.0.1; 1 disconnect; ', ''))).toBe('ok');
  });
});

describe('released: a TCP socket without a port', () => {
  test('after shutdown() of a listener, or of a bound socket', () => {
    expect(on('tcp', '1 bind S; 1 listen; 1 shutdown; 2 bind S')).toBe('ok');
    expect(on('tcp', '1 bind S; 1 shutdown; 2 bind S')).toBe('ok');
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 shutdown; 2 bind S')).toBe('EADDRINUSE');
  });

  test('what it can still do', () => {
    expect(on('tcp', '1 bind S; 1 listen; 1 shutdown; 1 listen')).toBe('EINVAL or ECONNRESET');
    expect(on('tcp', '1 bind S; 1 listen; 1 shutdown; 1 connect 127.0.0.1')).toBe('EOPNOTSUPP');
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1 => ECONNREFUSED; 1 connect 127.0.0.1')).toBe(
      'EINVAL or ECONNRESET',
    );
    expect(lastRule('openbsd', 'tcp', '1 bind S; 1 connect 127.0.0.1; 1 peer-reset; 1 bind S')).toBe('released');
  });
});

describe('connect()', () => {
  test('connect-port-0, connect-unicast', () => {
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1 to=127.0.0.1 toport=0')).toBe('EADDRNOTAVAIL');
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1 to=239.1.2.3')).toBe('ok');
    for (const to of ['239.1.2.3', '255.255.255.255', '0.0.0.0', '10.0.0.255']) {
      expect(on('tcp', `1 bind S; 1 connect 127.0.0.1 to=${to}`, { host: HOST }), to).toBe('EINVAL');
    }
  });

  test('connected-sendto: only an unconnected socket sends to an address, and none to port 0', () => {
    expect(on('udp', '1 bind S; 1 send to=127.0.0.1')).toBe('ok');
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 send to=127.0.0.1')).toBe('EISCONN');
    expect(on('udp', '1 bind S; 1 send to=127.0.0.1 toport=0')).toBe('EADDRNOTAVAIL');
  });

  test('connect-same-peer: the name that the socket would have counts', () => {
    const first = '1 bind 0.0.0.0 P; 1 connect 127.0.0.1 to=10.9.9.9; 2 bind 0.0.0.0 P';
    expect(on('udp', `${first}; 2 connect 127.0.0.1 to=10.9.9.9`)).toBe('EADDRINUSE');
    expect(on('udp', `${first}; 2 connect 10.0.0.1 to=10.9.9.9`)).toBe('ok');
  });

  test('connect-from-broadcast', () => {
    const bind = (id: number) => `${id} bind 255.255.255.255 P; ${id} connect 10.0.0.1 to=10.9.9.9`;
    expect(on('udp', `${bind(1)}; ${bind(2)}`)).toBe('ok');
    expect(on('udp', `1 bind 0.0.0.0 P; 1 connect 10.0.0.1 to=10.9.9.9; ${bind(2)}`)).toBe('EADDRINUSE');
  });

  test('connect-from-broadcast: where the route is not told, both are allowed', () => {
    const bound = (id: number, local = '') => `${id} bind 255.255.255.255 P; ${id} connect ${local} to=10.9.9.9`;
    expect(on('udp', `${bound(1)}; ${bound(2)}`)).toBe('ok');
    const held = '1 bind 0.0.0.0 P; 1 connect 10.0.0.1 to=10.9.9.9';
    expect(on('udp', `${held}; ${bound(2)}`)).toBe('EADDRINUSE or ok');
    expect(on('udp', `${held}; ${bound(2, '255.255.255.255')}`)).toBe('EADDRINUSE or ok');
    expect(on('udp', `${held}; ${bound(2, '127.0.0.1')}`)).toBe('ok');
  });

  test('connect-mapped: before what the IPv4 address is, and for sendto()', () => {
    for (const to of ['::ffff:239.1.2.3', '::ffff:0.0.0.0', '::ffff:10.0.0.255', '::ffff:255.255.255.255']) {
      expect(on('tcp', `1 bind ::; 1 connect ::1 to=${to}`, { host: HOST }), to).toBe('EADDRNOTAVAIL');
    }
    expect(on('tcp', '1 bind ::; 1 connect ::1 to=ff02::5%em0', { host: HOST })).toBe('EINVAL');
    expect(on('udp', '1 bind ::1; 1 send to=::ffff:10.9.9.9')).toBe('EADDRNOTAVAIL');
    expect(on('udp', '1 bind ::1; 1 connect ::1; 1 send to=::ffff:10.9.9.9')).toBe('EADDRNOTAVAIL');
  });

  test('connect-scope', () => {
    const to = (step: string) => on('udp', `1 bind ::1; 1 ${step}`, { host: HOST });
    expect([to('connect ::1 to=fe80::9%em9'), to('send to=fe80::9%em9')]).toEqual(['EINVAL', 'EINVAL']);
    expect([to('connect fe80::1 to=fe80::9%em0'), to('send to=ff02::5%em0')]).toEqual(['ok', 'ok']);
    expect(to('connect ::1; 1 send to=fe80::9%em9')).toBe('EISCONN');
  });

  test('disconnect-tcp', () => {
    expect(on('tcp', '1 bind S; 1 disconnect')).toBe('EAFNOSUPPORT');
    expect(on('tcp', '1 bind S; 1 listen; 1 disconnect')).toBe('EOPNOTSUPP');
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect')).toBe('EISCONN');
  });
});

test('v6only-late', () => {
  expect(on('udp', '1 bind ::; 1 set v6only=1')).toBe('EINVAL');
});

test('accepted sockets have the owner of the listener', () => {
  const steps = '1 bind S uid=7; 1 listen; 2 accept 127.0.0.1 from=1 uid=8; 1 close; 3 bind S A uid=8';
  expect(on('tcp', steps)).toBe('EADDRINUSE');
});

test('kinds of addresses', () => {
  const bind = (protocol: 'udp' | 'tcp', words: string) => on(protocol, `1 bind ${words}`, { host: HOST });
  for (const name of ['255.255.255.255', '10.0.0.255']) {
    expect([bind('udp', name), bind('tcp', name)], name).toEqual(['ok', 'EADDRNOTAVAIL']);
  }
  for (const name of ['127.0.0.2', '::10.0.0.1', '::ffff:0.0.0.0', '::ffff:127.0.0.1', '2001:db8::5', 'fe80::1']) {
    expect(bind('udp', name), name).toBe('EADDRNOTAVAIL');
  }
  expect(
    ['fe80::1%em0', 'fe80::1%lo0', 'fe80::1%em9', 'ff02::1', 'ff02::1%em9'].map((name) => bind('udp', name)),
  ).toEqual(['ok', 'EADDRNOTAVAIL', 'EINVAL', 'ok', 'EINVAL']);
  expect([bind('tcp', '192.0.2.9 any'), bind('tcp', '::ffff:192.0.2.9 any')]).toEqual(['ok', 'EADDRNOTAVAIL']);
  expect(bind('tcp', '224.0.0.1')).toBe('ok');
});

test('a port that the system chooses', () => {
  const choose = (held: string, next: string) => on('udp', `1 bind ${held} uid=7; 2 bind ${next} chosen uid=8`);
  expect(choose('0.0.0.0', 'S A')).toBe('ok');
  expect(choose('0.0.0.0', 'S -')).toBe('EADDRINUSE');
  expect(choose('S P', 'S P')).toBe('EADDRINUSE');
});
