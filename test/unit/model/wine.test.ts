import { describe, expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import type { NextSocket, Operation, Options, Outcome, Prediction } from '../../../src/model/types.ts';
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
  expect(alone('10.9.9.9', 'udp')).toEqual(['ok', 'WSAEADDRNOTAVAIL']);
});

test.each(['windows', 'wine'] as const)('shutdown: a listener has no connection either (%s)', (system) => {
  const answers = (protocol: 'tcp' | 'udp', before: string) => last(system, protocol, `1 bind S${before}; 1 shutdown`);
  expect([answers('tcp', ''), answers('tcp', '; 1 listen')]).toEqual(['WSAENOTCONN', 'WSAENOTCONN']);
  expect([answers('tcp', '; 1 connect 127.0.0.1'), answers('udp', '')]).toEqual(['ok', 'ok']);
});

/** The outcomes and the rule that the model gives for the last of some steps; a release that has all that is said. */
function lastOf(operations: readonly Operation[], happened: readonly (Outcome | undefined)[] = []) {
  let state = models.wine.simulate({ release: '8.0', host: { addresses: ['127.0.0.1', '::1', '192.168.5.130'] } });
  let found: Prediction | undefined;
  for (const [index, operation] of operations.entries()) {
    const { prediction, after } = state.step(operation, happened[index]);
    [found, state] = [prediction, after];
  }
  return found;
}

const bind = (number: number, name: string, more: Partial<NextSocket> = {}): Operation => ({
  op: 'bind',
  socket: number,
  ...socket(name),
  ...more,
});
const udp = (number: number, name: string, more: Partial<NextSocket> = {}) =>
  bind(number, name, { protocol: 'udp', ...more });
const connect = (number: number, to: string, local: string): Operation => ({
  op: 'connect',
  socket: number,
  to: { address: to, port: 9 },
  local,
});

describe('late-option: the table keeps what the options were at bind()', () => {
  const changed = (first: string, options: Options, next: string) =>
    lastOf([bind(0, first), { op: 'set', socket: 0, options }, bind(1, next)]);

  test('SO_REUSEADDR that is cleared later still shares, and that is set later does not', () => {
    expect(changed('S A', { reuseaddr: false }, 'S A')?.outcomes).toEqual(['ok']);
    expect(changed('S -', { reuseaddr: true }, 'S A')).toMatchObject({
      outcomes: ['WSAEACCES'],
      rule: 'wine/late-option',
    });
  });

  test('SO_EXCLUSIVEADDRUSE that is cleared later still stands for every address, and that is set later does not', () => {
    expect(changed('W E', { exclusive: false }, 'S -')).toMatchObject({
      outcomes: ['WSAEACCES'],
      rule: 'wine/late-option',
    });
    expect(changed('W -', { exclusive: true }, 'S -')?.outcomes).toEqual(['ok']);
  });

  test('the entry outlives the socket that made it, and goes with the last of its sockets', () => {
    const shared = [bind(0, 'S A'), bind(1, 'S A'), { op: 'close', socket: 0 } as const];
    expect(lastOf([...shared, bind(2, 'S -')])?.outcomes).toEqual(['WSAEADDRINUSE']);
    expect(lastOf([...shared, { op: 'close', socket: 1 }, bind(2, 'S -')])?.outcomes).toEqual(['ok']);
  });

  test('a port that connect() chose is not in the table', () => {
    const opened: Operation = {
      op: 'connect',
      socket: 0,
      as: { ...socket('W E') },
      local: '127.0.0.1',
      to: { address: '127.0.0.1', port: 9 },
    };
    expect(lastOf([opened, bind(1, 'S -')])?.outcomes).toEqual(['ok']);
  });

  test('the table is asked before the host judges the name', () => {
    expect(lastOf([bind(0, ':: dual E'), bind(1, '::1 -', { address: '2001:db8::1' })])?.outcomes).toEqual([
      'WSAEACCES',
    ]);
    expect(lastOf([bind(1, '::1 -', { address: '2001:db8::1' })])?.outcomes).toEqual(['WSAEADDRNOTAVAIL']);
  });
});

describe('refused-connect: what is left of a connect() that was refused', () => {
  const refused = [bind(0, 'W -'), connect(0, '127.0.0.1', '127.0.0.1')];

  test('listen() is invalid, and the next connect() is aborted; the one after it works', () => {
    expect(lastOf([...refused, { op: 'listen', socket: 0 }], ['ok', 'WSAECONNREFUSED'])).toMatchObject({
      outcomes: ['WSAEINVAL'],
      rule: 'wine/refused-connect',
    });
    const again = [...refused, connect(0, '127.0.0.1', '127.0.0.1')];
    expect(lastOf(again, ['ok', 'WSAECONNREFUSED'])?.outcomes).toEqual(['WSAECONNABORTED']);
    const third = [...again, connect(0, '127.0.0.1', '127.0.0.1')];
    expect(lastOf(third, ['ok', 'WSAECONNREFUSED', 'WSAECONNABORTED'])?.outcomes).toEqual(['ok']);
    const then: Operation[] = [...again, { op: 'listen', socket: 0 }];
    expect(lastOf(then, ['ok', 'WSAECONNREFUSED', 'WSAECONNABORTED'])?.outcomes).toEqual(['ok']);
  });

  test('on a release that is not known, both are allowed', () => {
    let state = models.wine.simulate();
    for (const [index, operation] of refused.entries()) {
      state = state.step(operation, index === 1 ? 'WSAECONNREFUSED' : 'ok').after;
    }
    expect(state.step(connect(0, '127.0.0.1', '127.0.0.1')).prediction.outcomes).toEqual(['WSAECONNABORTED', 'ok']);
  });
});

test('shutdown: a listener is not connected, and goes on listening', () => {
  const steps: Operation[] = [bind(0, 'S A'), { op: 'listen', socket: 0 }, { op: 'shutdown', socket: 0 }];
  expect(lastOf(steps)).toMatchObject({ outcomes: ['WSAENOTCONN'], rule: 'wine/shutdown' });
  expect(lastOf([...steps, bind(1, 'S A')])?.outcomes).toEqual(['WSAEACCES']);
  expect(lastOf([udp(0, 'S -'), { op: 'shutdown', socket: 0 }])?.outcomes).toEqual(['ok']);
});

test('connect-state and connect-other-stack: what connect() returns', () => {
  expect(lastOf([bind(0, 'S -'), { op: 'listen', socket: 0 }, connect(0, '127.0.0.1', '')])?.outcomes).toEqual([
    'WSAEINVAL',
  ]);
  const dual = [udp(0, ':: dual -'), connect(0, '127.0.0.1', '::ffff:127.0.0.1')];
  expect(lastOf([...dual, connect(0, '::1', '::1')])).toMatchObject({
    outcomes: ['WSAEOPNOTSUPP'],
    rule: 'wine/connect-other-stack',
  });
});

test('disconnect: the local address that connect() chose stays', () => {
  const left = (name: string, more: Partial<NextSocket>, local: string) => [
    udp(0, name, more),
    connect(0, local, local),
    { op: 'disconnect', socket: 0 } as const,
  ];
  expect(lastOf([...left('W -', {}, '192.168.5.130'), udp(1, '127.0.0.1 -')])?.outcomes).toEqual(['ok']);
  // One on an address of an interface is a wildcard on the host.
  const eth = left('127.0.0.1 -', { address: '192.168.5.130' }, '192.168.5.130');
  expect(lastOf([...eth, udp(1, '127.0.0.1 -')])?.outcomes).toEqual(['ok']);
  expect(lastOf([...eth.slice(0, 1), udp(1, '127.0.0.1 -')])?.outcomes).toEqual(['WSAEADDRINUSE']);
});

test('udp-interface: connect() gives a socket on a group or another address the one of the route', () => {
  const group = [udp(0, 'W -', { address: '239.1.2.3' }), connect(0, '127.0.0.1', '127.0.0.1')];
  expect(lastOf([...group, udp(1, '127.0.0.1 -')])?.outcomes).toEqual(['WSAEADDRINUSE']);
  const mapped = udp(1, '::ffff:127.0.0.1 -', { address: '::ffff:192.168.5.130', v6only: false });
  expect(lastOf([...group, mapped])?.outcomes).toEqual(['ok']);
  expect(lastOf([...group.slice(0, 1), mapped])?.outcomes).toEqual(['WSAEADDRINUSE']);
});

test('shared: groups and broadcast addresses, by protocol and family', () => {
  expect(lastOf([bind(0, 'W -', { address: '239.1.2.3' })])).toMatchObject({ outcomes: ['ok'], rule: 'wine/shared' });
  expect(lastOf([bind(0, '::1 -', { address: 'ff05::1:3' })])).toMatchObject({
    outcomes: ['WSAEINVAL'],
    rule: 'wine/shared',
  });
  expect(lastOf([udp(0, '::1 -', { address: 'ff05::1:3' })])?.outcomes).toEqual(['ok']);
  expect(lastOf([bind(0, ':: dual -'), bind(1, '::1 -', { address: 'ff05::1:3' })])?.outcomes).toEqual(['WSAEINVAL']);
});

test('udp-host-9.0: an address of no interface is left to the host', () => {
  const host = { addresses: ['127.0.0.1', '10.0.0.1', '::1'] };
  const on = (text: string, release?: string) =>
    last('wine', 'udp', text, { host, ...(release === undefined ? {} : { release }) });
  expect([on('1 bind 192.0.2.1', '8.0'), on('1 bind 192.0.2.1', '9.0')]).toEqual(['ok', 'WSAEADDRNOTAVAIL']);
  expect(on('1 bind 192.0.2.1')).toBe('ok or WSAEADDRNOTAVAIL');
  const second = '1 bind 127.0.0.2; 2 bind 127.0.0.1';
  expect([on(second, '8.0'), on(second, '10.0')]).toEqual(['WSAEADDRINUSE', 'ok']);
});

test('link-local: an address of an interface needs no scope', () => {
  const host = { addresses: ['127.0.0.1', 'fe80::1'], devices: { eth0: ['fe80::1'] } };
  expect(last('wine', 'tcp', '1 bind fe80::1 default', { host })).toBe('ok');
  expect(last('wine', 'tcp', '1 bind fe80::2 default', { host })).toBe('ok or WSAEADDRNOTAVAIL or WSAEINVAL');
});
