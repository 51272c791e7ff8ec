import { describe, expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import { last } from './steps.ts';
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
  expect(bind.outcomes).toEqual(['ok', 'EADDRINUSE']);
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
  expect([bind('udp', '255.255.255.255'), bind('tcp', '255.255.255.255')]).toEqual(['ok', 'ok or EADDRNOTAVAIL']);
  expect([bind('udp', '10.0.0.255'), bind('tcp', '10.0.0.255')]).toEqual(['ok', 'ok']);
  expect([bind('udp', 'ff02::1%nowhere'), bind('tcp', 'ff02::1%nowhere')]).toEqual(['ok', 'EADDRNOTAVAIL']);
  expect(['fe80::1', 'fe80::1%eth0', 'fe80::1%lo', 'fe80::2'].map((name) => bind('udp', name))).toEqual([
    'ok',
    'ok',
    'EADDRNOTAVAIL',
    'EADDRNOTAVAIL',
  ]);
});
