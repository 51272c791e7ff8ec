import { expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import { last } from './steps.ts';
import { answer, socket } from './table.ts';

test.each([
  // The table of addresses, within Wine.
  ['S -', 'S -', 'X'],
  ['S -', 'S A', 'D'],
  ['S A', 'S -', 'X'],
  ['S A', 'S A', 'ok'],
  ['W E', 'S -', 'D'],
  ['S -', 'W E', 'X'],
  [':: dual E', '127.0.0.1 -', 'D'],
  ['127.0.0.1 -', ':: dual E', 'X'],
  [':: dual -', '0.0.0.0 -', 'ok'],
  ['::1 -', '0.0.0.0 E', 'ok'],
  ['::ffff:127.0.0.1 -', '127.0.0.1 -', 'X'],
  // The host has SO_REUSEADDR on all of them.
  ['W -', 'S -', 'ok'],
  ['S -', 'W -', 'ok'],
  // ::ffff:0.0.0.0 stands for IPv4 only.
  ['::ffff:0.0.0.0 E', '::1 -', 'ok'],
  ['::1 -', '::ffff:0.0.0.0 E', 'ok'],
  ['::ffff:0.0.0.0 E', '127.0.0.1 -', 'D'],
])('%s, then %s: %s', (first, second, cell) => {
  expect(answer(first, second, { system: 'wine' })).toBe(cell);
});

test('the table is asked for the IPv6 name of a dual-stack socket first', () => {
  const third = (...bound: string[]) =>
    bound
      .reduce(
        (state, name, index) => state.step({ op: 'bind', socket: index, ...socket(name) }).after,
        models.wine.simulate(),
      )
      .step({ op: 'bind', socket: bound.length, ...socket(':: dual E') }).prediction.outcomes;
  expect(third('0.0.0.0 E')).toEqual(['WSAEACCES']);
  expect(third('0.0.0.0 E', '::1 -')).toEqual(['WSAEADDRINUSE']);
  expect(third('::1 -', '0.0.0.0 E')).toEqual(['WSAEADDRINUSE']);
  expect(third('0.0.0.0 -', ':: v6only E')).toEqual(['WSAEACCES']);
});

test('the host refuses what overlaps a listener', () => {
  const first = { state: 'listening' } as const;
  expect(answer('W -', 'S -', { system: 'wine', first })).toBe('X');
  expect(answer('W A', 'S A', { system: 'wine', first })).toBe('D');
});

test('of two sockets with SO_REUSEADDR only one can listen', () => {
  const { after } = models.wine
    .simulate()
    .step({ op: 'bind', socket: 0, ...socket('S A') })
    .after.step({ op: 'bind', socket: 1, ...socket('S A') })
    .after.step({ op: 'listen', socket: 0 });
  expect(after.step({ op: 'listen', socket: 1 }).prediction.outcomes).toEqual(['WSAEADDRINUSE']);
});

test('TIME_WAIT does not hold an address', () => {
  expect(answer('S -', 'S -', { system: 'wine', first: { state: 'time-wait' } })).toBe('ok');
});

test('UDP: the host decides, SO_EXCLUSIVEADDRUSE means nothing, and owners are not compared', () => {
  const udp = { system: 'wine', protocol: 'udp' } as const;
  expect(answer('W A', 'W A', { ...udp, first: { uid: 1000 }, second: { uid: 1001 } })).toBe('ok');
  expect(answer('W E', 'W A', udp)).toBe('D');
  const { bind } = models.wine.predict([socket('10.0.0.1', 'udp')], socket('10.0.0.2', 'udp'));
  expect(bind).toEqual({ outcomes: ['ok', 'WSAEADDRINUSE'], rule: 'wine/udp-same-interface', holder: 0 });
});

/** A machine with two addresses on its first interface, and one on its second. */
const HOST = {
  addresses: ['127.0.0.1', '::1', '10.0.0.1', '10.0.0.2', '10.1.0.1'],
  devices: { lo: ['127.0.0.1', '::1'], eth0: ['10.0.0.1', '10.0.0.2'], eth1: ['10.1.0.1'] },
};

test.each([
  // An address stands for every address of its own interface, but not for another interface.
  ['10.0.0.1 -', '10.0.0.2 -', 'X', 'udp-interface'],
  ['10.0.0.1 -', '10.0.0.2 A', 'D', 'udp-interface'],
  ['10.0.0.1 A', '10.0.0.2 A', 'ok', 'host-udp'],
  ['10.0.0.1 -', '10.1.0.1 -', 'ok', 'free'],
  ['10.0.0.1 -', '10.0.0.1 -', 'X', 'host-udp'],
  // 127.0.0.1 is bound as it is, and an address that has become a wildcard can't be bound beside it.
  ['127.0.0.1 -', '10.0.0.1 -', 'X', 'udp-interface'],
  ['10.1.0.1 -', '127.0.0.1 -', 'X', 'udp-interface'],
  // No interface has these addresses, so they become wildcards for all interfaces.
  ['127.0.0.2 -', '127.0.0.1 -', 'X', 'udp-no-interface'],
  ['127.0.0.2 -', '10.1.0.1 -', 'X', 'udp-no-interface'],
  ['10.9.9.9 -', '10.1.0.1 -', 'X', 'udp-no-interface'],
  // IPv6 addresses, the v4-mapped ones too, are bound as they are.
  ['::1 -', '::ffff:127.0.0.1 -', 'ok', 'free'],
  ['::ffff:127.0.0.1 -', '::ffff:10.0.0.1 -', 'ok', 'free'],
  ['::ffff:127.0.0.1 -', '10.0.0.1 -', 'X', 'udp-interface'],
])('UDP on interfaces: %s, then %s: %s', (first, second, cell, rule) => {
  const { bind } = models.wine.predict([socket(first, 'udp')], socket(second, 'udp'), { host: HOST });
  expect(bind.outcomes).toEqual([{ ok: 'ok', X: 'WSAEADDRINUSE', D: 'WSAEACCES' }[cell]]);
  expect(bind.rule).toBe(`wine/${rule}`);
});

test('UDP: a wildcard that was connected to another address of 127.0.0.0/8 has the first as its own', () => {
  const first = socket('127.0.0.2 -', 'udp', { state: 'connected', local: '127.0.0.2' });
  const after = (next: string) => models.wine.predict([first], socket(next, 'udp'), { host: HOST }).bind.outcomes;
  expect(after('127.0.0.1')).toEqual(['WSAEADDRINUSE']);
  expect(after('::ffff:127.0.0.1')).toEqual(['WSAEADDRINUSE']);
  expect(after('::ffff:10.0.0.1')).toEqual(['ok']);
});

test('an address of no interface: TCP and IPv6 are refused it, UDP over IPv4 is not', () => {
  const alone = (name: string, protocol: 'udp' | 'tcp') =>
    models.wine.predict([], socket(name, protocol), { host: HOST }).bind.outcomes;
  expect(alone('10.9.9.9', 'tcp')).toEqual(['WSAEADDRNOTAVAIL']);
  expect(alone('2001:db8::9', 'udp')).toEqual(['WSAEADDRNOTAVAIL']);
  expect(alone('10.9.9.9', 'udp')).toEqual(['ok']);
});

test.each(['windows', 'wine'] as const)('shutdown: a listener has no connection either (%s)', (system) => {
  const answers = (protocol: 'tcp' | 'udp', before: string) => last(system, protocol, `1 bind S${before}; 1 shutdown`);
  expect([answers('tcp', ''), answers('tcp', '; 1 listen')]).toEqual(['WSAENOTCONN', 'WSAENOTCONN']);
  expect([answers('tcp', '; 1 connect 127.0.0.1'), answers('udp', '')]).toEqual(['ok', 'ok']);
});
