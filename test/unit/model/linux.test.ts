import { describe, expect, test } from 'vitest';
import type { PresentSocket, State } from '../../../src/model/types.ts';
import { all, answer, compare } from './table.ts';

const SHARED = `
| first \\ second | W - | W A | W P | W AP | S - | S A | S P | S AP |
| W - / S - | X | X | X | X | X | X | X | X |
| W A / S A | X | ok | X | ok | X | ok | X | ok |
| W P / S P | X | X | ok | ok | X | X | ok | ok |
| W AP / S AP | X | ok | ok | ok | X | ok | ok | ok |`;

const LISTENING = `
| first \\ second | W - | W A | W P | W AP | S - | S A | S P | S AP |
| W - / S - | X | X | X | X | X | X | X | X |
| W A / S A | X | X | X | X | X | X | X | X |
| W P / S P | X | X | ok | ok | X | X | ok | ok |
| W AP / S AP | X | X | ok | ok | X | X | ok | ok |`;

/** The same without the cases that depend on SO_REUSEPORT: the first socket is another user's. */
const OTHER_UID = `
| first \\ second | W - | W A | W P | W AP | S - | S A | S P | S AP |
| W - / S - | X | X | X | X | X | X | X | X |
| W A / S A | X | ok | X | ok | X | ok | X | ok |
| W P / S P | X | X | X | X | X | X | X | X |
| W AP / S AP | X | ok | X | ok | X | ok | X | ok |`;

const FAMILIES = `
| first \\ second | 0.0.0.0 | 127.0.0.1 | :: v6only | :: dual | ::1 | ::ffff:0.0.0.0 | ::ffff:127.0.0.1 |
| 0.0.0.0 | X | X | ok | X | ok | X | X |
| 127.0.0.1 | X | X | ok | X | ok | X | X |
| :: v6only | ok | ok | X | X | X | ok | ok |
| :: dual | X | X | X | X | X | X | X |
| ::1 | ok | ok | X | X | X | ok | ok |
| ::ffff:0.0.0.0 | X | X | ok | X | ok | X | X |
| ::ffff:127.0.0.1 | X | X | ok | X | ok | X | X |`;

/** States in which a connection has given the first socket the address 127.0.0.1. */
const AT_LOOPBACK: readonly State[] = ['connected', 'accepted', 'close-wait', 'fin-wait-1'];
const TIME_WAIT: readonly State[] = ['fin-wait-2', 'time-wait'];

function first(state: State, uid = 0): Partial<PresentSocket> {
  return { state, uid, local: '127.0.0.1' };
}

describe('the tables of one user', () => {
  test('UDP', () => {
    const { said, modelled } = compare(SHARED, { system: 'linux', protocol: 'udp' });
    expect(modelled).toEqual(said);
  });

  test.each<State>(['bound', 'shut-down', ...AT_LOOPBACK, ...TIME_WAIT])('TCP, first %s', (state) => {
    const { said, modelled } = compare(SHARED, { system: 'linux', first: first(state) });
    expect(modelled).toEqual(said);
  });

  test('TCP, first listening: SO_REUSEADDR never helps', () => {
    const { said, modelled } = compare(LISTENING, { system: 'linux', first: { state: 'listening' } });
    expect(modelled).toEqual(said);
  });

  test('two different specific addresses are always free of each other', () => {
    for (const protocol of ['udp', 'tcp'] as const) {
      expect(answer('127.0.0.1 -', '127.0.0.2 -', { system: 'linux', protocol })).toBe('ok');
    }
  });
});

describe('the tables of two users', () => {
  test.each([
    [0, 1000],
    [1000, 0],
    [1000, 1001],
  ])('uid %i, then %i: only SO_REUSEADDR shares', (uid, other) => {
    const second = { uid: other };
    for (const protocol of ['udp', 'tcp'] as const) {
      const { said, modelled } = compare(OTHER_UID, { system: 'linux', protocol, first: { uid }, second });
      expect(modelled).toEqual(said);
    }
    for (const state of AT_LOOPBACK) {
      const { said, modelled } = compare(OTHER_UID, { system: 'linux', first: first(state, uid), second });
      expect(modelled).toEqual(said);
    }
    const listening = compare(all(LISTENING, 'X'), { system: 'linux', first: { uid, state: 'listening' }, second });
    expect(listening.modelled).toEqual(listening.said);
  });

  test.each(TIME_WAIT)('first in %s: the owner does not matter', (state) => {
    const { said, modelled } = compare(SHARED, { system: 'linux', first: first(state, 1000) });
    expect(modelled).toEqual(said);
  });
});

describe('the table of families', () => {
  test.each(['udp', 'tcp'] as const)('%s, no options', (protocol) => {
    const { said, modelled } = compare(FAMILIES, { system: 'linux', protocol });
    expect(modelled).toEqual(said);
  });

  test('a connected UDP wildcard keeps only the address that it got', () => {
    const question = { system: 'linux', protocol: 'udp', first: { state: 'connected', local: '127.0.0.1' } } as const;
    const got = ['127.0.0.2', '10.0.0.1', '127.0.0.1', '0.0.0.0'].map((name) => answer('0.0.0.0', name, question));
    expect(got).toEqual(['ok', 'ok', 'X', 'X']);
  });
});

test('pairs of devices', () => {
  const pairs = [
    [undefined, undefined, 'X'],
    ['lo', undefined, 'X'],
    [undefined, 'lo', 'X'],
    ['lo', 'lo', 'X'],
    ['lo', 'd0', 'ok'],
    ['d0', 'lo', 'ok'],
  ] as const;
  for (const protocol of ['udp', 'tcp'] as const) {
    for (const [one, other, cell] of pairs) {
      const question = {
        system: 'linux',
        protocol,
        first: one === undefined ? {} : { device: one },
        second: other === undefined ? {} : { device: other },
      } as const;
      expect(answer('0.0.0.0', '0.0.0.0', question), `${protocol} ${one} ${other}`).toBe(cell);
    }
  }
});

describe('listen()', () => {
  test('of two sockets that share by SO_REUSEADDR only one can listen', () => {
    const question = { system: 'linux', asked: 'listen' } as const;
    expect(answer('W A', 'W A', question)).toBe('ok');
    expect(answer('W A', 'W A', { system: 'linux', first: { state: 'listening' } })).toBe('X');
  });

  test('with SO_REUSEPORT and one owner both can', () => {
    expect(answer('W P', 'W P', { system: 'linux', asked: 'listen', first: { state: 'listening' } })).toBe('ok');
  });
});
