import { expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
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
])('%s, then %s: %s', (first, second, cell) => {
  expect(answer(first, second, { system: 'wine' })).toBe(cell);
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
