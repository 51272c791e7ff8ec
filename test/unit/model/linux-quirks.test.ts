import { describe, expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import type { Protocol, Setting } from '../../../src/model/types.ts';
import type { Simulation } from '../../../src/model/world.ts';
import { answer, socket } from './table.ts';

const { linux } = models;

/** Binds sockets in turn, each as a table spells it; returns the outcome of each bind(), and the rule of the last. */
function binds(protocol: 'udp' | 'tcp', names: readonly string[], setting?: Setting): { got: string[]; rule: string } {
  const got: string[] = [];
  let rule = '';
  let port: Simulation = linux.simulate(setting);
  for (const [id, name] of names.entries()) {
    const { prediction, after } = port.step({ op: 'bind', socket: id, ...socket(name, protocol) });
    got.push(prediction.outcomes.join());
    rule = prediction.rule;
    port = after;
  }
  return { got, rule };
}

describe('T1: the V6ONLY flag', () => {
  test.each(['udp', 'tcp'] as const)('%s: a dual-stack socket connected over IPv6 still meets 0.0.0.0', (protocol) => {
    const question = { system: 'linux', protocol, first: { state: 'connected', local: '::1' } } as const;
    const got = ['0.0.0.0', '::ffff:0.0.0.0', '127.0.0.1'].map((name) => answer(':: dual', name, question));
    expect(got).toEqual(['X', 'ok', 'ok']);
  });

  test('so does its TIME_WAIT', () => {
    const question = { system: 'linux', first: { state: 'time-wait', local: '::1' } } as const;
    expect(answer(':: dual', '0.0.0.0', question)).toBe('X');
  });

  test('a socket bound to ::1 does not, since the bind set the flag', () => {
    expect(answer('::1', '0.0.0.0', { system: 'linux' })).toBe('ok');
  });
});

describe('U2: the placeholder 127.0.0.6', () => {
  test.each([
    ['udp', 'X'],
    ['tcp', 'ok'],
  ] as const)('%s', (protocol, cell) => {
    const question = { system: 'linux', protocol, first: { state: 'connected', local: '::1' } } as const;
    expect(answer(':: dual', '127.0.0.6', question)).toBe(cell);
    expect(answer('::ffff:127.0.0.1', '127.0.0.6', { system: 'linux', protocol })).toBe('ok');
  });
});

describe('T2: the memory of SO_REUSEPORT', () => {
  test('a covered address skips the scan', () => {
    const { got, rule } = binds('tcp', ['127.0.0.1 A', '0.0.0.0 AP', '127.0.0.1 P']);
    expect(got).toEqual(['ok', 'ok', 'ok']);
    expect(rule).toBe('linux/T2-reuseport-memory');
    expect(binds('tcp', ['127.0.0.1 A', '127.0.0.1 P']).got).toEqual(['ok', 'EADDRINUSE']);
  });

  test('a bind without SO_REUSEPORT makes the port forget', () => {
    expect(binds('tcp', ['127.0.0.1 A', '0.0.0.0 AP', '127.0.0.1 A', '127.0.0.1 P']).got.at(-1)).toBe('EADDRINUSE');
  });

  test('an address does not cover the wildcard', () => {
    expect(binds('tcp', ['0.0.0.0 A', '127.0.0.1 AP', '0.0.0.0 P']).got.at(-1)).toBe('EADDRINUSE');
  });

  test('another user is not remembered', () => {
    const { after } = linux
      .simulate()
      .step({ op: 'bind', socket: 0, ...socket('127.0.0.1 A') })
      .after.step({ op: 'bind', socket: 1, ...socket('0.0.0.0 AP') });
    const { prediction } = after.step({ op: 'bind', socket: 2, ...socket('127.0.0.1 P', 'tcp', { uid: 1000 }) });
    expect(prediction.outcomes).toEqual(['EADDRINUSE']);
  });

  test('clearing SO_REUSEPORT is not noticed, clearing SO_REUSEADDR is', () => {
    for (const [letter, options, outcome] of [
      ['P', { reuseport: false }, 'ok'],
      ['A', { reuseaddr: false }, 'EADDRINUSE'],
    ] as const) {
      const name = `127.0.0.1 ${letter}`;
      const { prediction } = linux
        .simulate()
        .step({ op: 'bind', socket: 0, ...socket(name) })
        .after.step({ op: 'set', socket: 0, options })
        .after.step({ op: 'bind', socket: 1, ...socket(name) });
      expect(prediction.outcomes, letter).toEqual([outcome]);
    }
  });

  test('::ffff:0.0.0.0 does not cover the dual-stack wildcard, 0.0.0.0 does', () => {
    expect(binds('tcp', ['::1 A', '::ffff:0.0.0.0 AP', ':: dual P']).got.at(-1)).toBe('EADDRINUSE');
    expect(binds('tcp', ['::1 A', '0.0.0.0 AP', ':: dual P']).got.at(-1)).toBe('ok');
  });

  test('the last socket to go takes the memory with it', () => {
    const { after } = linux.simulate().step({ op: 'bind', socket: 0, ...socket('127.0.0.1 P') });
    const { prediction } = after
      .step({ op: 'set', socket: 0, options: { reuseport: false } })
      .after.step({ op: 'close', socket: 0 })
      .after.step({ op: 'bind', socket: 1, ...socket('127.0.0.1 -') })
      .after.step({ op: 'bind', socket: 2, ...socket('127.0.0.1 P') });
    expect(prediction.outcomes).toEqual(['EADDRINUSE']);
  });

  test('since 6.18 a port with nothing left but connections whose port connect() chose forgets too', () => {
    for (const [kernel, outcome] of [
      ['6.18.44', 'EADDRINUSE'],
      ['6.12.107', 'ok'],
    ] as const) {
      const { prediction } = linux
        .simulate({ kernel })
        .step({ op: 'connect', socket: 0, local: '127.0.0.1', as: socket('0.0.0.0 A') })
        .after.step({ op: 'bind', socket: 1, ...socket('0.0.0.0 AP') })
        .after.step({ op: 'close', socket: 1 })
        .after.step({ op: 'bind', socket: 2, ...socket('127.0.0.1 P') });
      expect(prediction.outcomes, kernel).toEqual([outcome]);
    }
  });
});

test('T3: up to 6.7 clearing SO_REUSEADDR is not noticed', () => {
  for (const [kernel, outcome] of [
    ['6.7.12', 'ok'],
    ['6.8.0', 'EADDRINUSE'],
  ] as const) {
    const { prediction } = linux
      .simulate({ kernel })
      .step({ op: 'bind', socket: 0, ...socket('127.0.0.1 A') })
      .after.step({ op: 'set', socket: 0, options: { reuseaddr: false } })
      .after.step({ op: 'bind', socket: 1, ...socket('127.0.0.1 A') });
    expect(prediction.outcomes, kernel).toEqual([outcome]);
  }
});

describe('U1: the first match of the UDP scan', () => {
  test('a match of SO_REUSEPORT hides a conflict further on', () => {
    const { got, rule } = binds('udp', ['127.0.0.2 -', '127.0.0.1 P', '0.0.0.0 P']);
    expect(got).toEqual(['ok', 'ok', 'ok']);
    expect(rule).toBe('linux/U1-udp-first-match');
  });

  test('in the other order the conflict is met first', () => {
    expect(binds('udp', ['127.0.0.1 P', '127.0.0.2 -', '0.0.0.0 P']).got.at(-1)).toBe('EADDRINUSE');
  });

  test('an IPv6 socket with SO_REUSEPORT is asked last', () => {
    expect(binds('udp', ['127.0.0.2 -', '::ffff:127.0.0.1 P', '0.0.0.0 P']).got.at(-1)).toBe('EADDRINUSE');
  });
});

describe('U3: more than ten UDP sockets', () => {
  const many = (count: number) => Array.from({ length: count }, (_, place) => `127.0.1.${place + 1} -`);

  test('a wildcard over them is missed where CVE-2026-31503 is not fixed', () => {
    const kernels = [
      '5.10.223',
      '6.12.43',
      '6.13.0',
      '6.18.20',
      '6.19.10',
      '6.1.192',
      '6.12.107',
      '6.18.44',
      '7.0.0',
      '7.2.13',
    ];
    const got = kernels.map((kernel) => binds('udp', [...many(11), '0.0.0.0 -'], { kernel }).got.at(-1));
    expect(got).toEqual([...Array(5).fill('ok'), ...Array(5).fill('EADDRINUSE')]);
  });

  test('up to ten are seen everywhere', () => {
    expect(binds('udp', [...many(10), ':: dual -'], { kernel: '5.10.223' }).got.at(-1)).toBe('EADDRINUSE');
  });

  test('an address is looked for on itself, then among the wildcards', () => {
    // By port, the newest socket decides, and it matches by SO_REUSEPORT; by address, the wildcard is checked too.
    const names = ['0.0.0.0 A', '127.0.0.1 AP', ...many(9).map((name) => name.replace('-', 'A'))];
    expect(binds('udp', [...names.slice(0, 10), '127.0.0.1 P']).got.at(-1)).toBe('ok');
    const long = binds('udp', [...names, '127.0.0.1 P']);
    expect([long.got.at(-1), long.rule]).toEqual(['EADDRINUSE', 'linux/U3-second-index']);
  });
});

test('D1: a socket bound to ::ffff:0.0.0.0 keeps the connected address when it is disconnected', () => {
  for (const [name, local, outcome] of [
    ['::ffff:0.0.0.0', '::ffff:127.0.0.1', 'ok'],
    ['0.0.0.0', '127.0.0.1', 'EADDRINUSE'],
  ] as const) {
    const { prediction } = linux
      .simulate()
      .step({ op: 'bind', socket: 0, ...socket(name, 'udp') })
      .after.step({ op: 'connect', socket: 0, local })
      .after.step({ op: 'disconnect', socket: 0 })
      .after.step({ op: 'bind', socket: 1, ...socket('127.0.0.2', 'udp') });
    expect(prediction.outcomes, name).toEqual([outcome]);
  }
});

test('6.1 and 6.6 miss ::ffff:0.0.0.0 and then a specific v4-mapped address, for TCP, since an update', () => {
  const names = ['::ffff:0.0.0.0 -', '::ffff:127.0.0.1 -'];
  const second = (protocol: Protocol, kernel: string) => binds(protocol, names, { kernel }).got.at(-1);
  const kernels = ['6.1.167', '6.1.168', '6.1.192', '6.6.130', '6.6.131', '6.8.12', '6.12.43', '6.18.44'];
  expect(kernels.filter((kernel) => second('tcp', kernel) === 'ok')).toEqual(['6.1.168', '6.1.192', '6.6.131']);
  expect(kernels.filter((kernel) => second('udp', kernel) === 'ok')).toEqual([]);
  expect(binds('tcp', names.toReversed(), { kernel: '6.1.192' }).got).toEqual(['ok', 'EADDRINUSE']);
});

test('from 6.1 to 6.8 three TCP sockets of both families may go either way', () => {
  const names = ['0.0.0.0 -', ':: v6only', '127.0.0.1 -'];
  expect(binds('tcp', names, { kernel: '6.6.1' }).got.at(-1)).toBe('EADDRINUSE,ok');
  expect(binds('tcp', names, { kernel: '6.9.0' }).got.at(-1)).toBe('EADDRINUSE');
  expect(binds('tcp', names, { kernel: '5.15.0' }).got.at(-1)).toBe('EADDRINUSE');
  expect(binds('udp', names, { kernel: '6.6.1' }).got.at(-1)).toBe('EADDRINUSE');
});

test('an accepted child belongs to who called accept(), and outlives its listener', () => {
  const { after } = linux
    .simulate()
    .step({ op: 'bind', socket: 0, ...socket('0.0.0.0 P') })
    .after.step({ op: 'listen', socket: 0 })
    .after.step({ op: 'accept', socket: 1, listener: 0, local: '127.0.0.1', uid: 1000 })
    .after.step({ op: 'close', socket: 0 });
  // This socket has another user, so that the memory of the listener does not admit it.
  const ask = (uid: number) =>
    after.step({ op: 'bind', socket: 2, ...socket('127.0.0.1 P', 'tcp', { uid }) }).prediction.outcomes;
  expect([ask(1000), ask(1001)]).toEqual([['ok'], ['EADDRINUSE']]);
});

test('a malformed version is refused', () => {
  expect(() => binds('tcp', ['0.0.0.0 -'], { kernel: 'latest' })).toThrow(/not a Linux version/);
});

describe('a connect() of a TCP socket on a broadcast address that is refused', () => {
  const bound = linux.simulate().step({ op: 'bind', socket: 1, ...socket('255.255.255.255 -', 'tcp') }).after;
  const to = { address: '127.0.0.1', port: 1 };
  test.each([
    ['leaves the address of the route', '127.0.0.1', ['ok', 'EADDRINUSE']],
    ['changes nothing where there was no route', '255.255.255.255', ['EADDRINUSE', 'ok']],
  ])('%s', (_, local, outcomes) => {
    const { after } = bound.step({ op: 'connect', socket: 1, local, to }, 'ECONNREFUSED');
    const got = ['255.255.255.255 -', '127.0.0.1 -'].map(
      (name) => after.step({ op: 'bind', socket: 2, ...socket(name, 'tcp') }).prediction.outcomes[0],
    );
    expect(got).toEqual(outcomes);
  });
});
