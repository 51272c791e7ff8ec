import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { explain } from '../../../../src/explain/explain.ts';
import { explainable, kindsOfPrograms, programsFor, REACHES } from '../../../../src/page/programs/rows.ts';
import { serverRows } from '../../../../src/programs/rows.ts';
import type { ServerRecord } from '../../../../src/record/server.ts';
import { ROOT } from '../../../support/docs.ts';

const FOLDER = path.join(ROOT, 'reports', 'programs');
const records = readdirSync(FOLDER).flatMap((name) =>
  readdirSync(path.join(FOLDER, name)).map(
    (file) => JSON.parse(readFileSync(path.join(FOLDER, name, file), 'utf8')) as ServerRecord,
  ),
);
const rows = serverRows(records);
const names = (found: readonly { name: string }[]) => found.map(({ name }) => name);

test('the choices of each kind share the programs out among them', () => {
  for (const [name, values] of [
    ['group', kindsOfPrograms(rows)],
    ['reach', REACHES.map(([reach]) => reach)],
    ['verdict', ['contradiction', 'as documented', 'not documented']],
  ] as const) {
    const parts = values.map((value) => programsFor(rows, { [name]: value }));
    expect(parts.flatMap((part) => names(part)).toSorted(), name).toEqual(names(rows).toSorted());
    expect(parts.every((part) => part.length > 0)).toBe(true);
  }
});

test('a question of a reader finds the programs that it is about', () => {
  const open = names(programsFor(rows, { q: 'which dev servers open to the LAN?' }));
  expect(open).toContain('webpack serve');
  expect(open).not.toContain('vite');
  expect(names(programsFor(rows, { q: '5173' }))).toEqual(['vite', 'vite --host']);
  expect(names(programsFor(rows, { q: 'docker' }))).toEqual([]);
});

test('every socket in the table can be explained', () => {
  const lines = records.flatMap(({ binds }) => binds).filter((line) => /^(?:tcp|udp) .*:\d/.test(line));
  const texts = new Set(lines.map((line) => explainable(line)?.replace(/:\d+(?= |$)/, ':8080')));
  expect(texts.size).toBeGreaterThan(10);
  for (const text of texts) {
    expect(explain([text ?? '', text ?? ''], { systems: ['linux'] }).answers, text).toHaveLength(1);
  }
});
