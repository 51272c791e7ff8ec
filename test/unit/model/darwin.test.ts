import { describe, expect, test } from 'vitest';
import { last, lastRule, play, sockname } from './steps.ts';

const on = (protocol: 'udp' | 'tcp', text: string, setting = {}) => last('darwin', protocol, text, setting);
const HOST = {
  addresses: ['127.0.0.1', '::1', '10.0.0.1', 'fe80::1', '2001:db8::5', '2001:db8::6', '2001:db8::7'],
  devices: { lo0: ['127.0.0.1', '::1'], en0: ['10.0.0.1', 'fe80::1', '2001:db8::5', '2001:db8::6', '2001:db8::7'] },
  broadcasts: ['10.0.0.255'],
  flags: { '2001:db8::5': 'tentative', '2001:db8::6': 'deprecated', '2001:db8::7': 'anycast' },
} as const;

describe('K1: the newest in the hash chain decides among duplicates', () => {
  const sequence = (first: string, second: string) =>
    `1 bind 0.0.0.0 ${first}; 1 connect 127.0.0.1; 2 bind 0.0.0.0 ${second}; 1 disconnect; 3 bind 0.0.0.0 P`;

  test('a disconnect puts the socket first', () => {
    expect(on('udp', sequence('-', 'P'))).toBe('EADDRINUSE');
    expect(on('udp', sequence('P', 'A'))).toBe('ok');
    expect(lastRule('darwin', 'udp', sequence('-', 'P'))).toBe('K1-newest-in-hash');
  });

  test('a lookup for any overlap goes by the order of bind', () => {
    const steps = '1 bind S P; 1 connect 127.0.0.1; 2 bind S P; 1 disconnect; 1 connect 127.0.0.1; 3 bind S -';
    expect(play('darwin', 'udp', steps).at(-1)?.holder).toBe(2);
    const owners =
      '1 bind 0.0.0.0 P uid=7; 2 bind 0.0.0.0 P uid=0; 1 connect 127.0.0.1; 1 disconnect; 3 bind S A uid=7';
    expect(play('darwin', 'udp', owners).at(-1)?.holder).toBe(2);
  });
});

describe('K2: a dual-stack socket stays in the stack that it connected in', () => {
  test.each([
    ['::1', '0.0.0.0', 'ok'],
    ['::1', '::1', 'EADDRINUSE'],
    ['::ffff:127.0.0.1', '::1', 'ok'],
    ['127.0.0.1', '127.0.0.1', 'EADDRINUSE'],
  ])('connected at %s, then a bind to %s', (local, next, outcome) => {
    expect(on('udp', `1 bind :: dual; 1 connect ${local}; 1 disconnect; 2 bind ${next}`)).toBe(outcome);
  });

  test('and cannot connect in the other', () => {
    expect(on('udp', '1 bind :: dual; 1 connect ::1; 1 connect 127.0.0.1', { release: '15.4' })).toBe('EINVAL');
    expect(on('tcp', '1 bind ::1; 1 connect 127.0.0.1', { release: '15.4' })).toBe('EAFNOSUPPORT');
    expect(on('tcp', '1 bind :: v6only; 1 connect 127.0.0.1', { release: '15.4' })).toBe('EAFNOSUPPORT');
    expect(on('udp', '1 bind ::ffff:127.0.0.1; 1 connect ::1')).toBe('EINVAL');
  });

  test('a TCP connect that fails leaves it in one stack too, of UDP it does not', () => {
    const steps = '1 bind :: dual; 1 connect ::1 => EHOSTUNREACH; 2 bind 0.0.0.0';
    expect([on('tcp', steps), on('udp', steps)]).toEqual(['ok', 'EADDRINUSE']);
  });
});

test('connect-other-stack-15.0: connect() did not look at the stack of the socket', () => {
  const udp = (release: string) => on('udp', '1 bind :: dual; 1 connect ::1; 1 connect 127.0.0.1', { release });
  expect(['14.0', '24.0.0', '11215.1.10', '15.2', '15.4', 'xnu-11417.101.15', '26.0'].map(udp)).toEqual([
    'ok',
    'ok',
    'ok',
    'EINVAL or ok',
    'EINVAL',
    'EINVAL',
    'EINVAL',
  ]);
  const moved = '1 bind :: dual; 1 connect ::1; 1 disconnect; 1 connect 127.0.0.1; 2 bind';
  expect(on('udp', `${moved} ::1`, { release: '14.0' })).toBe('ok');
  expect(on('udp', `${moved} 127.0.0.1`, { release: '14.0' })).toBe('EADDRINUSE');
});

test('releases: by the number of macOS, of Darwin, and of a build of XNU', () => {
  const low = (release: string) => on('udp', '1 bind 0.0.0.0 port=80 uid=7', { release });
  expect(['10.13', '17.7.0', '4570.1.46', 'xnu-4570.71.2'].map(low)).toEqual(Array(4).fill('EACCES'));
  expect(['10.14', '18.0.0', '4903.221.2', '8019.41.5', '25.1.0', '26.0'].map(low)).toEqual(Array(6).fill('ok'));
});

test('connect-name, send-source: sendto() over IPv4 looks for its source address', () => {
  const send = (name: string, to: string, toport = 9) =>
    on('udp', `1 bind ${name}; 1 send to=${to} toport=${toport}`, { host: HOST });
  expect([send('0.0.0.0', '10.0.0.9', 0), send('10.0.0.1', '10.0.0.9', 0)]).toEqual(['EADDRNOTAVAIL', 'ok']);
  expect([send('::1', '::1', 0), send(':: dual', '::ffff:10.0.0.9', 0)]).toEqual(['EADDRNOTAVAIL', 'EADDRNOTAVAIL']);
  for (const name of ['239.1.2.3', '10.0.0.255']) expect(send(name, '10.0.0.9'), name).toBe('EADDRNOTAVAIL');
  expect([send('::1 dual', '::ffff:10.0.0.9'), send(':: v6only', '::ffff:10.0.0.9')]).toEqual(['EADDRNOTAVAIL', 'ok']);
});

test('connect-same-peer: a wildcard as the peer is an address of the machine', () => {
  const twice = (name: string, local: string, one: string, other: string) =>
    on('udp', `1 bind ${name} P; 2 bind ${name} P; 1 connect ${local} to=${one}; 2 connect ${local} to=${other}`);
  expect(twice('0.0.0.0', '127.0.0.1', '0.0.0.0', '127.0.0.1')).toBe('EADDRINUSE');
  expect(twice('::1', '::1', '::', '::1')).toBe('EADDRINUSE');
  expect(twice('::ffff:127.0.0.1', '127.0.0.1', '::', '::ffff:127.0.0.1')).toBe('EADDRINUSE');
  expect(twice('::1', '::1', '::', '::2')).toBe('ok');
});

test('peer-scope: a peer with the scope of no interface is invalid, and leaves a TCP socket in IPv6', () => {
  const to = 'to=fe80::9%en9';
  for (const protocol of ['udp', 'tcp'] as const) {
    expect(on(protocol, `1 bind :: dual; 1 connect fe80::1 ${to}`, { host: HOST })).toBe('EINVAL');
    expect(on(protocol, `1 bind :: dual; 1 connect fe80::1 ${to} toport=0`, { host: HOST })).toBe('EADDRNOTAVAIL');
  }
  expect(on('tcp', `1 bind :: dual; 1 connect fe80::1 ${to}; 2 bind 0.0.0.0`, { host: HOST })).toBe('ok');
  expect(on('udp', `1 bind :: dual; 1 send ${to}`, { host: HOST })).toBe('EINVAL');
  expect(on('udp', `1 bind :: dual; 1 connect ::1 to=::1; 1 send ${to}`, { host: HOST })).toBe('EISCONN');
});

test('connect-self: a TCP socket cannot connect to its own name over IPv4', () => {
  const self = (name: string, local: string) =>
    on('tcp', `1 bind ${name}; 1 connect ${local} to=${local} toport=20000`);
  expect([self('W port=20000', '127.0.0.1'), self(':: dual port=20000', '::ffff:127.0.0.1')]).toEqual([
    'EINVAL',
    'EINVAL',
  ]);
  expect(self('::1 port=20000', '::1')).toBe('ok');
  expect(on('tcp', '1 bind W port=20000; 1 connect 127.0.0.1 to=127.0.0.1 toport=20001')).toBe('ok');
});

describe('connect-chooses-first: the port of a socket whose connect() or sendto() failed', () => {
  test('TCP keeps it, in the stack of the peer', () => {
    const failed = '1 autobind 0.0.0.0 :: dual to=::ffff:192.0.2.1 => ENETUNREACH';
    expect(on('tcp', `${failed}; 1 bind W`)).toBe('EINVAL');
    expect(on('tcp', `${failed}; 2 bind 127.0.0.1`)).toBe('EADDRINUSE');
    expect(on('tcp', `${failed}; 2 bind ::1`)).toBe('ok');
    expect(on('tcp', '1 autobind 0.0.0.0 W to=192.0.2.1 toport=0; 2 bind W')).toBe('EADDRINUSE');
    expect(on('tcp', '1 autobind 0.0.0.0 W to=239.1.2.3; 2 bind W')).toBe('ok');
  });

  test('UDP has none, except where the datagram was refused', () => {
    expect(on('udp', '1 autobind 0.0.0.0 W to=192.0.2.1 => ENETUNREACH; 2 bind W')).toBe('ok');
    expect(on('udp', '1 autosend W to=192.0.2.1 => ENETUNREACH; 2 bind W')).toBe('ok');
    expect(on('udp', '1 autosend W to=192.0.2.255 => EACCES; 2 bind W')).toBe('EADDRINUSE');
  });
});

test('getsockname() says :: for the v4-mapped wildcard', () => {
  const name = (system: 'darwin' | 'freebsd', text: string) => sockname(system, 'udp', text);
  expect(name('darwin', '1 bind ::ffff:0.0.0.0')).toBe('::');
  expect(name('darwin', '1 bind ::ffff:127.0.0.1; 1 connect 127.0.0.1; 1 disconnect')).toBe('::');
  expect(name('freebsd', '1 bind ::ffff:0.0.0.0')).toBe('::ffff:0.0.0.0');
});

test('chosen: 55555 is not, for UDP either', () => {
  expect([55_555, 55_556].map((port) => on('udp', `1 bind S chosen port=${port}`))).toEqual(['EADDRINUSE', 'ok']);
});

test('K3: only TCP 55555 is restricted', () => {
  const got = [55_555, 61_314, 61_315, 62_742, 62_743].map((port) => on('tcp', `1 bind S port=${port} uid=0`));
  expect(got).toEqual(['EADDRINUSE', 'ok', 'ok', 'ok', 'ok']);
  expect(on('udp', '1 bind S port=61314')).toBe('ok');
});

test('K4: TCP on v4-compatible and v4-mapped groups', () => {
  for (const name of [
    '::224.0.0.1',
    '::e000:1',
    '::255.255.255.255',
    '::ffff:224.0.0.1',
    'ff02::1',
    '255.255.255.255',
  ]) {
    expect(on('tcp', `1 bind ${name}`), name).toBe('EAFNOSUPPORT');
  }
  expect(on('tcp', '1 bind ::ffff:224.0.0.1 v6only')).toBe('EAFNOSUPPORT');
  expect(on('udp', '1 bind ::224.0.0.1')).toBe('EADDRNOTAVAIL');
  expect(on('udp', '1 bind ::ffff:224.0.0.1')).toBe('ok');
});

describe('K5: what a disconnect returns', () => {
  const after = (name: string, local: string, by: string) =>
    on('udp', `1 bind ${name}; 1 connect ${local}; 1 disconnect ${by}`);

  test('connect() to AF_UNSPEC', () => {
    expect(after('0.0.0.0', '127.0.0.1', 'by=AF_UNSPEC')).toBe('EAFNOSUPPORT');
    expect(after('::1', '::1', 'by=AF_UNSPEC')).toBe('EAFNOSUPPORT or EINVAL');
    expect(after(':: dual', '127.0.0.1', 'by=AF_UNSPEC')).toBe('EADDRNOTAVAIL');
    expect(after('::ffff:127.0.0.1', '127.0.0.1', 'by=AF_UNSPEC')).toBe('EADDRNOTAVAIL');
  });

  test('disconnectx(), or who does not say', () => {
    expect(after('0.0.0.0', '127.0.0.1', 'by=disconnectx')).toBe('ok');
    expect(after('0.0.0.0', '127.0.0.1', '')).toBe('EAFNOSUPPORT or ok');
  });

  test('the connection is gone whatever it returned; of TCP it stays', () => {
    const steps = '1 bind S; 1 connect 127.0.0.1; 1 disconnect by=AF_UNSPEC; 2 bind 10.0.0.1';
    expect([on('udp', steps), on('tcp', steps)]).toEqual(['EADDRINUSE', 'ok']);
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect by=AF_UNSPEC')).toBe('EISCONN');
  });

  test('a socket that is not connected keeps its name', () => {
    expect(on('udp', '1 bind S; 1 disconnect; 2 bind 10.0.0.1')).toBe('ok');
  });
});

describe('K6: a second connect() chooses the local address again', () => {
  test('also one that was bound', () => {
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 connect 10.0.0.1; 2 bind S')).toBe('ok');
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 connect 10.0.0.1; 2 bind 10.0.0.1')).toBe('EADDRINUSE');
  });

  test('one that fails leaves it disconnected', () => {
    expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 connect => ENETUNREACH; 2 bind 10.0.0.1')).toBe('EADDRINUSE');
  });

  test('of TCP it is refused', () => {
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 connect 10.0.0.1')).toBe('EISCONN');
    expect(on('tcp', '1 bind S; 1 listen; 1 connect 127.0.0.1')).toBe('EOPNOTSUPP');
  });

  test('two connections of one address to one peer', () => {
    const steps = '1 bind S P; 2 bind S P; 1 connect 127.0.0.1 to=10.0.0.9; 2 connect 127.0.0.1 to=10.0.0.9';
    expect(on('udp', steps)).toBe('EADDRINUSE');
    expect(on('udp', `${steps.slice(0, -1)}8`)).toBe('ok');
  });
});

test('K7: an accepted socket keeps the owner of the listener', () => {
  const steps = '1 bind S uid=7; 1 listen; 2 accept 127.0.0.1 from=1 uid=8; 1 close; 3 bind S A uid=8';
  expect(on('tcp', steps)).toBe('EADDRINUSE');
  expect(on('tcp', steps.replace('S A uid=8', 'S A uid=7'))).toBe('ok');
});

test('K8: an interface’s broadcast address can be bound', () => {
  for (const protocol of ['udp', 'tcp'] as const) {
    expect(on(protocol, '1 bind 10.0.0.255', { host: HOST })).toBe('ok');
    expect(on(protocol, '1 bind ::ffff:10.0.0.255', { host: HOST })).toBe('ok');
  }
  expect(lastRule('darwin', 'udp', '1 bind 10.0.0.255', { host: HOST })).toBe('broadcast');
  expect(on('udp', '1 bind 255.255.255.255', { host: HOST })).toBe('EADDRNOTAVAIL');
});

test('K9: with too many UDP wildcards nothing of that family can be bound', () => {
  const host = { udpWildcardPorts: { inet: 61_440 } };
  const got = ['127.0.0.1', '::ffff:127.0.0.1', '::1'].map((name) => on('udp', `1 bind ${name}`, { host }));
  expect(got).toEqual(['EADDRNOTAVAIL', 'EADDRNOTAVAIL', 'ok']);
  expect(on('tcp', '1 bind S', { host })).toBe('ok');
  expect(on('udp', '1 bind S', { host: { udpWildcardPorts: { inet: 61_439 } } })).toBe('ok');
});

test('a wildcard below 1024 is free for all from 10.14 on', () => {
  const bind = (release: string) => on('tcp', '1 bind 0.0.0.0 port=80 uid=501', { release });
  expect(['10.13', '17.7.0', '10.14', '18.0.0', '11', '15.4', '24.4.0', '26.1'].map(bind)).toEqual([
    'EACCES',
    'EACCES',
    'ok',
    'ok',
    'ok',
    'ok',
    'ok',
    'ok',
  ]);
  expect(() => bind('Sonoma')).toThrow(/not a release of macOS: Sonoma/);
});

test('addresses that mean something with a scope only, and those that are not ready', () => {
  const bind = (words: string) => on('udp', `1 bind ${words}`, { host: HOST });
  expect(bind('fe80::1')).toBe('EADDRNOTAVAIL');
  expect(bind('fe80::1%en0')).toBe('ok');
  expect(bind('fe80::1%lo0')).toBe('EADDRNOTAVAIL');
  expect(bind('fe80::1%en9')).toBe('EINVAL');
  expect(bind('2001:db8::5')).toBe('EADDRNOTAVAIL');
  expect(bind('2001:db8::6')).toBe('ok');
  expect(bind('2001:db8::7')).toBe('EADDRNOTAVAIL');
});

test('link-local names of two scopes are two names', () => {
  expect(on('udp', '1 bind fe80::1%en0; 2 bind fe80::1%en1')).toBe('ok');
  expect(on('udp', '1 bind fe80::1%en0; 2 bind fe80::1%en0')).toBe('EADDRINUSE');
});

test('a port that the system chooses', () => {
  const choose = (held: string, next: string) => on('udp', `1 bind ${held}; 2 bind ${next} chosen`);
  expect(choose('S', '0.0.0.0 A')).toBe('EADDRINUSE');
  expect(choose('::1', ':: v6only A')).toBe('ok');
  expect(choose('::1', ':: v6only -')).toBe('EADDRINUSE');
  expect(choose('0.0.0.0', ':: dual -')).toBe('ok');
});

test('a connection that was reset or refused gives the port up', () => {
  expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 peer-reset; 2 bind S')).toBe('ok');
  expect(on('tcp', '1 bind S; 1 connect => ECONNREFUSED; 2 bind S')).toBe('ok');
  expect(on('tcp', '1 bind S; 1 connect => EHOSTUNREACH; 2 bind S')).toBe('EADDRINUSE');
});

describe('K5-tcp', () => {
  test('connect() to AF_UNSPEC dissolves nothing', () => {
    expect(on('tcp', '1 bind S; 1 disconnect by=AF_UNSPEC')).toBe('EAFNOSUPPORT');
    expect(on('tcp', '1 bind S; 1 listen; 1 disconnect by=AF_UNSPEC')).toBe('EOPNOTSUPP');
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect by=AF_UNSPEC; 2 bind S -')).toBe('EADDRINUSE');
  });

  test('it leaves a dual-stack socket in IPv6', () => {
    expect(on('tcp', '1 bind :: dual; 1 disconnect by=AF_UNSPEC')).toBe('EAFNOSUPPORT or EINVAL');
    expect(on('tcp', '1 bind :: dual; 1 disconnect by=AF_UNSPEC; 2 bind 0.0.0.0')).toBe('ok');
    expect(on('tcp', '1 bind :: dual; 1 disconnect by=AF_UNSPEC; 2 bind ::1')).toBe('EADDRINUSE');
  });

  test('after disconnectx() the name is held while the connection is closed', () => {
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect by=disconnectx; 2 bind S -')).toBe('EADDRINUSE');
    expect(on('tcp', '1 bind S; 1 listen; 1 disconnect by=disconnectx; 2 bind S -')).toBe('ok');
  });
});

test('K5-disconnect: disconnectx() of a UDP socket without a connection', () => {
  expect(on('udp', '1 bind S; 1 disconnect by=disconnectx')).toBe('ENOTCONN');
});

test('connect-other-stack: a v4-mapped peer with IPV6_V6ONLY=1, by release', () => {
  const got = [undefined, '15.4', '15.2', '15.0', '10.13'].map((release) =>
    on('tcp', '1 bind :: v6only; 1 connect 127.0.0.1', release === undefined ? {} : { release }),
  );
  expect(got).toEqual(['EAFNOSUPPORT or EINVAL', 'EAFNOSUPPORT', 'EAFNOSUPPORT or EINVAL', 'EINVAL', 'EINVAL']);
  expect(lastRule('darwin', 'tcp', '1 bind :: v6only; 1 connect 127.0.0.1', { release: '15.0' })).toBe(
    'connect-other-stack-15.0',
  );
});

test('connect-other-stack: a UDP socket that is in IPv4 takes :: for 0.0.0.0', () => {
  const to = (peer: string) => on('udp', `1 bind ::ffff:127.0.0.1; 1 connect 127.0.0.1 to=${peer}`);
  expect([to('::'), to(':: toport=0'), to('::1')]).toEqual(['ok', 'EADDRNOTAVAIL', 'EINVAL']);
});

test('connect-name: sendto() to port 0, and from a connected socket', () => {
  expect(on('udp', '1 bind W; 1 send to=127.0.0.1 toport=0')).toBe('EADDRNOTAVAIL');
  expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 send to=127.0.0.1 toport=0')).toBe('EISCONN');
  expect(on('udp', '1 bind ::1; 1 connect ::1; 1 send to=::1 toport=0')).toBe('EADDRNOTAVAIL');
});

test('connect-v6only-udp: it is an IPv6 address', () => {
  expect(on('udp', '1 bind ::1 v6only; 1 connect to=::ffff:192.0.2.9')).toBe('ok');
  expect(on('udp', '1 bind :: v6only; 1 connect to=::ffff:192.0.2.9')).toContain('EHOSTUNREACH or ENETUNREACH');
});

test('connect-name: port 0, and groups for TCP', () => {
  expect(on('udp', '1 bind S; 1 connect 127.0.0.1 to=192.0.2.9 toport=0')).toBe('EADDRNOTAVAIL');
  const tcp = (to: string) => on('tcp', `1 bind :: dual; 1 connect to=${to}`);
  expect(['224.0.0.9', '::ffff:224.0.0.9', '::224.0.0.9', '255.255.255.255', 'ff02::1'].map(tcp)).toEqual(
    Array.from({ length: 5 }, () => 'EAFNOSUPPORT'),
  );
  expect(on('udp', '1 bind S; 1 connect to=224.0.0.9')).toBe('ok');
});

test('connect-same-peer: by the address that the system chose for a wildcard, and in mapped form too', () => {
  const first = '1 bind S P; 1 connect 127.0.0.1 to=192.0.2.9';
  expect(on('udp', `${first}; 2 bind 0.0.0.0 P; 2 connect 127.0.0.1 to=192.0.2.9`)).toBe('EADDRINUSE');
  expect(on('udp', `${first}; 2 bind 0.0.0.0 P; 2 connect 10.0.0.1 to=192.0.2.9`)).toBe('ok');
  expect(on('udp', `${first}; 2 bind :: dual P; 2 connect 127.0.0.1 to=::ffff:192.0.2.9`)).toBe('EADDRINUSE');
});

test('reset: no call brings the socket back', () => {
  const reset = '1 bind S; 1 connect 127.0.0.1; 1 peer-reset';
  expect(on('tcp', `${reset}; 1 listen`)).toBe('EINVAL');
  expect(on('tcp', `${reset}; 1 bind S`)).toBe('EINVAL');
  expect(on('tcp', `${reset}; 1 connect 127.0.0.1`)).toBe('EINVAL or ECONNRESET');
});

test('shutdown: only of a connection; a listener goes on listening', () => {
  expect(on('tcp', '1 bind S; 1 shutdown')).toBe('ENOTCONN');
  expect(on('udp', '1 bind S; 1 shutdown')).toBe('ENOTCONN');
  expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 shutdown')).toBe('ok');
  expect(on('tcp', '1 bind S; 1 listen; 1 shutdown; 1 connect 127.0.0.1')).toBe('EOPNOTSUPP');
});

test('v6only-late: it can only be set before bind()', () => {
  expect(on('udp', '1 bind :: dual; 1 set v6only=1')).toBe('EINVAL');
  expect(on('udp', '1 bind :: dual; 1 set v6only=1; 2 bind S -')).toBe('EADDRINUSE');
});

test('connected-sendto: sendto() on a connected socket', () => {
  expect(on('udp', '1 bind S; 1 send to=192.0.2.9')).toBe('ok');
  expect(on('udp', '1 bind S; 1 connect 127.0.0.1; 1 send to=192.0.2.9')).toBe('EISCONN');
});
