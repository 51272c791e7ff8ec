import { expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import type { PresentSocket } from '../../../src/model/types.ts';
import { last } from './steps.ts';
import { socket } from './table.ts';

const setting = {
  host: {
    addresses: ['127.0.0.1', '10.0.0.1', '::1', 'fd00::1', 'fe80::1'],
    devices: { lo: ['::1'], d0: ['10.0.0.1', 'fd00::1', 'fe80::1'], d1: [] },
  },
};

function bind(name: string, protocol: 'udp' | 'tcp', rest: Partial<PresentSocket> = {}): string {
  return models.linux.predict([], socket(name, protocol, rest), setting).bind.outcomes.join();
}

test.each([
  ['192.0.2.1', 'EADDRNOTAVAIL'],
  ['::ffff:192.0.2.1', 'EADDRNOTAVAIL'],
  ['2001:db8::1', 'EADDRNOTAVAIL'],
  ['127.0.0.2', 'ok'],
  ['127.255.255.255', 'ok'],
  ['224.0.0.1', 'ok'],
  ['::ffff:127.0.0.1 v6only', 'EINVAL'],
])('bind to %s: %s', (name, outcome) => {
  expect([bind(name, 'udp'), bind(name, 'tcp')]).toEqual([outcome, outcome]);
});

test('TCP cannot be bound to an IPv6 multicast address', () => {
  expect(bind('ff02::1', 'tcp')).toBe('EINVAL');
});

test('::1 and link-local addresses must be on the socket’s device; no other address must', () => {
  const on = (name: string) => ['lo', 'd0', 'd1'].map((device) => bind(name, 'tcp', { device }));
  expect(on('::1')).toEqual(['ok', 'EADDRNOTAVAIL', 'EADDRNOTAVAIL']);
  expect(on('fe80::1')).toEqual(['EADDRNOTAVAIL', 'ok', 'EADDRNOTAVAIL']);
  for (const name of ['fd00::1', '10.0.0.1', '127.0.0.1', '::ffff:10.0.0.1'])
    expect(on(name)).toEqual(['ok', 'ok', 'ok']);
});

test('privileged: on every address, and before a conflict', () => {
  const user = { uid: 1000, port: 80 };
  expect(['0.0.0.0', '127.0.0.1', '::', '::1'].map((name) => bind(name, 'tcp', user))).toEqual(Array(4).fill('EACCES'));
  expect(bind('0.0.0.0', 'tcp', { uid: 1000, port: 1024 })).toBe('ok');
  expect(bind('0.0.0.0', 'tcp', { uid: 1000, port: 80, privileged: true })).toBe('ok');
  const held = [socket('0.0.0.0', 'tcp', { port: 80 })];
  expect(models.linux.predict(held, socket('0.0.0.0', 'tcp', user)).bind.outcomes).toEqual(['EACCES']);
});

test('the address is judged before the privilege for IPv4, and after it for IPv6', () => {
  const user = { uid: 1000, port: 80 };
  expect(bind('192.0.2.1', 'tcp', user)).toBe('EADDRNOTAVAIL');
  expect(bind('2001:db8::1', 'tcp', user)).toBe('EACCES');
});

test('already bound: after the address and the privilege, before a conflict', () => {
  const { after } = models.linux.simulate(setting).step({ op: 'bind', socket: 0, ...socket('0.0.0.0') });
  const again = (name: string, rest: Partial<PresentSocket> = {}) =>
    after.step({ op: 'bind', socket: 0, ...socket(name, 'tcp', rest) }).prediction.outcomes.join();
  expect(again('0.0.0.0')).toBe('EINVAL');
  expect(again('0.0.0.0', { uid: 1000, port: 80 })).toBe('EACCES');
  expect(again('192.0.2.1')).toBe('EADDRNOTAVAIL');
});

test('listen() on UDP, on a connection, and twice', () => {
  const udp = models.linux.simulate().step({ op: 'bind', socket: 0, ...socket('0.0.0.0', 'udp') }).after;
  expect(udp.step({ op: 'listen', socket: 0 }).prediction.outcomes).toEqual(['EOPNOTSUPP']);
  const tcp = models.linux.simulate().step({ op: 'bind', socket: 0, ...socket('0.0.0.0') }).after;
  const connected = tcp.step({ op: 'connect', socket: 0, local: '127.0.0.1' }).after;
  expect(connected.step({ op: 'listen', socket: 0 }).prediction.outcomes).toEqual(['EINVAL']);
  const listening = tcp.step({ op: 'listen', socket: 0 }).after;
  expect(listening.step({ op: 'listen', socket: 0 }).prediction.outcomes).toEqual(['ok']);
});

test('a refused bind leaves the socket unbound, so that it can be tried again', () => {
  const held = models.linux.simulate().step({ op: 'bind', socket: 0, ...socket('0.0.0.0 -') }).after;
  const refused = held.step({ op: 'bind', socket: 1, ...socket('0.0.0.0 A') });
  expect(refused.prediction.outcomes).toEqual(['EADDRINUSE']);
  const { after } = refused.after.step({ op: 'set', socket: 0, options: { reuseaddr: true } });
  expect(after.step({ op: 'bind', socket: 1, ...socket('0.0.0.0 A') }).prediction.outcomes).toEqual(['ok']);
});

test('a refused listen() succeeds once the other listener is closed', () => {
  const { after } = models.linux
    .simulate()
    .step({ op: 'bind', socket: 0, ...socket('0.0.0.0 A') })
    .after.step({ op: 'bind', socket: 1, ...socket('127.0.0.1 A') })
    .after.step({ op: 'listen', socket: 0 });
  const refused = after.step({ op: 'listen', socket: 1 });
  expect([refused.prediction.outcomes.join(), refused.prediction.holder]).toEqual(['EADDRINUSE', 0]);
  const retried = refused.after.step({ op: 'close', socket: 0 }).after.step({ op: 'listen', socket: 1 });
  expect(retried.prediction.outcomes).toEqual(['ok']);
});

test('connect-other-stack', () => {
  const on = (protocol: 'udp' | 'tcp', text: string) => last('linux', protocol, text);
  for (const protocol of ['udp', 'tcp'] as const) {
    expect(on(protocol, '1 bind ::ffff:127.0.0.1 dual; 1 connect ::1')).toBe('EAFNOSUPPORT');
    expect(on(protocol, '1 bind ::1 dual; 1 connect 127.0.0.1')).toBe('ENETUNREACH');
    expect(on(protocol, '1 bind :: v6only; 1 connect 127.0.0.1')).toBe('ENETUNREACH');
    expect(on(protocol, '1 bind :: dual; 1 connect 127.0.0.1')).toBe('ok');
  }
  expect(on('udp', '1 bind :: dual; 1 connect ::1; 1 connect 127.0.0.1')).toBe('ok');
});

test('v6only-late', () => {
  expect(last('linux', 'udp', '1 bind ::; 1 set v6only=1')).toBe('EINVAL');
});

test.each(['linux', 'gvisor'] as const)('shutdown: only a connection, or a listener (%s)', (system) => {
  const answers = (protocol: 'tcp' | 'udp', before: string) => last(system, protocol, `1 bind S${before}; 1 shutdown`);
  expect([answers('tcp', ''), answers('udp', '')]).toEqual(['ENOTCONN', 'ENOTCONN']);
  expect([answers('tcp', '; 1 listen'), answers('udp', '; 1 connect 127.0.0.1')]).toEqual(['ok', 'ok']);
});
