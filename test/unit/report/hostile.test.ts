import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { containersSchema, type ContainersRecord } from '../../../src/record/containers.ts';
import { serverSchema, type ServerRecord } from '../../../src/record/server.ts';
import { matrixSchema, type MatrixRecord } from '../../../src/record/matrix.ts';
import type { ComparedExperiment } from '../../../src/record/comparison.ts';
import { loadRegistry } from '../../../src/experiment/registry.ts';
import { recordSchema, type BindRecord } from '../../../src/record/record.ts';
import { columnsOf } from '../../../src/report/comparison/columns.ts';
import { compareRuns } from '../../../src/report/comparison/compare.ts';
import { enginePage } from '../../../src/report/containers/differences.ts';
import { containersMarkdown } from '../../../src/report/containers/markdown.ts';
import { diff } from '../../../src/report/diff/diff.ts';
import { diffMarkdown } from '../../../src/report/diff/markdown.ts';
import { diffLines } from '../../../src/report/diff/text.ts';
import { junitReport } from '../../../src/report/junit.ts';
import { markdownReport } from '../../../src/report/markdown.ts';
import { matrixMarkdown } from '../../../src/report/matrix/markdown.ts';
import { programsPage } from '../../../src/report/programs/page.ts';
import { svgFile } from '../../../src/report/drawing/svg-file.ts';
import { questionPage } from '../../../src/report/questions/page.ts';
import { pictureOf } from '../../../src/report/questions/picture.ts';
import { systemsMarkdown } from '../../../src/report/systems/markdown.ts';
import { systemsTable } from '../../../src/report/systems/table.ts';
import { configurationRecord, containersRecord } from '../../support/containers.ts';
import { ROOT } from '../../support/docs.ts';
import { engineRecords } from '../../../tools/engine-records.ts';
import { serverRecords } from '../../../tools/server-records.ts';
import { fixture } from './fixture.ts';
import { matrixRecord } from './matrix/fixture.ts';
import { caseCount } from '../../support/cases.ts';

const EVIL =
  '\u001B]0;owned\u0007\u001B[2J<script>alert(1)</script>"><img src=x onerror=alert(1)>|`](javascript:alert(1))![x](https://example.com/p.png)\n# head\r\u202Eback]]>';

const ONE_LINE = EVIL.replaceAll(/[\n\r]/g, '');

/** A record in which every string says something evil, as far as the schema lets it. */
function poisoned<T>(record: T, schema: z.ZodType<T>, spared: readonly string[] = []): T {
  const root = JSON.parse(JSON.stringify(record)) as T;
  const visit = (parent: Record<string, unknown>) => {
    for (const [key, value] of Object.entries(parent)) {
      // Without these, a matrix could not be read at all.
      if (spared.includes(key) && Array.isArray(value)) continue;
      if (typeof value === 'object' && value !== null) visit(value as Record<string, unknown>);
      if (typeof value !== 'string') continue;
      parent[key] = EVIL;
      if (!schema.safeParse(root).success) parent[key] = value;
    }
  };
  visit(root as Record<string, unknown>);
  return root;
}

const run: BindRecord = poisoned(fixture, recordSchema);
const asked = { protocol: 'udp', state: 'bound', uid: 'same', devices: 'none/none', first: '0.0.0.0 -' };
const matrix: MatrixRecord = poisoned(
  matrixRecord(asked, (_first, second) => (second.startsWith('127') ? 'bind ENEW' : 'ok')),
  matrixSchema,
  ['kernel', 'model'],
);
const containers: ContainersRecord = poisoned(
  containersRecord(
    [
      configurationRecord(
        {
          id: 'docker/none',
          mode: 'none',
          facts: { engine: 'docker' },
          refusals: { lan: 'no' },
          holders: [{ published: 'lan', protocol: 'tcp', listeners: ['docker-proxy'] }],
        },
        [
          {
            published: 'not',
            bind: '::',
            socket: 'tcp',
            came: { 'itself inner ::1': { outcome: 'answered', seen: 'x' } },
          },
        ],
      ),
    ],
    {
      promises: [{ id: 'p', configuration: 'c', says: 's', source: 'd', known: 'k', held: 0, broken: ['b'] }],
      security: [
        {
          id: 's',
          configuration: 'c',
          way: 'lan',
          protocol: 'tcp',
          published: 'lan',
          target: 'lan',
          verdict: 'exposed',
          says: 'x',
          reached: ['y'],
          reference: 'z',
        },
      ],
    },
  ),
  containersSchema,
);

const [known] = serverRecords(path.join(ROOT, 'reports'));
if (known === undefined) throw new Error('there is no record of a program');
const server: ServerRecord = poisoned(known, serverSchema);

/** Committed records of engines, whose versions and configurations have hostile names. */
const engines = engineRecords(path.join(ROOT, 'reports')).map((record) => ({
  ...record,
  engine: { ...record.engine, version: EVIL },
  configurations: record.configurations
    .filter(({ time, firewall }) => time !== undefined || firewall !== undefined)
    .map((one) => ({ ...one, id: one.firewall === undefined ? `${one.id}${EVIL}` : `${ONE_LINE}-ufw-first` })),
}));

const [registered] = await loadRegistry();
if (registered === undefined) throw new Error('there is no experiment');
/** A cell with calls that a drawing is made of; whatever else is in them is hostile. */
const drawnRun: BindRecord = {
  ...fixture,
  lab: { ...fixture.lab, hosts: { [EVIL]: EVIL } },
  cells: fixture.cells.slice(0, 1).map((cell) => ({
    ...cell,
    id: `${cell.id}${EVIL}`,
    transcript: [
      'socket(AF_INET, SOCK_DGRAM) = s',
      `bind(s, ${EVIL}:1060) = 0`,
      `sendto(s, "${EVIL}", ${EVIL}:53) = 4`,
      `recv(s) = "${EVIL}" from ${EVIL}`,
      `spawn("${EVIL.replaceAll('"', '')}") = p`,
    ].map((call, at) => ({ at, part: EVIL, host: EVIL, call })),
  })),
};
const picture = pictureOf(fixture.cells[0]?.experiment ?? '', [drawnRun]);

const given = <R>(record: R) => ({ before: { file: EVIL, record }, after: { file: EVIL, record } });
const changed = given(run);
changed.after = { ...changed.after, record: { ...fixture, cells: fixture.cells.slice(1) } };
const difference = diff({ run: changed, matrix: given(matrix), containers: given(containers) }, EVIL);

describe('a record in which every string is hostile', () => {
  it('has been poisoned', () => {
    expect(run.cells[0]?.title).toBe(EVIL);
    expect(matrix.answers[0]).toBe(EVIL);
    expect(containers.promises[0]?.says).toBe(EVIL);
  });

  const { columns } = columnsOf([{ file: EVIL, record: run }], [{ file: EVIL, record: matrix }]);
  const pages = {
    'report.md': () => markdownReport(run),
    'matrix.md': () => matrixMarkdown(matrix),
    'containers.md': () => containersMarkdown(containers),
    'MATRIX.md': () => systemsMarkdown(systemsTable(compareRuns(columns, EVIL, [containers]), [containers], []), null),
    'docs/questions': () =>
      questionPage({
        registered: {
          ...registered,
          experiment: { ...registered.experiment, title: EVIL, asks: EVIL, axes: { [EVIL]: [EVIL] }, only: () => true },
        },
        compared: compareRuns(columns, EVIL).experiments[0] as ComparedExperiment,
        picture,
      }),
    'docs/engines.md': () =>
      enginePage([
        // The page is of these configurations alone.
        { ...containers, configurations: containers.configurations.map((one) => ({ ...one, id: 'docker/proxy' })) },
      ]),
    'docs/engines.md, over time and behind a firewall': () => enginePage(engines),
    'docs/programs.md': () => programsPage([server]),
    'bindspec diff --format markdown': () => diffMarkdown(difference),
  };
  it.each(Object.entries(pages))('does not become markup in %s', (_, make) => {
    const page = make();
    // Code blocks and code spans show their content, and escaped characters are text. A summary begins a block of HTML,
    // in which no Markdown is read before the next empty line.
    const outside = page
      // The links of the pages themselves lead beside them.
      .replaceAll(/!?\[[\w ,]+\]\([\w-]+\.(?:md|svg)\)/g, '')
      .replaceAll(/^(`{3,})(?:text|sh|ts)\n[\s\S]*?^\1$/gm, '')
      .replaceAll(/\\[!-/:-@[-`{-~]/g, '')
      .replaceAll(/`[^`\n]*`/g, '');
    const markdown = outside.replaceAll(/<summary>[^\n]*<\/summary>/g, '');
    expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(outside).not.toMatch(/<(?!\/?(?:details|summary|code|b|br)>)/);
    expect(markdown).not.toMatch(/\]\((?!https:\/\/)/);
    expect(markdown).not.toContain('![');
    expect(markdown).not.toMatch(/^# head/m);
  });

  it('is text in a drawing', () => {
    const drawn = svgFile(picture?.drawing ?? { tag: 'svg', attributes: {}, children: [] });
    expect(drawn).toContain('&lt;script&gt;');
    expect(drawn).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(drawn).not.toMatch(/<(?:script|img)/);
  });

  it('is text in junit.xml', () => {
    const xml = junitReport(run);
    expect(xml).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(xml).not.toMatch(/<(?:script|img)/);
  });

  it('steers no terminal in what diff prints', () => {
    for (const { text } of diffLines(difference)) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

it('whatever was observed and expected, every page can be made of it', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(json, json, json, (expect_, observation, other) => {
      const [cell, ...rest] = fixture.cells;
      if (!cell) return;
      const odd = (observed: unknown, verdict: 'fail' | 'unjudged'): BindRecord => ({
        ...fixture,
        cells: [
          {
            ...cell,
            verdict,
            expectation: { expect: expect_, known: 'source', cite: [] },
            observation: observed,
            disagreements: [{ path: 'x', expected: expect_, observed }],
          },
          ...rest,
        ],
      });
      const [one, two] = [odd(observation, 'fail'), odd(other, 'unjudged')];
      for (const make of [markdownReport, junitReport]) expect(make(one) + make(two)).toContain(cell.id.slice(-11));
      compareRuns(
        [
          { name: 'one', run: one },
          { name: 'two', run: two },
        ],
        '0',
      );
      const both = { before: { file: 'a', record: one }, after: { file: 'b', record: two } };
      diffMarkdown(diff({ run: both }, '0'));
    }),
    { numRuns: caseCount(300) },
  );
});
