import { describe, expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import { last } from './steps.ts';
import { answer, compare, socket } from './table.ts';

const SAME_USER = `
| first \\ second | W - | W A | W E | S - | S A | S E |
| W - | X | D | X | ok | ok | ok |
| W A | X | ok | X | ok | ok | ok |
| W E | X | D | X | D | D | D |
| S - | ok | ok | X | X | D | X |
| S A | ok | ok | X | X | ok | X |
| S E | ok | ok | X | X | D | X |`;

const OTHER_USER = `
| first \\ second | W - | W A | W E | S - | S A | S E |
| W - | X | D | X | D | D | D |
| W A | X | ok | X | D | ok | D |
| W E | X | D | X | D | D | D |
| S - | ok | ok | X | X | D | X |
| S A | ok | ok | X | X | ok | X |
| S E | ok | ok | X | X | D | X |`;

test.each(['tcp', 'udp'] as const)('%s, the same user', (protocol) => {
  const { said, modelled } = compare(SAME_USER, { system: 'windows', protocol });
  expect(modelled).toEqual(said);
});

test.each(['tcp', 'udp'] as const)('%s, different users', (protocol) => {
  const question = { system: 'windows', protocol, first: { uid: 1000 }, second: { uid: 1001 } } as const;
  const { said, modelled } = compare(OTHER_USER, question);
  expect(modelled).toEqual(said);
});

test('where two of Microsoft’s tables disagree, both codes are allowed', () => {
  const { bind } = models.windows.predict([socket('S A')], socket('S -'));
  expect(bind).toEqual({
    outcomes: ['WSAEADDRINUSE', 'WSAEACCES'],
    rule: 'windows/sources-disagree',
    holder: 0,
  });
});

describe('dual-stack rows', () => {
  test.each([
    [':: dual -', '0.0.0.0 -', 'ok'],
    [':: dual -', '0.0.0.0 E', 'ok'],
    [':: dual E', '0.0.0.0 -', 'D'],
    [':: dual E', '0.0.0.0 A', 'D'],
    [':: dual E', '127.0.0.1 -', 'D'],
    ['127.0.0.1 -', ':: dual E', 'X'],
    ['::1 -', '0.0.0.0 E', 'ok'],
    ['::1 E', '127.0.0.1 E', 'ok'],
    ['::ffff:127.0.0.1 -', '0.0.0.0 E', 'X'],
    ['::ffff:0.0.0.0 -', '0.0.0.0 -', 'X'],
    ['::ffff:127.0.0.1 -', '127.0.0.1 -', 'X'],
    ['127.0.0.1 -', '::ffff:127.0.0.1 -', 'X'],
    [':: v6only -', '0.0.0.0 -', 'ok'],
  ])('%s, then %s: %s', (first, second, cell) => {
    expect(answer(first, second, { system: 'windows' })).toBe(cell);
  });

  test('what no test on Windows covers is marked so', () => {
    const { bind } = models.windows.predict([socket('0.0.0.0 -')], socket(':: dual -'));
    expect([bind.outcomes.join(), bind.rule]).toEqual(['ok', 'windows/dual-stack-unasserted']);
    const rule = models.windows.rules.find((other) => other.id === bind.rule);
    expect(rule?.unverified).toBe(true);
  });
});

test('duplicate listeners', () => {
  const first = { state: 'listening' } as const;
  expect(answer('S A', 'S A', { system: 'windows', first, asked: 'listen' })).toBe('ok');
  expect(answer('W -', 'S -', { system: 'windows', first, asked: 'listen' })).toBe('ok');
});

test('leftovers only hold the address of an exclusive listener', () => {
  const first = { state: 'accepted', local: '127.0.0.1' } as const;
  expect(answer('S -', 'S -', { system: 'windows', first })).toBe('ok');
  expect(answer('S E', 'S -', { system: 'windows', first })).toBe('X');
});

test('several holders: any one refuses', () => {
  const { bind } = models.windows.predict([socket('S -'), socket('W E')], socket('S A'));
  expect(new Set(bind.outcomes)).toEqual(new Set(['WSAEACCES']));
  const mixed = models.windows.predict([socket('W E'), socket('S -')], socket('S -'));
  expect(new Set(mixed.bind.outcomes)).toEqual(new Set(['WSAEACCES', 'WSAEADDRINUSE']));
});

test('errors', () => {
  const setting = { host: { addresses: ['127.0.0.1'] } };
  const bind = (name: string, port = 8080) =>
    models.windows.predict([], socket(name, 'tcp', { port, uid: 1000 }), setting).bind.outcomes[0];
  expect([bind('192.0.2.1'), bind('127.0.0.2'), bind('0.0.0.0', 80)]).toEqual(['WSAEADDRNOTAVAIL', 'ok', 'ok']);
  expect(models.windows.v6onlyByDefault).toBe(true);
});

test('names that Windows has for no socket, and ports that it keeps', () => {
  const host = {
    addresses: ['127.0.0.1', '10.0.0.1', 'fe80::1'],
    devices: { a: ['10.0.0.1', 'fe80::1'], b: [] },
    broadcasts: ['10.0.0.255'],
    excludedPorts: [{ from: 50_000, to: 50_059, protocol: 'tcp' as const }],
  };
  const bind = (protocol: 'udp' | 'tcp', words: string) => last('windows', protocol, `1 bind ${words}`, { host });
  for (const protocol of ['udp', 'tcp'] as const) {
    expect(bind(protocol, '239.1.1.1')).toBe('WSAEADDRNOTAVAIL');
    expect(bind(protocol, 'ff02::1')).toBe('WSAEADDRNOTAVAIL');
    expect(bind(protocol, '255.255.255.255')).toBe('WSAEADDRNOTAVAIL');
    expect(bind(protocol, 'fe80::1%b')).toBe('WSAEADDRNOTAVAIL');
    expect(bind(protocol, 'fe80::1%a')).toBe('ok');
    expect(bind(protocol, '127.9.9.9')).toBe('ok');
  }
  expect([bind('udp', '10.0.0.255'), bind('tcp', '10.0.0.255')]).toEqual([
    'WSAEACCES',
    'WSAEADDRNOTAVAIL or WSAEACCES',
  ]);
  expect([49_999, 50_000, 50_059, 50_060].map((port) => bind('tcp', `S port=${port}`))).toEqual([
    'ok',
    'WSAEACCES',
    'WSAEACCES',
    'ok',
  ]);
  expect(bind('udp', 'S port=50000')).toBe('ok');
});
