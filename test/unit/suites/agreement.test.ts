import { describe, expect, test } from 'vitest';
import { cellsOf, type Cell } from '../../../src/experiment/cells.ts';
import type { System } from '../../../src/experiment/experiment.ts';
import { disagreements, partOf, placesIn } from '../../../src/experiment/expectation.ts';
import { loadRegistry } from '../../../src/experiment/registry.ts';
import { models } from '../../../src/model/index.ts';
import { versionOf } from '../../../src/model/linux-kernel.ts';
import { expectationFor } from '../../../src/verdict/judge.ts';
import { modelledFor } from '../../../src/verdict/modelled.ts';
import { SOURCES } from '../../../src/documents/sources.ts';
import { runRecords } from '../../../tools/run-records.ts';
import { ROOT } from '../../support/docs.ts';

const registry = await loadRegistry();
const binding = registry.filter(
  ({ experiment }) => experiment.binds !== undefined || experiment.receives !== undefined,
);
const cells = binding.flatMap(cellsOf);

function cell(id: string): Cell {
  const found = cells.find((one) => one.id === id);
  if (found === undefined) throw new RangeError(`there is no cell ${id}`);
  return found;
}

/** The expectation of a cell as far as binding decides it, without anything else that the experiment asks. */
function expectedOf(id: string, system: System): unknown {
  return expectationFor(cell(id), system)?.expect;
}

/** The versions just before and just after every change. */
const KERNELS: readonly string[] = [
  '5.10.50',
  '5.10.223',
  '6.1.167',
  '6.1.168',
  '6.1.192',
  '6.6.130',
  '6.6.131',
  '6.12.79',
  '6.12.80',
  '6.13.1',
  '6.13.2',
  '6.14.0',
  '6.18.20',
  '6.18.21',
  '6.18.44',
  '6.19.10',
  '6.19.11',
  '7.0.0',
  '7.2.13',
  '7.3.4',
];

/** The places of a model's expectation at which the one that is written by hand is something that the model does not allow. */
function notAllowed(modelled: unknown, byHand: unknown): string[] {
  return placesIn(modelled).filter((place) => {
    const [allowed, said] = [modelled, byHand].map((whole) => partOf(whole, (one) => one === place));
    return JSON.stringify(allowed) !== JSON.stringify(said) && disagreements(allowed, said).length > 0;
  });
}

describe('what is expected on Linux, written by hand, is what the model of Linux says of that kernel', () => {
  for (const kernel of KERNELS) {
    test(kernel, () => {
      let held = 0;
      const wrong = cells.flatMap((one) => {
        const modelled = modelledFor(one.registered.experiment, one.values, 'linux', kernel);
        // No model knows what a scene with such options does.
        if (modelled === null) return [];
        held += 1;
        const places = notAllowed(modelled.expect, expectationFor(one, 'linux', kernel)?.expect);
        return places.length === 0 ? [] : [{ id: one.id, places }];
      });
      expect(wrong).toEqual([]);
      expect(held).toBeGreaterThan(cells.length / 2);
    });
  }

  test('differ for some, and say why', () => {
    const differingIn = (some: readonly Cell[]) => (kernel: string) =>
      some.filter((one) => expectationFor(one, 'linux', kernel)?.because !== undefined).map(({ id }) => id);
    const differing = differingIn(cells.filter(({ registered }) => registered.experiment.binds !== undefined));
    const receiving = differingIn(cells.filter(({ registered }) => registered.experiment.receives !== undefined));
    const many = (wildcard: string) =>
      ['11', '16'].map((holders) => `conflict/wildcard-over-many/wildcard:${wildcard}/holders:${holders}`);
    expect(differing('6.12.43')).toEqual(['inet', 'dual', 'mapped'].flatMap(many));
    expect(differing('6.1.192')).toEqual([
      'conflict/mapped-names/first:mapped-wildcard/second:mapped-loopback/protocol:tcp',
    ]);
    expect(differing('6.18.44')).toEqual([]);
    expect(receiving('6.12.43')).toContain('connected/starving-member/name:inet-loopback');
    expect(receiving('6.13.1')).toEqual([
      'connected/placeholder/port:of-the-peer/to:127.0.0.6',
      'multicast/unwanted/from:neighbour/beside:nothing',
    ]);
    expect(receiving('6.18.44')).toEqual([]);
  });
});

describe('what a model says of a bind is what the record of its system observed', () => {
  const records = runRecords(`${ROOT}reports`);
  test.each(records.map((record) => [record.platform.id, record] as const))('%s', (_, record) => {
    const observed = new Map(record.cells.map((one) => [one.id, one]));
    const system = record.platform.system as System;
    let held = 0;
    const wrong: { id: string; places: unknown }[] = [];
    for (const one of cells) {
      const seen = observed.get(one.id);
      if (seen === undefined || seen.verdict === 'skipped') continue;
      const modelled = modelledFor(one.registered.experiment, one.values, system, versionOf(record.platform));
      if (modelled === null) continue;
      const places = disagreements(modelled.expect, seen.observation);
      if (places.length > 0) wrong.push({ id: one.id, places });
      held += 1;
    }
    expect(wrong).toEqual([]);
    const asked = cells.filter(({ id, registered }) => observed.has(id) && registered.experiment.binds !== undefined);
    expect(held).toBeGreaterThan(asked.length / 2);
  });
});

const pair = 'protocol:udp/family:inet';
const reuse = (option: string, set: string, net = pair) => `conflict/reuse/option:SO_${option}/set:${set}/${net}`;

describe('what the sources say of a system is what is expected there', () => {
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
    const { because, known, cite } = expectationFor(cell(reuse('REUSEADDR', 'second')), 'windows') ?? {};
    expect(because).toContain('is denied where the first did not set it');
    expect({ known, cite }).toEqual({ known: 'vendor', cite: [{ source: 'ms-exclusive', where: expect.any(String) }] });
  });

  test('another name for the same error does not count as a difference', () => {
    const same = expectationFor(cell('conflict/another-user/protocol:tcp/family:inet'), 'windows');
    expect(same).toMatchObject({ expect: { second: 'WSAEADDRINUSE' }, known: 'vendor' });
    expect(same).not.toHaveProperty('because');
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
    const titles = new Set<string>(Object.values(SOURCES).map(({ title }) => title));
    const uncited = Object.values(models)
      .filter(({ name }) => name !== 'linux')
      .flatMap(({ rules }) =>
        rules.filter(({ source }) => !titles.has(source.name)).map(({ id, source }) => `${id}: ${source.name}`),
      );
    expect(uncited).toEqual([]);
  });
});
