import { describe, expect, test } from 'vitest';
import { cellsOf, type Cell } from '../../../src/experiment/cells.ts';
import { SYSTEMS, type System } from '../../../src/experiment/experiment.ts';
import type { PlannedSocket } from '../../../src/experiment/planned.ts';
import { loadRegistry } from '../../../src/experiment/registry.ts';
import { models } from '../../../src/model/index.ts';
import type { NextSocket, PresentSocket } from '../../../src/model/types.ts';
import { expectationFor } from '../../../src/verdict/judge.ts';
import { modelledFor } from '../../../src/verdict/modelled.ts';
import { SOURCES } from '../../../src/documents/sources.ts';

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
  return expectationFor(cell(id), system)?.expect;
}

test('every experiment in which binding is the question says which sockets it binds', () => {
  expect(binding.map(({ id }) => id)).toEqual([
    'conflict/another-user',
    'conflict/loopback-beside-external',
    'conflict/mapped-names',
    'conflict/names',
    'conflict/one-on-every-address',
    'conflict/reuse-by-another-user',
    'conflict/reuse',
    'conflict/same-address',
    'conflict/specific-after-wildcard',
    'conflict/udp-beside-tcp',
    'conflict/wildcard-after-specific',
    'conflict/wildcard-over-many',
  ]);
  expect(registry.filter(({ id }) => id.startsWith('conflict/'))).toHaveLength(binding.length);
});

/** On both sides of every version at which something changed, and the newest. */
const KERNELS: readonly (string | undefined)[] = [
  '5.10.223',
  '6.1.167',
  '6.1.168',
  '6.1.192',
  '6.6.130',
  '6.6.131',
  '6.12.79',
  '6.12.80',
  '6.18.20',
  '6.18.21',
  '6.18.44',
  '6.19.10',
  '6.19.11',
  '7.0.0',
  '7.2.13',
  undefined,
];

describe('what is expected on Linux, written by hand, is what the model of Linux says of that kernel', () => {
  for (const kernel of KERNELS) {
    test(kernel ?? 'the newest', () => {
      for (const one of cells) {
        const modelled = modelledFor(one.registered.experiment, one.values, 'linux', kernel);
        expect(expectationFor(one, 'linux', kernel)?.expect, one.id).toMatchObject(modelled?.expect as object);
      }
    });
  }

  test('of which some differ, and say why', () => {
    const differing = (kernel: string) =>
      cells.filter((one) => expectationFor(one, 'linux', kernel)?.because !== undefined).map(({ id }) => id);
    const many = (wildcard: string) =>
      ['11', '16'].map((holders) => `conflict/wildcard-over-many/wildcard:${wildcard}/holders:${holders}`);
    expect(differing('6.12.43')).toEqual(['inet', 'dual', 'mapped'].flatMap(many));
    expect(differing('6.1.192')).toEqual([
      'conflict/mapped-names/first:mapped-wildcard/second:mapped-loopback/protocol:tcp',
    ]);
    expect(differing('6.18.44')).toEqual([]);
  });
});

/** A socket of a pair as the models take it, made here a second time, with other addresses. */
function asked({ protocol, family, on, v6only = 1, options = [], otherUser }: PlannedSocket): NextSocket {
  const addresses = {
    inet: { wildcard: '0.0.0.0', loopback: '127.0.0.1', external: '10.1.1.1', 'second-external': '10.2.2.2' },
    inet6: { wildcard: '::', loopback: '::1', external: 'fd01::1', 'second-external': 'fd02::2' },
  } as Record<string, Record<string, string>>;
  return {
    protocol,
    family,
    v6only: v6only === 1,
    address: typeof on === 'string' ? (addresses[family]?.[on] ?? '') : on.address,
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
      expect(pairs.length).toBeGreaterThan(110);
      for (const one of pairs) {
        const [first, second] = one.registered.experiment.binds?.sockets(one.values) ?? [];
        if (first === undefined || second === undefined) throw new RangeError(one.id);
        const lacks = (socket: PlannedSocket) =>
          system === 'openbsd'
            ? socket.v6only === 0
            : (system === 'windows' || system === 'wine') && socket.options?.includes('SO_REUSEPORT') === true;
        const refusal = system === 'openbsd' ? 'EINVAL' : 'not available here';
        const state = first.protocol === 'tcp' ? 'listening' : 'bound';
        const present: PresentSocket[] = lacks(first) ? [] : [{ ...asked(first), state }];
        const { bind, listen } = models[system].predict(present, asked(second));
        const rules = lacks(second) ? [] : [bind, ...(listen === undefined ? [] : [listen])].map(({ rule }) => rule);
        if (rules.some((id) => models[system].rules.find((rule) => rule.id === id)?.unverified === true)) {
          expect(modelledFor(one.registered.experiment, one.values, system), one.id).toBeNull();
          continue;
        }
        const outcomes = listen !== undefined && bind.outcomes[0] === 'ok' ? listen.outcomes : bind.outcomes;
        const call = listen !== undefined && bind.outcomes[0] === 'ok' ? 'listen' : 'bind';
        expect(expectationFor(one, system)?.expect, one.id).toEqual({
          first: lacks(first) ? refusal : 'ok',
          second: lacks(second) ? refusal : outcomes.length === 1 ? outcomes[0] : { oneOf: outcomes },
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
    ['windows', reuse('REUSEPORT', 'first'), { first: 'not available here', second: 'ok' }],
    ['windows', reuse('REUSEPORT', 'second'), { first: 'ok', second: 'not available here', call: 'setsockopt' }],
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
    [
      'darwin',
      'conflict/mapped-names/first:inet-wildcard/second:dual-wildcard/protocol:tcp',
      { second: 'ok', call: 'listen' },
    ],
    ['darwin', 'conflict/mapped-names/first:dual-wildcard/second:inet-wildcard/protocol:tcp', { second: 'EADDRINUSE' }],
    [
      'openbsd',
      'conflict/mapped-names/first:dual-wildcard/second:inet-wildcard/protocol:udp',
      { first: 'EINVAL', second: 'ok' },
    ],
    ['windows', 'conflict/wildcard-over-many/wildcard:inet/holders:16', { holders: ['ok'], wildcard: 'ok' }],
    ['freebsd', 'conflict/wildcard-over-many/wildcard:inet/holders:16', { wildcard: 'EADDRINUSE' }],
    ['netbsd', `conflict/names/${pair}`, { errors: ['EADDRINUSE', 'EADDRNOTAVAIL'] }],
    ['gvisor', `conflict/reuse-by-another-user/option:SO_REUSEPORT/${pair}`, { second: 'ok' }],
  ];
  for (const [system, id, expected] of said) {
    test(`${system}: ${id}`, () => expect(expectedOf(id, system)).toMatchObject(expected));
  }
});

describe('how an expectation is known', () => {
  test('a difference is given with the rule that makes it and its source', () => {
    const resolved = expectationFor(cell('conflict/another-user/protocol:tcp/family:inet'), 'windows');
    const { because, known, cite } = resolved ?? {};
    expect(because).toContain('second socket without SO_REUSEADDR gets WSAEADDRINUSE');
    expect({ known, cite }).toEqual({ known: 'vendor', cite: [{ source: 'ms-exclusive', where: expect.any(String) }] });
  });

  test('what is the same as on Linux needs no reason, but is known from the system itself', () => {
    expect(expectationFor(cell('conflict/same-address/on:loopback/protocol:udp/family:inet'), 'freebsd')).toEqual({
      expect: { first: 'ok', second: 'EADDRINUSE', call: 'bind' },
      known: 'observed',
      cite: [{ source: 'freebsd-run', where: 'the 64-cell table' }],
    });
  });

  test('a hypothesis of a model is nothing to judge by', () => {
    const id = 'conflict/mapped-names/first:dual-wildcard/second:inet-wildcard/protocol:udp';
    expect(expectationFor(cell(id), 'windows')).toBeNull();
    expect(expectationFor(cell(id.replace('udp', 'tcp')), 'windows')).toMatchObject({ known: 'test-suite' });
  });

  test('every document of a rule can be cited', () => {
    const titles = new Set(Object.values(SOURCES).map(({ title }) => title));
    for (const { name, rules } of Object.values(models)) {
      if (name === 'linux') continue;
      for (const rule of rules) expect([...titles], rule.id).toContain(rule.source.name);
    }
  });
});
