import { describe, expect, it } from 'vitest';
import { comparisonSchema } from '../../../../src/record/comparison.ts';
import type { CellRecord } from '../../../../src/record/record.ts';
import { columnsOf } from '../../../../src/report/comparison/columns.ts';
import { compareRuns } from '../../../../src/report/comparison/compare.ts';
import { given, runOn } from './fixture.ts';

const CELL = 'refusal/loopback/family:inet';

/** The changes to one cell on another platform. */
const changed = (id: string, change: Partial<CellRecord>) => (cell: CellRecord) => (cell.id === id ? change : {});

function compared(...runs: ReturnType<typeof runOn>[]) {
  return compareRuns(columnsOf(given(...runs), []).columns, '0.1.0');
}

function cellOf(comparison: ReturnType<typeof compared>, id: string) {
  return comparison.experiments.flatMap(({ cells }) => cells).find((cell) => cell.id === id);
}

const linux = runOn({});
const windows = runOn({
  id: 'windows-10.0-x64',
  system: 'windows',
  twist: changed(CELL, { observation: { client: 'WSAECONNRESET', milliseconds: 1 }, verdict: 'differs' }),
});
const darwin = runOn({ id: 'darwin-24.6-arm64', system: 'darwin' });

describe('a comparison', () => {
  it('has platforms of the same outcome together, the largest group first', () => {
    expect(cellOf(compared(windows, linux, darwin), CELL)?.alike).toEqual([
      ['linux-6.1-x64', 'darwin-24.6-arm64'],
      ['windows-10.0-x64'],
    ]);
    expect(cellOf(compared(linux, darwin), CELL)?.alike).toHaveLength(1);
  });

  it('takes the names that systems have for one error for the same, in a list too', () => {
    const id = 'refusal/loopback/family:inet6';
    const saying = (client: unknown) =>
      changed(id, { observation: { client }, expectation: { expect: { client }, known: 'observed', cite: [] } });
    const seen = (one: unknown, other: unknown) =>
      cellOf(compared(runOn({ twist: saying(one) }), runOn({ id: 'windows-10.0-x64', twist: saying(other) })), id)
        ?.alike;
    expect(seen('ECONNREFUSED', 'WSAECONNREFUSED')).toHaveLength(1);
    expect(seen(['ok', 'EADDRINUSE'], ['ok', 'WSAEADDRINUSE'])).toHaveLength(1);
    expect(seen('EADDRINUSE', 'WSAEACCES')).toHaveLength(2);
    expect(seen(['ok', 'EADDRINUSE'], ['ok'])).toHaveLength(2);
    expect(seen(['ok'], ['ok', 'EADDRINUSE'])).toHaveLength(2);
    expect(seen('silence', 'ok')).toHaveLength(2);
  });

  it('looks only at values that are judged somewhere, so that times do not count as a difference', () => {
    const slower = runOn({
      id: 'linux-6.12-x64',
      twist: changed(CELL, { observation: { client: 'ECONNREFUSED', milliseconds: 99 } }),
    });
    expect(cellOf(compared(linux, slower), CELL)?.alike).toHaveLength(1);
  });

  it('takes a time that kept its bounds for the bounds, and one that did not for a difference', () => {
    const id = 'conflict/wildcard/family:inet/type:dgram';
    const took = (milliseconds: number) => {
      const twist = changed(id, { observation: { second: 'EADDRINUSE', took: milliseconds } });
      return cellOf(compared(linux, runOn({ id: 'linux-6.12-x64', twist })), id);
    };
    expect(took(49)?.alike).toHaveLength(1);
    expect(took(49)?.on['linux-6.12-x64']?.outcomes).toContainEqual({ place: 'took', observed: 'at most 50' });
    expect(took(51)?.alike).toHaveLength(2);
  });

  it('sees a platform that has no expectation in the places in which others are judged', () => {
    const without = (cell: CellRecord): Partial<CellRecord> => {
      delete (cell as Partial<CellRecord>).expectation;
      return {};
    };
    const unknown = runOn({ id: 'openbsd-7.8-x64' });
    const unjudged = { ...unknown, cells: unknown.cells.map((cell) => ({ ...cell })) };
    for (const cell of unjudged.cells) without(cell);
    const both = cellOf(compared(linux, unjudged), CELL);
    expect(both?.alike).toEqual([['linux-6.1-x64', 'openbsd-7.8-x64']]);
    expect(both?.on['openbsd-7.8-x64']?.known).toBeUndefined();
    // For a single record, the comparison shows everything that was observed, except the time.
    expect(cellOf(compared(unjudged), CELL)?.on['openbsd-7.8-x64']?.outcomes).toEqual([
      { place: 'client', observed: 'ECONNREFUSED' },
    ]);
  });

  it('takes what was skipped for no difference, and keeps the reason', () => {
    const skipped = runOn({
      id: 'openbsd-7.8-x64',
      twist: changed(CELL, { verdict: 'skipped', reason: 'not here', observation: undefined }),
    });
    const cell = cellOf(compared(linux, skipped), CELL);
    expect(cell?.alike).toEqual([['linux-6.1-x64']]);
    expect(cell?.on['openbsd-7.8-x64']).toMatchObject({ verdict: 'skipped', reason: 'not here', outcomes: [] });
  });

  it('leaves out a platform on which a cell was not chosen', () => {
    const few = { ...darwin, cells: darwin.cells.slice(0, 1) };
    expect(Object.keys(cellOf(compared(linux, few), 'conflict/neighbour')?.on ?? {})).toEqual(['linux-6.1-x64']);
  });

  it('does not depend on the order of the records, and is as its schema says', () => {
    const forward = compared(linux, windows, darwin);
    expect(JSON.stringify(compared(darwin, windows, linux))).toBe(JSON.stringify(forward));
    expect(comparisonSchema.safeParse(JSON.parse(JSON.stringify(forward))).error).toBeUndefined();
  });
});
