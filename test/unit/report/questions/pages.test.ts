import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadRegistry } from '../../../../src/experiment/registry.ts';
import { drawn } from '../../../../src/report/drawing/tree.ts';
import { svgFile } from '../../../../src/report/drawing/svg-file.ts';
import { pictureOf } from '../../../../src/report/questions/picture.ts';
import { subjectTitle } from '../../../../src/report/subjects.ts';
import { suiteOf } from '../../../../src/report/summary.ts';
import { questionPages } from '../../../../tools/question-pages.ts';
import { runRecords } from '../../../../tools/run-records.ts';
import { brokenLinks, page, ROOT } from '../../../support/docs.ts';

const FOLDER = path.join(ROOT, 'docs/questions');
const records = runRecords(path.join(ROOT, 'reports'));
let registry: Awaited<ReturnType<typeof loadRegistry>>;

beforeAll(async () => {
  registry = await loadRegistry();
});

test('docs/questions is made of the committed records (npm run pages)', () => {
  const there = readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const committed = there.map((entry) => path.relative(FOLDER, path.join(entry.parentPath, entry.name)));
  const made = questionPages(registry, records);
  expect(committed.toSorted()).toEqual([...made.keys()].toSorted());
  const differing = [...made].filter(([name, content]) => readFileSync(path.join(FOLDER, name), 'utf8') !== content);
  expect(differing.map(([name]) => name)).toEqual([]);
});

test('every link and picture of a question leads somewhere', () => {
  const names = registry.map(({ id }) => `docs/questions/${id}.md`);
  expect(['docs/questions/README.md', ...names].flatMap((name) => brokenLinks(page(name)))).toEqual([]);
});

test('every subject has a title in words', () => {
  const subjects = [...new Set(registry.map(({ id }) => suiteOf(id)))];
  expect(subjects.filter((subject) => subjectTitle(subject) === subject)).toEqual([]);
});

describe('a picture', () => {
  test('is of a cell in which someone asks and someone answers, where there is one', () => {
    const picture = pictureOf('reach/by-port', records);
    expect(svgFile(picture?.drawing ?? drawn('svg', {}))).toMatch(/marker-end="url\(#head\)"/);
    expect(pictureOf('no/such', records)).toBeNull();
  });

  test('takes what a record brings as text', () => {
    const made = svgFile(drawn('svg', { 'aria-label': '"><script>' }, drawn('text', {}, '</text><script>&')));
    expect(made).not.toContain('<script>');
    expect(made).toContain('&lt;/text&gt;&lt;script&gt;&amp;');
  });
});
