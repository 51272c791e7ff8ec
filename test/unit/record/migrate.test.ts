import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readExploration, readRecord } from '../../../src/load/read.ts';
import { EXPLORATION_VERSION } from '../../../src/record/explore.ts';
import { RECORD_VERSION } from '../../../src/record/record.ts';
import { fixture } from '../report/fixture.ts';

/** A record as bindspec wrote it on 2026-11-21, before it kept errors, cut to a few cells as if it had been interrupted. */
const written = readFileSync(new URL('old/record-1.json', import.meta.url), 'utf8');
const old = JSON.parse(written) as Record<string, unknown> & { cells: unknown[] };

/** The fixture as version 1 had it; `change` removes what only later records of that version had. */
function asVersion1(change: (record: Record<string, unknown>) => void): string {
  const record = JSON.parse(JSON.stringify({ ...fixture, schema: 1 })) as Record<string, unknown>;
  change(record);
  return JSON.stringify(record);
}

describe('a record of version 1', () => {
  it('that was really written is read as one of the newest, with all that it has', () => {
    expect(old['schema']).toBe(1);
    expect(old).not.toHaveProperty('errors');
    const record = readRecord(written, 'record.json');
    expect(record).toMatchObject({ ...old, schema: RECORD_VERSION });
    expect(record.cells).toHaveLength(old.cells.length);
    expect(record.errors).toMatchObject({ EADDRINUSE: { number: null, class: 'address-in-use' } });
  });

  it('keeps a legend of errors that it has', () => {
    expect(
      readRecord(
        asVersion1(() => undefined),
        'record.json',
      ),
    ).toEqual(JSON.parse(JSON.stringify(fixture)));
  });

  it('gets what the first records had not', () => {
    const text = asVersion1((record) => {
      const { settings, lab, cells } = record as { settings: object; lab: object; cells: { claims: object[] }[] };
      delete (settings as { cells?: number }).cells;
      delete (lab as { elsewhere?: string }).elsewhere;
      for (const claim of cells.flatMap(({ claims }) => claims)) delete (claim as { against?: unknown }).against;
    });
    const record = readRecord(text, 'record.json');
    expect(record.settings.cells).toBe(fixture.cells.length);
    expect(record.lab.elsewhere).toBe('npx bindspec doctor');
    expect(record.cells[0]?.claims[0]).toEqual({ claim: 'external-refuses-loopback', holds: true, against: [] });
  });

  it('has what was assumed of a system neither judged nor expected', () => {
    const text = asVersion1((record) => {
      for (const cell of record['cells'] as { expectation?: { known: string } }[]) {
        if (cell.expectation) cell.expectation.known = 'assumed';
      }
    });
    const { cells } = readRecord(text, 'record.json');
    expect(cells.filter(({ expectation }) => expectation)).toEqual([]);
    expect([...new Set(cells.map(({ verdict }) => verdict))].toSorted()).toEqual(['error', 'skipped', 'unjudged']);
    expect(cells.flatMap(({ disagreements }) => disagreements)).toEqual([]);
  });
});

describe('a record of version 2', () => {
  const written2 = readFileSync(new URL('../../../reports/wine-8.0-x64/record.json', import.meta.url), 'utf8');
  const cell = (text: string, change: (record: Record<string, unknown>) => void = () => undefined) => {
    const record = JSON.parse(text) as Record<string, unknown>;
    change(record);
    return readRecord(JSON.stringify(record), 'record.json');
  };
  const call = (option: string, error: string) => `setsockopt(s, ${option}, 1) = -1 ${error}`;
  /** The fixture as version 2 had it, as if an option in its first cell had returned an error. */
  const asked = (system: string, option: string, error: string) =>
    cell(JSON.stringify({ ...fixture, schema: 2 }), (record) => {
      if (system === 'wine') record['platform'] = (JSON.parse(written2) as { platform: object }).platform;
      const [first] = record['cells'] as Record<string, unknown>[];
      Object.assign(first ?? {}, {
        observation: { first: error, second: [error, 'ok'] },
        transcript: [{ at: 0, part: 'server', host: 'machine', call: call(option, error) }],
      });
      Object.assign(record, { errors: { [error]: { number: 92, class: 'no-such-option' } } });
    });

  it('has its own word for an option that the system was never asked for', () => {
    const {
      cells: [first],
      errors,
    } = asked('wine', 'SO_REUSEPORT', 'WSAENOPROTOOPT');
    expect(first?.observation).toEqual({ first: 'not available here', second: ['not available here', 'ok'] });
    expect(first?.transcript[0]?.call).toBe('setsockopt(s, SO_REUSEPORT, 1) = not available here, no call made');
    expect(errors).toEqual({});
  });

  it.each([
    ['wine', 'SO_EXCLUSIVEADDRUSE', 'WSAENOPROTOOPT'],
    ['linux', 'SO_REUSEPORT', 'ENOPROTOOPT'],
  ])('keeps what %s really said of %s', (system, option, error) => {
    const {
      cells: [first],
      errors,
    } = asked(system, option, error);
    expect(first?.observation).toEqual({ first: error, second: [error, 'ok'] });
    expect(first?.transcript[0]?.call).toBe(call(option, error));
    expect(Object.keys(errors)).toEqual([error]);
  });

  it('that is committed has none of it left, and its verdicts', () => {
    const { cells } = cell(written2);
    // Others set options that Winsock has a number for, and that Wine really refuses.
    const sharing = JSON.stringify(cells.filter(({ id }) => id.startsWith('conflict/')));
    expect(sharing).not.toContain('ENOPROTOOPT');
    expect(sharing).toContain('"first":"not available here"');
    const before = JSON.parse(written2) as { cells: { verdict: string }[] };
    expect(cells.map(({ verdict }) => verdict)).toEqual(before.cells.map(({ verdict }) => verdict));
  });
});

describe('the record of an exploration of version 1', () => {
  it('asked about names', () => {
    const file = new URL('../../../reports/linux-6.18-x64/explore.json', import.meta.url);
    const written1 = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    delete written1['asks'];
    const record = readExploration(JSON.stringify({ ...written1, schema: 1 }), 'explore.json');
    expect(record).toMatchObject({ schema: EXPLORATION_VERSION, asks: 'names', seed: written1['seed'] });
  });
});
