import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { netns } from '../../src/lab/netns.ts';
import { readRecord } from '../../src/record/read.ts';
import type { BindRecord } from '../../src/record/record.ts';
import { failureText } from '../../src/report/failure.ts';
import { unavailable } from '../suites/batch.ts';
import { bindspec, folder } from '../support/cli.ts';
import { example, page, ROOT, rows, section } from '../support/docs.ts';
import { needs } from '../support/needs.ts';

const missing = await unavailable(netns);

/** A copy of the project with nothing in its suites but the example of the guide. */
function projectWithExample(): string {
  const project = folder();
  const { id, source } = example();
  for (const kept of [
    'src',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'suites/claims.ts',
    'suites/sources.ts',
  ]) {
    cpSync(path.join(ROOT, kept), path.join(project, kept), { recursive: true });
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(project, 'node_modules'));
  const file = path.join(project, 'suites', `${id}.ts`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, source);
  return project;
}

function recordIn(reports: string, stdout: string): BindRecord {
  const file = /written: (\S+record\.json)/.exec(stdout)?.[1];
  if (file === undefined) throw new Error(`no record was written into ${reports}: ${stdout}`);
  return readRecord(readFileSync(file, 'utf8'), file);
}

describe('what the documentation shows', needs(missing), () => {
  test('the example of the guide for authors compiles, and passes', async () => {
    const project = projectWithExample();
    const { id } = example();
    const tsc = path.join(ROOT, 'node_modules/.bin/tsc');
    const built = await execa(tsc, ['-p', 'tsconfig.build.json'], { cwd: project, reject: false });
    expect(built.stdout).toBe('');
    expect(built.exitCode).toBe(0);

    const reports = path.join(project, 'reports');
    const command = [path.join(project, 'dist/src/cli/main.js'), 'run', id, '--lab', 'netns', '--reports', reports];
    const ran = await execa(process.execPath, command, { reject: false, env: { NO_COLOR: '1' } });
    const record = recordIn(reports, ran.stdout);
    expect(record.cells.map((cell) => cell.id.split('/').slice(0, 2).join('/'))).toEqual([id, id, id, id]);
    for (const cell of record.cells) expect(cell.verdict, failureText(cell, record)).toBe('pass');
    expect(ran.exitCode).toBe(0);
  });

  test('the claims in the table of the README have the verdicts that a run gives them', async () => {
    const [, ...found] = rows(section(page('README.md').text, '## Where the documents are wrong'));
    const said = found.map((cells) => [cells[0]?.replaceAll('`', '') ?? '', cells[3]]);
    const reports = folder();
    const ran = await bindspec(['run', ...said.map(([id]) => id ?? ''), '--lab', 'netns', '--reports', reports]);
    const record = recordIn(reports, ran.stdout);
    // What could not be tried here, such as a program that is not installed, is not held against the table.
    const verdicts = new Map(
      record.claims.filter(({ verdict }) => verdict !== 'untested').map(({ id, verdict }) => [id, verdict]),
    );
    expect(verdicts.size).toBeGreaterThan(0);
    for (const [id = '', verdict] of said) if (verdicts.has(id)) expect(verdicts.get(id), id).toBe(verdict);
  });
});
