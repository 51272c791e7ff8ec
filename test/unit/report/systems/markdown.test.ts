import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BindRecord } from '../../../../src/record/record.ts';
import { loadRegistry } from '../../../../src/experiment/registry.ts';
import { columnsOf } from '../../../../src/report/comparison/columns.ts';
import { compareRuns } from '../../../../src/report/comparison/compare.ts';
import { enginesOf } from '../../../../src/report/comparison/engines.ts';
import { systemsMarkdown } from '../../../../src/report/systems/markdown.ts';
import { systemsTable } from '../../../../src/report/systems/table.ts';
import { engineRecords } from '../../../../tools/engine-records.ts';
import { runRecords } from '../../../../tools/run-records.ts';
import { compareVersions } from '../../../../src/experiment/versions.ts';
import { brokenLinks, page, ROOT, rows } from '../../../support/docs.ts';

const REPORTS = path.join(ROOT, 'reports');
/** A page that is longer is cut by the summaries of forges, and by readers. */
const MOST_BYTES = 25_000;
const LONGEST_CELL = 40;

const file = page('reports/MATRIX.md');
const records = runRecords(REPORTS);

describe('reports/MATRIX.md', () => {
  let made: string;

  beforeAll(async () => {
    const given = <R>(all: readonly R[]) => all.map((record, index) => ({ file: `${index}`, record }));
    const { columns } = columnsOf(given(records), []);
    const { engines } = enginesOf(given(engineRecords(REPORTS)));
    const table = systemsTable(compareRuns(columns, '', engines), engines, await loadRegistry());
    made = systemsMarkdown(table, '../docs/questions/');
  });

  it('is made of the committed records (npm run reports)', () => {
    expect(file.text).toBe(made);
  });

  it('is short, and so is each of its cells', () => {
    expect(Buffer.byteLength(file.text)).toBeLessThanOrEqual(MOST_BYTES);
    const cells = [...file.text.matchAll(/^\|.*\|$/gm)].flatMap(([row]) => row.split('|').slice(2, -1));
    expect(cells.length).toBeGreaterThan(1000);
    expect(cells.filter((cell) => cell.length > LONGEST_CELL)).toEqual([]);
  });

  it('links every question to its page', () => {
    expect(brokenLinks(file)).toEqual([]);
    expect(file.text.match(/\]\(\.\.\/docs\/questions\/[\w/-]+\.md\)/g)).toHaveLength(
      readFileSync(path.join(ROOT, 'docs/questions/README.md'), 'utf8').match(/\]\([\w/-]+\.md\)/g)?.length ?? 0,
    );
  });

  it.each(['gvisor', 'wine'])('has the sign that the record of %s gives beside that of the newest Linux', (system) => {
    const [head = [], ...table] = rows(file.text);
    const column = head.findIndex((title) => title.toLowerCase() === system);
    const record = records.find(({ platform }) => platform.system === system);
    const linux = records
      .filter(({ platform }) => platform.system === 'linux')
      .toSorted((one, other) => compareVersions(one.platform.release, other.platform.release))
      .at(-1);
    if (record === undefined || linux === undefined) throw new Error(`no record of ${system}`);
    const wrong = table.flatMap((row) => {
      const [, id] = /questions\/([\w/-]+)\.md/.exec(row[0] ?? '') ?? [];
      const sign = id === undefined ? null : signFrom(id, record, linux);
      return sign === null || row[column]?.startsWith(sign) ? [] : [`${id}: ${row[column]}, not ${sign}`];
    });
    expect(wrong).toEqual([]);
  });
});

/** The sign of a question by the verdicts and observations of two records alone; null where they do not settle it. */
function signFrom(id: string, record: BindRecord, linux: BindRecord): string | null {
  const ran = record.cells.filter(({ experiment, observation }) => experiment === id && observation !== undefined);
  const verdicts = new Set(ran.map(({ verdict }) => verdict));
  if ((['fail', 'stale', 'error', 'known'] as const).some((verdict) => verdicts.has(verdict))) return '▲';
  const there = new Map(linux.cells.map((cell) => [cell.id, JSON.stringify(cell.observation)]));
  const isSame = ran.every((cell) => there.get(cell.id) === JSON.stringify(cell.observation));
  if (ran.length > 0 && isSame) return '●';
  return verdicts.has('differs') ? '◆' : null;
}

describe('the table of systems in Markdown', () => {
  it('has no links where there are no pages of questions', async () => {
    const { columns } = columnsOf([{ file: '', record: records[0] as BindRecord }], []);
    const table = systemsTable(compareRuns(columns, ''), [], await loadRegistry());
    expect(systemsMarkdown(table, null)).not.toContain('](');
  });
});
