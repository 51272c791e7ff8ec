import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRecord } from '../../../src/load/read.ts';
import { RECORD_VERSION } from '../../../src/record/record.ts';
import { fixture } from '../report/fixture.ts';

/** A record as bindspec wrote it on 2026-11-21, before it kept errors, cut to a few cells as if it had been interrupted. */
const written = readFileSync(new URL('old/record-1.json', import.meta.url), 'utf8');
const old = JSON.parse(written) as Record<string, unknown> & { cells: unknown[] };

/** The fixture as version 1 had it; `change` takes away what only later records of that version had. */
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
