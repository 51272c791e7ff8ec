import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { serverRecords } from '../../../tools/server-records.ts';
import { serverRows } from '../../../src/programs/rows.ts';
import { serversMarkdown } from '../../../src/report/programs/markdown.ts';
import { programsPage } from '../../../src/report/programs/page.ts';
import { SERVERS } from '../../../suites/programs/servers/index.ts';
import { ROOT } from '../../support/docs.ts';

const records = serverRecords(path.join(ROOT, 'reports'));

test('docs/programs.md is made of the committed records (npm run pages)', () => {
  expect(readFileSync(path.join(ROOT, 'docs/programs.md'), 'utf8')).toBe(programsPage(records));
});

test('every committed record is of a declared program, and has what its declaration says', () => {
  for (const { name, documented } of records) {
    const declared = SERVERS.find((server) => server.name === name);
    expect({ name, says: documented.says, where: documented.where }).toEqual({
      name,
      says: declared?.says,
      where: declared?.where,
    });
  }
});

test('contradictions come first, and each says how it differs', () => {
  const rows = serverRows(records);
  const first = rows.findIndex(({ verdict }) => verdict !== 'contradiction');
  expect(first).toBeGreaterThan(0);
  expect(rows.slice(first).filter(({ verdict }) => verdict === 'contradiction')).toEqual([]);
  for (const { differences } of rows.slice(0, first)) expect(differences.length).toBeGreaterThan(0);
});

test('what a record brings can be no markup', () => {
  const [record] = records;
  if (record === undefined) throw new Error('there is no record');
  const made = serversMarkdown([{ ...record, name: '<b>|', start: 'failed', binds: [], reach: {} }]);
  expect(made).toContain('&lt;b&gt;\\|');
});
