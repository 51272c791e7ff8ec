import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../src/experiment/cells.ts';
import type { Experiment } from '../../src/experiment/experiment.ts';
import { netns } from '../../src/lab/netns.ts';
import { readRecord } from '../../src/load/read.ts';
import type { BindRecord } from '../../src/record/record.ts';
import { failureText } from '../../src/report/failure.ts';
import { Batch, unavailable } from '../suites/batch.ts';
import { bindspec, folder } from '../support/cli.ts';
import { example, page, ROOT, rows, section } from '../support/docs.ts';
import { needs } from '../support/needs.ts';
import { patient } from '../support/waiting.ts';

const missing = await unavailable(netns);

/** A copy of the project with nothing in its suites but the example of the guide, which alone is to be compiled. */
function projectWithExample(): { project: string; config: string } {
  const project = folder();
  const { id, source } = example();
  for (const kept of [
    'src',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'src/documents/claims.ts',
    'src/documents/sources.ts',
  ]) {
    cpSync(path.join(ROOT, kept), path.join(project, kept), { recursive: true });
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(project, 'node_modules'));
  const file = path.join(project, 'suites', `${id}.ts`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, source);
  const config = path.join(project, 'tsconfig.example.json');
  writeFileSync(config, JSON.stringify({ extends: './tsconfig.build.json', include: [file] }));
  return { project, config };
}

function recordIn(reports: string, stdout: string): BindRecord {
  const file = /written: (\S+record\.json)/.exec(stdout)?.[1];
  if (file === undefined) throw new Error(`no record was written into ${reports}: ${stdout}`);
  return readRecord(readFileSync(file, 'utf8'), file);
}

describe('what the documentation shows', needs(missing), () => {
  test('the example of the guide for authors compiles, and passes', async () => {
    const { project, config } = projectWithExample();
    const { id } = example();
    const tsc = path.join(ROOT, 'node_modules/.bin/tsc');
    const built = await execa(tsc, ['-p', config], { cwd: project, reject: false });
    expect(built.stdout).toBe('');
    expect(built.exitCode).toBe(0);

    const compiled = pathToFileURL(path.join(project, 'dist/suites', `${id}.js`)).href;
    const { default: declared } = (await import(compiled)) as { default: Experiment };
    const asked = cellsOf({ id, experiment: declared });
    const batch = new Batch(netns, asked);
    const cells = await Promise.all(asked.map((cell) => batch.recordOf(cell)));
    const record = { cells, lab: { lab: 'netns' }, platform: {} };
    expect(record.cells.map((cell) => cell.id.split('/').slice(0, 2).join('/'))).toEqual([id, id, id, id]);
    for (const cell of record.cells) expect(cell.verdict, failureText(cell, record)).toBe('pass');
  });

  test('the claims in the table of what was found have the verdicts that a run gives them', async () => {
    const [, ...found] = rows(section(page('docs/findings.md').text, "## The documents' mistakes"));
    const said = found.map((cells) => [cells[0]?.replaceAll('`', '') ?? '', cells[1]]);
    const reports = folder();
    const ran = await bindspec([
      'run',
      ...patient(),
      ...said.map(([id]) => id ?? ''),
      '--lab',
      'netns',
      '--reports',
      reports,
    ]);
    const record = recordIn(reports, ran.stdout);
    // What could not be tried here, such as a program that is not installed, is not checked against the table.
    const verdicts = new Map(
      record.claims.filter(({ verdict }) => verdict !== 'untested').map(({ id, verdict }) => [id, verdict]),
    );
    expect(verdicts.size).toBeGreaterThan(0);
    for (const [id = '', verdict] of said) if (verdicts.has(id)) expect(verdicts.get(id), id).toBe(verdict);
  });
});
