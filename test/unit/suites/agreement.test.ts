import { describe, expect, test } from 'vitest';
import { cellsOf, type Cell } from '../../../src/experiment/cells.ts';
import { SYSTEMS, type System } from '../../../src/experiment/experiment.ts';
import type { PlannedSocket } from '../../../src/experiment/planned.ts';
import { loadRegistry } from '../../../src/experiment/registry.ts';
import { models } from '../../../src/model/index.ts';
import type { NextSocket, PresentSocket } from '../../../src/model/types.ts';
import { expectationFor } from '../../../src/verdict/judge.ts';
import { modelledFor } from '../../../src/verdict/modelled.ts';
import { SOURCES } from '../../../suites/sources.ts';

const registry = await loadRegistry();
const binding = registry.filter(({ experiment }) => experiment.binds !== undefined);
const cells = binding.flatMap(cellsOf);

function cell(id: string): Cell {
  const found = cells.find((one) => one.id === id);
  if (found === undefined) throw new RangeError(`there is no cell ${id}`);
  return found;
}

/** What is expected of a cell as far as binding decides it, without what the experiment asks beyond. */
function expectedOf(id: string, system: System): unknown {
  return expectationFor(cell(id), system).expect;
}

test('every experiment in which binding is the question says which sockets it binds', () => {
  expect(binding.map(({ id }) => id)).toEqual([
    'conflict/another-user',
    'conflict/loopback-beside-external',
    'conflict/names',
    'conflict/one-on-every-address',
    'conflict/reuse-by-another-user',
    'conflict/reuse',
    'conflict/same-address',
    'conflict/specific-after-wildcard',
    'conflict/udp-beside-tcp',
    'conflict/wildcard-after-specific',
  ]);
  expect(registry.filter(({ id }) => id.startsWith('conflict/'))).toHaveLength(binding.length);
});

describe('what is expected on Linux, written by hand and observed, is what the model of Linux says', () => {
  for (const one of cells) {
    test(one.id, () => {
      const modelled = modelledFor(one.registered.experiment, one.values, 'linux');
      expect(expectationFor(one, 'linux').expect).toMatchObject(modelled?.expect as object);
    });
  }
});

/** A socket of a pair as the models take it, made here a second time, with other addresses. */
function asked({ protocol, family, on, options = [], otherUser }: PlannedSocket): NextSocket {
  const addresses = {
    inet: { wildcard: '0.0.0.0', loopback: '127.0.0.1', external: '10.1.1.1', 'second-external': '10.2.2.2' },
    inet6: { wildcard: '::', loopback: '::1', external: 'fd01::1', 'second-external': 'fd02::2' },
  } as Record<string, Record<string, string>>;
  return {
    protocol,
    family,
    v6only: true,
    address: addresses[family]?.[on] ?? '',
    port: 1060,
    options: { reuseaddr: options.includes('SO_REUSEADDR'), reuseport: options.includes('SO_REUSEPORT') },
    uid: otherUser === true ? 65_534 : 0,
  };
}

describe('what is expected of a pair is what the model of the system says', () => {
  const pairs = cells.filter(({ registered }) => {
    const keys = Object.keys(
      modelledFor(registered.experiment, cellsOf(registered)[0]?.values ?? {}, 'linux')?.expect ?? {},
    );
    return keys.join() === 'first,second,call';
  });
  for (const system of SYSTEMS) {
    test(system, () => {
      expect(pairs.length).toBeGreaterThan(70);
      for (const one of pairs) {
        const [first, second] = one.registered.experiment.binds?.sockets(one.values) ?? [];
        if (first === undefined || second === undefined) throw new RangeError(one.id);
        const lacks = (socket: PlannedSocket) =>
          (system === 'windows' || system === 'wine') && socket.options?.includes('SO_REUSEPORT') === true;
        const state = first.protocol === 'tcp' ? 'listening' : 'bound';
        const present: PresentSocket[] = lacks(first) ? [] : [{ ...asked(first), state }];
        const { bind, listen } = models[system].predict(present, asked(second));
        const outcomes = listen !== undefined && bind.outcomes[0] === 'ok' ? listen.outcomes : bind.outcomes;
        const call = listen !== undefined && bind.outcomes[0] === 'ok' ? 'listen' : 'bind';
        expect(expectationFor(one, system).expect, one.id).toEqual({
          first: lacks(first) ? 'WSAENOPROTOOPT' : 'ok',
          second: lacks(second) ? 'WSAENOPROTOOPT' : outcomes.length === 1 ? outcomes[0] : { oneOf: outcomes },
          call: lacks(second) ? 'setsockopt' : call,
        });
      }
    });
  }
});

describe('what the sources say of a system is what is expected there', () => {
  const pair = 'protocol:udp/family:inet';
  const reuse = (option: string, set: string, net = pair) => `conflict/reuse/option:SO_${option}/set:${set}/${net}`;
  const said: readonly (readonly [System, string, object])[] = [
    ['windows', `conflict/same-address/on:loopback/${pair}`, { second: 'WSAEADDRINUSE', call: 'bind' }],
    ['windows', `conflict/wildcard-after-specific/first:external/${pair}`, { second: 'ok' }],
    [
      'windows',
      `conflict/specific-after-wildcard/second:loopback/protocol:tcp/family:inet6`,
      { second: 'ok', call: 'listen' },
    ],
    ['windows', reuse('REUSEADDR', 'both'), { second: 'ok' }],
    ['windows', reuse('REUSEADDR', 'both', 'protocol:tcp/family:inet'), { second: 'ok', call: 'listen' }],
    ['windows', reuse('REUSEADDR', 'second'), { second: 'WSAEACCES' }],
    ['windows', reuse('REUSEADDR', 'first'), { second: { oneOf: ['WSAEADDRINUSE', 'WSAEACCES'] } }],
    ['windows', reuse('REUSEPORT', 'first'), { first: 'WSAENOPROTOOPT', second: 'ok' }],
    ['windows', reuse('REUSEPORT', 'second'), { first: 'ok', second: 'WSAENOPROTOOPT', call: 'setsockopt' }],
    [
      'windows',
      `conflict/names/${pair}`,
      { collisions: { wildcard: 'wildcard', loopback: 'loopback' }, errors: ['WSAEADDRINUSE'] },
    ],
    ['windows', `conflict/another-user/${pair}`, { second: 'WSAEADDRINUSE' }],
    [
      'wine',
      `conflict/wildcard-after-specific/first:loopback/protocol:tcp/family:inet`,
      { second: 'WSAEADDRINUSE', call: 'bind' },
    ],
    ['wine', reuse('REUSEADDR', 'both'), { second: 'ok' }],
    ['darwin', reuse('REUSEADDR', 'both'), { second: 'EADDRINUSE' }],
    ['darwin', reuse('REUSEPORT', 'both', 'protocol:tcp/family:inet'), { second: 'ok', call: 'listen' }],
    ['darwin', `conflict/reuse-by-another-user/option:SO_REUSEADDR/${pair}`, { second: 'EADDRINUSE' }],
    ['freebsd', reuse('REUSEADDR', 'both'), { second: 'EADDRINUSE' }],
    ['openbsd', `conflict/reuse-by-another-user/option:SO_REUSEPORT/${pair}`, { second: 'EADDRINUSE' }],
    ['netbsd', `conflict/names/${pair}`, { errors: ['EADDRINUSE', 'EADDRNOTAVAIL'] }],
    ['gvisor', `conflict/reuse-by-another-user/option:SO_REUSEPORT/${pair}`, { second: 'ok' }],
  ];
  for (const [system, id, expected] of said) {
    test(`${system}: ${id}`, () => expect(expectedOf(id, system)).toMatchObject(expected));
  }
});

describe('how an expectation is known', () => {
  test('a difference is given with the rule that makes it and its source', () => {
    const { because, known, cite } = expectationFor(cell('conflict/another-user/protocol:tcp/family:inet'), 'windows');
    expect(because).toContain('second socket without SO_REUSEADDR gets WSAEADDRINUSE');
    expect({ known, cite }).toEqual({ known: 'vendor', cite: [{ source: 'ms-exclusive', where: expect.any(String) }] });
  });

  test('what is the same as on Linux needs no reason, but is known from the system itself', () => {
    const { because, known, cite } = expectationFor(
      cell('conflict/same-address/on:loopback/protocol:udp/family:inet'),
      'freebsd',
    );
    expect({ because, known, cite }).toEqual({
      because: undefined,
      known: 'observed',
      cite: [{ source: 'freebsd-run', where: 'the 64-cell table' }],
    });
  });

  test('nothing about binding is assumed any more', () => {
    for (const system of SYSTEMS) {
      for (const one of cells) expect(expectationFor(one, system).known, `${system} ${one.id}`).not.toBe('assumed');
    }
  });

  test('every document of a rule can be cited', () => {
    const titles = new Set(Object.values(SOURCES).map(({ title }) => title));
    for (const { name, rules } of Object.values(models)) {
      if (name === 'linux') continue;
      for (const rule of rules) expect([...titles], rule.id).toContain(rule.source.name);
    }
  });
});
