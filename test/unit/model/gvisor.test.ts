import { describe, expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import { last, lastRule } from './steps.ts';
import { answer, compare, socket } from './table.ts';

const SHARED = `
| first \\ second | W - | W A | W P | W AP | S - | S A | S P | S AP |
| W - / S - | X | X | X | X | X | X | X | X |
| W A / S A | X | ok | X | ok | X | ok | X | ok |
| W P / S P | X | X | ok | ok | X | X | ok | ok |
| W AP / S AP | X | ok | ok | ok | X | ok | ok | ok |`;

const LISTENING = `
| first \\ second | W - | W A | W P | W AP | S - | S A | S P | S AP |
| W - / S - | X | X | X | X | X | X | X | X |
| W A | X | X | X | X | X | ok | X | ok |
| W P | X | X | ok | ok | X | X | ok | ok |
| W AP | X | X | ok | ok | X | ok | ok | ok |
| S A | X | ok | X | ok | X | X | X | X |
| S P | X | X | ok | ok | X | X | ok | ok |
| S AP | X | ok | ok | ok | X | X | ok | ok |`;

const USERS = [{}, { first: { uid: 1000 }, second: { uid: 1001 } }] as const;

test.each(['udp', 'tcp'] as const)('%s, whoever owns them', (protocol) => {
  for (const users of USERS) {
    const { said, modelled } = compare(SHARED, { system: 'gvisor', protocol, ...users });
    expect(modelled).toEqual(said);
  }
});

test('TCP, first listening', () => {
  const { said, modelled } = compare(LISTENING, { system: 'gvisor', first: { state: 'listening' } });
  expect(modelled).toEqual(said);
});

test('a listening dual-stack :: reserves 0.0.0.0', () => {
  const first = { state: 'listening' } as const;
  expect(answer(':: dual A', '0.0.0.0 A', { system: 'gvisor', first })).toBe('X');
});

test('listen() asks again', () => {
  const { after } = models.gvisor
    .simulate()
    .step({ op: 'bind', socket: 0, ...socket('S A') })
    .after.step({ op: 'bind', socket: 1, ...socket('S A') })
    .after.step({ op: 'listen', socket: 0 });
  expect(after.step({ op: 'listen', socket: 1 }).prediction.outcomes).toEqual(['EADDRINUSE']);
});

describe('three and more', () => {
  test('a flag must be common to all reservations of an address', () => {
    const three = (names: readonly string[], next: string) =>
      models.gvisor
        .predict(
          names.map((name) => socket(name, 'udp')),
          socket(next, 'udp'),
        )
        .bind.outcomes.join();
    expect(three(['S AP', 'S A'], 'S P')).toBe('EADDRINUSE');
    expect(three(['S AP', 'S A'], 'S A')).toBe('ok');
  });

  test('a flag that each shares, but not all of them, is not enough', () => {
    const present = [socket('S A', 'tcp', { device: 'lo' }), socket('S P', 'tcp', { device: 'd0' })];
    const { bind, refused } = models.gvisor.predict(present, socket('S AP'));
    expect([bind.outcomes.join(), refused]).toEqual(['EADDRINUSE', []]);
  });

  test('T2 is not there', () => {
    const present = [socket('127.0.0.1 A'), socket('0.0.0.0 AP')];
    expect(models.gvisor.predict(present, socket('127.0.0.1 P')).bind.outcomes).toEqual(['EADDRINUSE']);
  });
});

test('options are frozen when the socket is bound', () => {
  const { prediction } = models.gvisor
    .simulate()
    .step({ op: 'bind', socket: 0, ...socket('S -') })
    .after.step({ op: 'set', socket: 0, options: { reuseaddr: true } })
    .after.step({ op: 'bind', socket: 1, ...socket('S A') });
  expect(prediction.outcomes).toEqual(['EADDRINUSE']);
});

test('a connected UDP wildcard still reserves the wildcard, and the V6ONLY quirk is not there', () => {
  const connected = { system: 'gvisor', protocol: 'udp', first: { state: 'connected', local: '127.0.0.1' } } as const;
  expect(answer('0.0.0.0', '127.0.0.2', connected)).toBe('X');
  const accepted = { system: 'gvisor', first: { state: 'accepted', local: '::1' } } as const;
  expect(answer(':: dual', '0.0.0.0', accepted)).toBe('ok');
});

test('a connection spoils only the sharing by SO_REUSEADDR', () => {
  const question = { system: 'gvisor', first: { state: 'accepted', local: '127.0.0.1' } } as const;
  expect(answer('S A', 'S A', question)).toBe('ok');
  expect(answer('S -', 'S A', question)).toBe('X');
  expect(answer('S -', 'S -', question)).toBe('X');
  const { bind } = models.gvisor.predict([socket('S -', 'tcp', question.first)], socket('S P'));
  expect(bind.outcomes).toEqual(['ok']);
});

describe('connect(), as seen on runsc', () => {
  const on = (protocol: 'udp' | 'tcp', text: string) => last('gvisor', protocol, text);
  const twice = (protocol: 'udp' | 'tcp', one: string, other = one) =>
    on(
      protocol,
      `1 bind ${one}; 1 connect 127.0.0.1 to=127.0.0.1; 2 bind ${other} => ok; 2 connect 127.0.0.1 to=127.0.0.1`,
    );

  test('connect-same-peer', () => {
    expect(['S A', 'S P', 'S AP'].map((name) => twice('tcp', name))).toEqual(Array(3).fill('EADDRNOTAVAIL'));
    expect(twice('tcp', 'W A', 'S A')).toBe('EADDRNOTAVAIL');
    expect(['S A', 'S P', 'S AP'].map((name) => twice('udp', name))).toEqual(['ok', 'EADDRINUSE', 'ok']);
    expect([twice('udp', 'W P'), twice('udp', 'W P', 'S P'), twice('udp', 'S P', 'S AP')]).toEqual([
      'EADDRINUSE',
      'ok',
      'EADDRINUSE',
    ]);
  });

  test('connect-other-stack', () => {
    expect(on('udp', '1 bind ::ffff:127.0.0.1 dual; 1 connect ::1')).toBe('EINVAL');
    expect(on('tcp', '1 bind :: v6only; 1 connect 127.0.0.1')).toBe('EHOSTUNREACH');
    expect(on('tcp', '1 bind ::1 dual; 1 connect 127.0.0.1')).toBe('ENETUNREACH');
    expect(on('udp', '1 bind :: dual; 1 connect ::1; 1 connect 127.0.0.1')).toBe('ok');
  });

  test('connect-again, released', () => {
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 connect 127.0.0.1')).toBe('EISCONN');
    expect(on('tcp', '1 bind S; 1 listen; 1 connect 127.0.0.1')).toBe('EINVAL');
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1 => ECONNREFUSED; 1 connect 127.0.0.1')).toBe('ECONNABORTED');
    for (const lost of ['connect 127.0.0.1 => ECONNREFUSED', 'connect 127.0.0.1; 1 peer-reset']) {
      expect(on('tcp', `1 bind S; 1 ${lost}; 1 listen`), lost).toBe('EINVAL');
      expect(on('tcp', `1 bind S; 1 ${lost}; 2 bind S`), lost).toBe('ok');
    }
  });

  test('disconnect-tcp, disconnect-autobound', () => {
    expect(on('tcp', '1 bind S; 1 connect 127.0.0.1; 1 disconnect')).toBe('EAFNOSUPPORT');
    expect(on('udp', '1 autobind 127.0.0.1 W -; 1 disconnect; 2 bind W')).toBe('ok');
    expect(on('udp', '1 autosend W; 1 disconnect; 2 bind W')).toBe('EADDRINUSE');
  });

  test('a port that connect() chose is reserved on the local address, with the options of the socket', () => {
    const beside = (one: string, other: string) => on('udp', `1 autobind 127.0.0.1 W ${one}; 2 bind ${other}`);
    expect([beside('-', 'S A'), beside('A', 'S A'), beside('A', 'W P'), beside('P', 'W P')]).toEqual([
      'EADDRINUSE',
      'ok',
      'EADDRINUSE',
      'ok',
    ]);
    expect(beside('-', '127.0.0.2 -')).toBe('ok');
  });

  test('registered: a disconnect registers a UDP socket with its options of that moment', () => {
    const cleared = '1 bind S A; 1 connect 127.0.0.1; 1 set A=0; 1 disconnect; 2 bind S A';
    expect(on('udp', cleared)).toBe('EADDRINUSE');
    expect(on('udp', cleared.replace('1 set A=0; ', ''))).toBe('ok');
    const held = '1 bind S A; 2 bind S A; 1 set A=0; 1 connect 127.0.0.1; 1 disconnect';
    expect(on('udp', held)).toBe('EADDRINUSE');
    expect(on('udp', `${held}; 1 set A=1; 1 disconnect`)).toBe('ok');
  });

  test('registered: a dual-stack UDP socket may share by another option in each stack', () => {
    const between = (v4: string, v6: string, dual: string) =>
      on('udp', `1 bind 0.0.0.0 ${v4}; 2 bind :: v6only ${v6}; 3 bind :: dual ${dual}`);
    expect([between('P', 'A', 'AP'), between('A', 'P', 'AP')]).toEqual(['ok', 'ok']);
    expect([between('P', 'A', 'P'), between('P', 'A', 'A')]).toEqual(['EADDRINUSE', 'EADDRINUSE']);
  });

  test('leak: a wildcard that has connected holds its port for ever', () => {
    const over = (name: string, end: string, next: string) =>
      last('gvisor', 'tcp', `1 bind ${name}; 1 connect 127.0.0.1; ${end}; 2 bind ${next}`, { release: '20240729' });
    expect([over('W -', '1 close', 'S -'), over('S -', '1 close', 'S -')]).toEqual(['EADDRINUSE', 'ok']);
    expect([over('W A', '1 close', 'W A'), over('W A', '1 close', 'W P')]).toEqual(['ok', 'EADDRINUSE']);
    expect(over('W -', '1 peer-reset', 'W -')).toBe('EADDRINUSE');
    expect(over(':: dual -', '1 close', '::1 v6only')).toBe('EADDRINUSE');
    expect(on('tcp', '1 bind W; 1 connect 127.0.0.1; 1 close; 2 bind W')).toBe('EADDRINUSE or ok');
    const udp = (end: string, next: string) =>
      last('gvisor', 'udp', `1 bind :: dual; 1 connect 127.0.0.1; ${end}; 1 close; 2 bind ${next}`, {
        release: '20240729',
      });
    expect([udp('1 disconnect', '::1'), udp('1 disconnect', 'S')]).toEqual(['EADDRINUSE', 'ok']);
    expect(udp('1 connect ::1', '::1')).toBe('ok');
  });

  test('leak: a refused connection, and a tie that was changed, hold the port for ever', () => {
    const on24 = (protocol: 'udp' | 'tcp', text: string) => last('gvisor', protocol, text, { release: '20240729' });
    expect(on24('tcp', '1 bind W A; 1 connect 127.0.0.1 => ECONNREFUSED; 2 bind S')).toBe('EADDRINUSE');
    expect(on24('tcp', '1 bind S A; 1 connect 127.0.0.1 => ECONNREFUSED; 2 bind S')).toBe('ok');
    expect(on24('udp', '1 bind S dev=lo; 1 set dev=d0; 1 connect 127.0.0.1; 1 close; 2 bind S')).toBe('EADDRINUSE');
    expect(on24('udp', '1 bind S dev=lo; 1 connect 127.0.0.1; 1 close; 2 bind S')).toBe('ok');
  });

  test('late-release: a release with other options spoils the count of those that stay', () => {
    const late = '1 bind S A; 2 bind S AP; 1 set P=1; 1 connect 127.0.0.1; 1 close; 3 bind S P';
    expect([on('udp', late), lastRule('gvisor', 'udp', late)]).toEqual(['EADDRINUSE', 'late-release']);
    expect(on('udp', late.replace('1 set P=1; ', ''))).toBe('ok');
  });

  test('connect-same-peer: a UDP socket that is refused has given up its port, and once more when it is closed', () => {
    const refused = '1 bind S P; 2 bind S P; 1 connect 127.0.0.1 to=127.0.0.1; 2 connect 127.0.0.1 to=127.0.0.1';
    expect(on('udp', `${refused}; 3 bind S`)).toBe('EADDRINUSE');
    expect(on('udp', `${refused}; 2 close; 3 bind S`)).toBe('ok');
    expect(on('udp', `${refused}; 2 close; 3 bind S; 4 bind S P`)).toBe('EADDRINUSE');
  });

  test('connect-same-peer: not with sockets of another device, and under the name that is registered', () => {
    const apart = (one: string, other: string) =>
      on('udp', `1 bind ${one}; 2 bind ${other}; 1 connect 127.0.0.1 to=127.0.0.1; 2 connect 127.0.0.1 to=127.0.0.1`);
    expect([apart('S dev=lo', 'S dev=d0'), apart('S P dev=lo', 'S P dev=lo')]).toEqual(['ok', 'EADDRINUSE']);
    const chosen = (name: string) =>
      on('udp', `1 autobind 127.0.0.1 W P to=127.0.0.1; 2 bind ${name}; 2 connect 127.0.0.1 to=127.0.0.1`);
    expect([chosen('W P'), chosen('S P')]).toEqual(['ok', 'EADDRINUSE']);
  });

  test('connect-other-stack: the address is that of the connection, and the error comes first', () => {
    expect(on('udp', '1 autobind ::1 :: dual to=::1; 1 connect 127.0.0.1')).toBe('ENETUNREACH');
    expect(on('udp', '1 bind ::1 v6only; 1 connect 127.0.0.1')).toBe('ENETUNREACH');
    expect(on('tcp', '1 bind :: dual; 1 connect ::1; 1 connect 127.0.0.1')).toBe('ENETUNREACH');
    expect(on('tcp', '1 bind ::1 dual; 1 listen; 1 connect 127.0.0.1')).toBe('ENETUNREACH');
  });

  test('listener: a socket whose listen() is refused has lost its port', () => {
    const refused = '1 bind S A; 2 bind S A; 1 listen; 2 listen; 1 close';
    expect(on('tcp', `${refused}; 3 bind S`)).toBe('ok');
    expect(on('tcp', `${refused}; 2 connect 127.0.0.1`)).toBe('EINVAL');
    expect(on('tcp', `${refused}; 2 listen`)).toBe('EINVAL');
  });

  test('connection: an accepted one has the options with which its listener was bound', () => {
    const late = '1 bind S; 1 listen; 1 set A=1; 2 accept 127.0.0.1 from=1; 1 close; 3 bind S A';
    expect(on('tcp', late)).toBe('EADDRINUSE');
    expect(on('tcp', late.replace('bind S;', 'bind S A;'))).toBe('ok');
  });

  test('a listener that was shut down is there as before', () => {
    expect(on('tcp', '1 bind W A; 1 listen; 1 shutdown; 2 bind W A')).toBe('EADDRINUSE');
    expect(on('tcp', '1 bind W P; 1 listen; 1 shutdown; 2 bind W P')).toBe('ok');
  });

  test('v6only-late', () => {
    expect(on('udp', '1 bind ::1; 1 set v6only=1')).toBe('EINVAL');
  });
});

test('devices and errors', () => {
  const on = (one: string, other: string) =>
    answer('W -', 'W -', { system: 'gvisor', first: { device: one }, second: { device: other } });
  expect([on('lo', 'lo'), on('lo', 'd0')]).toEqual(['X', 'ok']);
  const setting = { host: { addresses: ['10.0.0.1'] } };
  const bind = (name: string) => models.gvisor.predict([], socket(name, 'tcp', { uid: 1000, port: 80 }), setting).bind;
  expect([bind('192.0.2.1').outcomes[0], bind('0.0.0.0').outcomes[0]]).toEqual(['EADDRNOTAVAIL', 'ok']);
});

test('D2: a dual-stack TCP socket that connects over IPv6 releases IPv4 since April 2025', () => {
  const steps = '1 bind :: dual; 1 connect ::1; 2 bind 127.0.0.1';
  const on = (release?: string) => last('gvisor', 'tcp', steps, release === undefined ? {} : { release });
  expect(['20240729', 'release-20250427.0', '2025-04-28', '20260801.0'].map(on)).toEqual([
    'EADDRINUSE',
    'EADDRINUSE',
    'ok',
    'ok',
  ]);
  expect(on()).toBe('ok or EADDRINUSE');
  expect(last('gvisor', 'tcp', '1 bind :: dual; 1 connect ::1; 2 bind ::1')).toBe('EADDRINUSE');
  expect(last('gvisor', 'tcp', '1 bind :: dual; 1 connect 127.0.0.1; 2 bind 127.0.0.1')).toBe('EADDRINUSE');
  expect(last('gvisor', 'udp', steps)).toBe('EADDRINUSE');
  expect(() => on('latest')).toThrow(/not a release of gVisor: latest/);
});

test('D3 and TCP on groups: names that no interface has', () => {
  const host = {
    addresses: ['127.0.0.1', '10.0.0.1', 'fe80::1'],
    devices: { eth0: ['10.0.0.1', 'fe80::1'] },
    broadcasts: ['10.0.0.255'],
  };
  const bind = (protocol: 'udp' | 'tcp', name: string) => last('gvisor', protocol, `1 bind ${name}`, { host });
  for (const name of ['224.0.0.1', '::ffff:224.0.0.1', 'ff02::1']) {
    expect([bind('udp', name), bind('tcp', name)], name).toEqual(['ok', 'EADDRNOTAVAIL']);
  }
  expect([bind('udp', '255.255.255.255'), bind('tcp', '255.255.255.255')]).toEqual(['ok', 'ok']);
  expect([bind('udp', '10.0.0.255'), bind('tcp', '10.0.0.255')]).toEqual(['ok', 'ok']);
  expect([bind('udp', 'ff02::1%nowhere'), bind('tcp', 'ff02::1%nowhere')]).toEqual(['ok', 'EADDRNOTAVAIL']);
  expect(['fe80::1', 'fe80::1%eth0', 'fe80::1%lo', 'fe80::2'].map((name) => bind('udp', name))).toEqual([
    'ok',
    'ok',
    'EADDRNOTAVAIL',
    'EADDRNOTAVAIL',
  ]);
});

test('chosen-tcp: for port 0 a TCP socket never shares a port, a UDP socket may', () => {
  const choice = (protocol: 'tcp' | 'udp', next: string) =>
    last('gvisor', protocol, `1 bind W A; 2 bind ${next} chosen`);
  expect([choice('tcp', 'S A'), choice('tcp', '::1 A'), choice('udp', 'S A')]).toEqual(['EADDRINUSE', 'ok', 'ok']);
});
