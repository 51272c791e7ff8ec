import { describe, expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import type { PresentSocket, State, SystemName } from '../../../src/model/types.ts';
import { all, answer, cells, compare, socket } from './table.ts';

const BSD = ['darwin', 'freebsd', 'openbsd', 'netbsd'] as const satisfies readonly SystemName[];

const SHARED = `
| first \\ second | W - | W A | W P | W AP | S - | S A | S P | S AP |
| W - | X | X | X | X | X | ok | ok | ok |
| W A | X | X | X | X | X | ok | ok | ok |
| W P | X | X | ok | ok | X | ok | ok | ok |
| W AP | X | X | ok | ok | X | ok | ok | ok |
| S - | X | ok | ok | ok | X | X | X | X |
| S A | X | ok | ok | ok | X | X | X | X |
| S P | X | ok | ok | ok | X | X | ok | ok |
| S AP | X | ok | ok | ok | X | X | ok | ok |`;

/** The first socket has a peer: no matter what its options are, only a second socket without options conflicts. */
const CONNECTED = `
| first \\ second | W - | W A | W P | W AP | S - | S A | S P | S AP |
| S - / S A / S P / S AP | X | ok | ok | ok | X | ok | ok | ok |`;

/** Two users on macOS and NetBSD: two wildcards with SO_REUSEPORT are the exception. */
const OTHER_UID = `
| first \\ second | W - | W A | W P | W AP | S - | S A | S P | S AP |
| W - | X | X | X | X | X | X | X | X |
| W A | X | X | X | X | X | X | X | X |
| W P | X | X | ok | ok | X | X | X | X |
| W AP | X | X | ok | ok | X | X | X | X |
| S - | X | X | X | X | X | X | X | X |
| S A | X | X | X | X | X | X | X | X |
| S P | X | X | X | X | X | X | X | X |
| S AP | X | X | X | X | X | X | X | X |`;

const HAVE_PEER: readonly State[] = ['connected', 'accepted', 'close-wait', 'fin-wait-1', 'fin-wait-2', 'time-wait'];

/** The same table for the IPv6 wildcard and ::1. */
function inV6(text: string): string {
  return text.replaceAll('W ', ':: v6only ').replaceAll('S ', '::1 ');
}

describe.each(BSD)('%s, one user', (system) => {
  test.each<State>(['bound', 'listening'])('first %s, IPv4 and IPv6', (state) => {
    for (const text of [SHARED, inV6(SHARED)]) {
      const { said, modelled } = compare(text, { system, first: { state } });
      expect(modelled).toEqual(said);
    }
  });

  test('UDP', () => {
    const { said, modelled } = compare(SHARED, { system, protocol: 'udp' });
    expect(modelled).toEqual(said);
  });

  test.each(HAVE_PEER)('first %s', (state) => {
    // NetBSD does not find accepted sockets; see N1.
    const table = system === 'netbsd' && state === 'accepted' ? all(CONNECTED, 'ok') : CONNECTED;
    const { said, modelled } = compare(table, { system, first: { state } });
    expect(modelled).toEqual(said);
  });

  test('listen() never asks', () => {
    for (const [first, second, cell] of cells(SHARED)) {
      if (cell !== 'ok') continue;
      expect(answer(first, second, { system, asked: 'listen', first: { state: 'listening' } })).toBe('ok');
    }
  });

  test('options are read from the first socket as they are now', () => {
    const { prediction } = models[system]
      .simulate()
      .step({ op: 'bind', socket: 0, ...socket('S -') })
      .after.step({ op: 'set', socket: 0, options: { reuseport: true } })
      .after.step({ op: 'bind', socket: 1, ...socket('S P') });
    expect(prediction.outcomes).toEqual(['ok']);
  });
});

describe('two users', () => {
  test.each(['darwin', 'netbsd'] as const)('%s: all but two wildcards with SO_REUSEPORT', (system) => {
    const { said, modelled } = compare(OTHER_UID, { system, first: { uid: 1000 }, second: { uid: 1001 } });
    expect(modelled).toEqual(said);
  });

  test('darwin: the same for IPv6', () => {
    const question = { system: 'darwin', first: { uid: 1000 }, second: { uid: 1001 } } as const;
    const { said, modelled } = compare(inV6(OTHER_UID), question);
    expect(modelled).toEqual(said);
  });

  test.each(['freebsd', 'openbsd'] as const)('%s: nothing that overlaps', (system) => {
    for (const text of [SHARED, inV6(SHARED)]) {
      const question = { system, first: { uid: 1000 }, second: { uid: 1001 } };
      const { said, modelled } = compare(all(text, 'X'), question);
      expect(modelled).toEqual(said);
    }
  });

  test.each(BSD)('%s: root is not asked for its uid', (system) => {
    const { said, modelled } = compare(SHARED, { system, first: { uid: 1000 }, second: { uid: 0 } });
    expect(modelled).toEqual(said);
  });

  test('a connection of another user blocks on macOS, and for UDP, but not for TCP on FreeBSD', () => {
    const users = { first: { uid: 1000, state: 'connected' }, second: { uid: 1001 } } as const;
    expect(answer('S A', 'S A', { system: 'darwin', ...users })).toBe('X');
    expect(answer('S A', 'S A', { system: 'freebsd', ...users })).toBe('ok');
    expect(answer('S A', 'S A', { system: 'freebsd', protocol: 'udp', ...users })).toBe('X');
  });

  test('darwin: SO_REUSESHAREUID on the first lets another user in', () => {
    const first = { uid: 1000, options: { reuseport: true, reuseShareUid: true } };
    expect(answer('S P', 'S P', { system: 'darwin', first, second: { uid: 1001 } })).toBe('ok');
  });
});

const DARWIN_FAMILIES = `
| first \\ second | 0.0.0.0 | 127.0.0.1 | :: v6only | :: dual | ::1 | ::ffff:0.0.0.0 | ::ffff:127.0.0.1 |
| 0.0.0.0 | X | X | ok | ok | ok | X | X |
| 127.0.0.1 | X | X | ok | X | ok | X | X |
| :: v6only | ok | ok | X | X | X | ok | ok |
| :: dual | X | X | X | X | X | ok | X |
| ::1 | ok | ok | X | X | X | ok | ok |
| ::ffff:0.0.0.0 | X | X | ok | X | ok | ok | X |
| ::ffff:127.0.0.1 | X | X | ok | X | ok | X | X |`;

/** SO_REUSEADDR on the second only: an exactly equal address is still refused. */
const DARWIN_FAMILIES_A = `
| first \\ second | 0.0.0.0 A | 127.0.0.1 A | :: v6only A | :: dual A | ::1 A | ::ffff:0.0.0.0 A | ::ffff:127.0.0.1 A |
| 0.0.0.0 | X | ok | ok | ok | ok | X | ok |
| 127.0.0.1 | ok | X | ok | ok | ok | ok | X |
| :: v6only | ok | ok | X | X | ok | ok | ok |
| :: dual | X | ok | X | X | ok | ok | ok |
| ::1 | ok | ok | ok | ok | X | ok | ok |
| ::ffff:0.0.0.0 | X | ok | ok | X | ok | ok | ok |
| ::ffff:127.0.0.1 | ok | X | ok | ok | ok | ok | X |`;

describe('families', () => {
  test.each(['darwin', 'freebsd'] as const)('%s, no options: the table is not symmetric', (system) => {
    const { said, modelled } = compare(DARWIN_FAMILIES, { system });
    expect(modelled).toEqual(said);
  });

  test.each(['darwin', 'freebsd'] as const)('%s, SO_REUSEADDR on the second', (system) => {
    const { said, modelled } = compare(DARWIN_FAMILIES_A, { system });
    expect(modelled).toEqual(said);
  });

  test.each(['darwin', 'freebsd'] as const)('%s, SO_REUSEPORT on both: everything', (system) => {
    const names = ['0.0.0.0 P', '127.0.0.1 P', ':: v6only P', ':: dual P', '::1 P', '::ffff:0.0.0.0 P'];
    for (const one of names) for (const other of names) expect(answer(one, other, { system })).toBe('ok');
  });

  test('netbsd: a dual-stack :: blocks IPv4, but not the other way round', () => {
    const pairs = [
      [':: dual', '0.0.0.0'],
      [':: dual', '127.0.0.1'],
      ['0.0.0.0', ':: dual'],
      ['127.0.0.1', ':: dual'],
      [':: dual', '0.0.0.0 A'],
    ] as const;
    const got = pairs.map(([first, second]) => answer(first, second, { system: 'netbsd' }));
    expect(got).toEqual(['X', 'X', 'ok', 'ok', 'ok']);
    const { bind } = models.netbsd.predict([socket(':: dual'), socket('127.0.0.1 A')], socket('127.0.0.1 -'));
    expect([bind.rule, bind.holder]).toEqual(['netbsd/dual-holds-v4', 0]);
  });

  test('openbsd: IPv4 and IPv6 never meet', () => {
    expect(answer(':: dual', '0.0.0.0', { system: 'openbsd' })).toBe('ok');
    expect(answer('0.0.0.0', ':: dual', { system: 'openbsd' })).toBe('ok');
    expect(answer(':: v6only', '0.0.0.0', { system: 'openbsd' })).toBe('ok');
    expect(answer('0.0.0.0', ':: v6only', { system: 'openbsd' })).toBe('ok');
  });

  test('the default of IPV6_V6ONLY', () => {
    expect(BSD.map((system) => models[system].v6onlyByDefault)).toEqual([false, true, true, true]);
  });
});

test('M3: only the best match is examined', () => {
  const next = socket(':: dual');
  expect(models.darwin.predict([socket('127.0.0.1')], next).bind.outcomes).toEqual(['EADDRINUSE']);
  const both = [socket('127.0.0.1 A'), socket('0.0.0.0 A')];
  const { bind, refused } = models.darwin.predict(both, next);
  expect([bind.outcomes.join(), bind.rule, refused]).toEqual(['ok', 'darwin/M3-best-match-only', []]);
});

test.each(BSD)('%s: of two on one address the unconnected one is the better match', (system) => {
  const present = [socket('S P'), socket('S P', 'tcp', { state: 'connected' })];
  expect(models[system].predict(present, socket('S -')).bind.holder).toBe(0);
  expect(models[system].predict(present.toReversed(), socket('S -')).bind.holder).toBe(1);
});

test.each(BSD)('%s: of two equally good the newer one is the match', (system) => {
  const present = [socket('S P'), socket('S P')];
  expect(models[system].predict(present, socket('S -')).bind.holder).toBe(1);
});

test('M4: a disconnected UDP socket holds the wildcard', () => {
  const { prediction } = models.darwin
    .simulate()
    .step({ op: 'bind', socket: 0, ...socket('127.0.0.1', 'udp') })
    .after.step({ op: 'connect', socket: 0, local: '127.0.0.1' })
    .after.step({ op: 'disconnect', socket: 0 })
    .after.step({ op: 'bind', socket: 1, ...socket('10.0.0.1', 'udp') });
  expect(prediction.outcomes).toEqual(['EADDRINUSE']);
});

test('M5: a connected dual-stack socket is in one stack only', () => {
  const question = { system: 'darwin', first: { state: 'connected', local: '::1' } } as const;
  expect(answer(':: dual', '0.0.0.0', question)).toBe('ok');
});

test('multicast: SO_REUSEADDR on both shares on macOS', () => {
  expect(answer('224.0.0.1 A', '224.0.0.1 A', { system: 'darwin', protocol: 'udp' })).toBe('ok');
  expect(answer('224.0.0.1 A', '224.0.0.1 -', { system: 'darwin', protocol: 'udp' })).toBe('X');
});

describe('FreeBSD: SO_REUSEPORT_LB', () => {
  test.each([
    ['S L', 'S L', 'ok'],
    ['S L', 'S P', 'X'],
    ['S P', 'S L', 'X'],
    ['W -', 'S L', 'ok'],
  ])('%s, then %s: %s', (first, second, cell) => {
    expect(answer(first, second, { system: 'freebsd' })).toBe(cell);
  });

  test('two users: refused; for two wildcards the versions differ', () => {
    const ask = (name: string) =>
      models.freebsd.predict([socket(name, 'tcp', { uid: 1000 })], socket(name, 'tcp', { uid: 1001 })).bind.outcomes;
    expect([ask('S L'), ask('W L'), ask('W P')]).toEqual([['EADDRINUSE'], ['EADDRINUSE', 'ok'], ['EADDRINUSE']]);
  });

  test('a dual-stack socket is ranked after an AF_INET one', () => {
    const present = [socket('0.0.0.0 P'), socket(':: dual P')];
    expect(models.freebsd.predict(present, socket('0.0.0.0 -')).bind.holder).toBe(0);
    expect(models.darwin.predict(present, socket('0.0.0.0 -')).bind.holder).toBe(1);
  });
});

describe('errors and their order', () => {
  const setting = { host: { addresses: ['127.0.0.1', '::1', '10.0.0.1'] } };
  const user = { uid: 1000, port: 80 };

  function bind(system: SystemName, name: string, rest: Partial<PresentSocket> = {}, held: string[] = []): string {
    const { protocol = 'tcp' } = rest;
    const present = held.map((other) => socket(other, protocol, { port: rest.port ?? 8080 }));
    return models[system].predict(present, socket(name, protocol, rest), setting).bind.outcomes.join();
  }

  test.each(BSD)('%s: 127.0.0.2 is not local', (system) => {
    expect(bind(system, '127.0.0.2')).toBe('EADDRNOTAVAIL');
  });

  test('privileged ports', () => {
    const got = BSD.map((system) => [bind(system, '0.0.0.0', user), bind(system, '127.0.0.1', user)].join());
    expect(got).toEqual(['ok,EACCES', 'EACCES,EACCES', 'EACCES,EACCES', 'EACCES,EACCES']);
  });

  test('OpenBSD judges the conflict before the privilege, the others after it', () => {
    const got = BSD.map((system) => bind(system, '127.0.0.1', user, ['127.0.0.1']));
    expect(got).toEqual(['EACCES', 'EACCES', 'EADDRINUSE', 'EACCES']);
    expect(bind('openbsd', '0.0.0.0', { uid: 1000, port: 2049 })).toBe('EACCES');
  });

  test('macOS judges the address before the privilege', () => {
    expect(bind('darwin', '192.0.2.1', user)).toBe('EADDRNOTAVAIL');
  });

  test('v4-mapped on IPV6_V6ONLY=1', () => {
    expect([bind('darwin', '::ffff:127.0.0.1 v6only'), bind('freebsd', '::ffff:127.0.0.1 v6only')]).toEqual([
      'EADDRNOTAVAIL',
      'EADDRNOTAVAIL',
    ]);
  });

  test('TCP on a multicast address', () => {
    expect([bind('darwin', '224.0.0.1'), bind('freebsd', '224.0.0.1')]).toEqual(['EAFNOSUPPORT', 'EAFNOSUPPORT']);
    expect(bind('darwin', '255.255.255.255')).toBe('EAFNOSUPPORT');
    expect(bind('darwin', '224.0.0.1', { protocol: 'udp' })).toBe('ok');
    expect(bind('darwin', '255.255.255.255', { protocol: 'udp' })).toBe('EADDRNOTAVAIL');
    expect(bind('openbsd', '255.255.255.255', { protocol: 'udp' })).toBe('ok');
  });

  test('macOS keeps some ports for itself', () => {
    expect(bind('darwin', '127.0.0.1', { port: 55555 })).toBe('EADDRINUSE');
    expect(bind('darwin', '127.0.0.1', { port: 55555, protocol: 'udp' })).toBe('ok');
  });

  test.each(BSD)('%s: a socket that is bound cannot be bound again', (system) => {
    const { after } = models[system].simulate().step({ op: 'bind', socket: 0, ...socket('0.0.0.0') });
    expect(after.step({ op: 'bind', socket: 0, ...socket('127.0.0.1') }).prediction.outcomes).toEqual(['EINVAL']);
  });
});
