import { describe, expect, it } from 'vitest';
import { markdownReport } from '../../../src/report/markdown.ts';
import type { BindRecord } from '../../../src/record/record.ts';
import { fixture } from './fixture.ts';
import { expectGolden } from './golden.ts';

describe('a Markdown report', () => {
  const page = markdownReport(fixture);
  /** The page without its code blocks; in a code block everything is text. */
  const markup = page.replace(/^(`{3,})text\n[^]*?\n\1$/gm, '');

  it('is what it was', () => {
    expectGolden('report.md', page);
  });

  it('has no HTML but its own', () => {
    const tags = new Set(markup.replace(/`[^`\n]*`/g, '').match(/<[^>]*>/g));
    expect([...tags].toSorted()).toEqual(
      ['</b>', '</code>', '</details>', '</summary>', '<b>', '<br>', '<code>', '<details>', '<summary>'].toSorted(),
    );
    expect(markup).not.toContain('<script');
  });

  it('has as many cells in every row of a table as in its head', () => {
    const tables = markup
      .trimEnd()
      .split('\n\n')
      .filter((part) => part.startsWith('| '));
    expect(tables).toHaveLength(8);
    for (const table of tables) {
      const columns = table.split('\n').map((row) => row.match(/(?<!\\)\|/g)?.length);
      expect(new Set(columns).size, table).toBe(1);
    }
  });

  it('closes every block of code that it opens', () => {
    expect(page).toContain('`````text');
    expect(markup).not.toContain('```text');
  });

  it('warns of a run that is incomplete, and only then', () => {
    expect(page).toContain('This run is incomplete');
    expect(markdownReport({ ...fixture, complete: true })).not.toContain('incomplete');
  });

  it('puts the claims before the experiments', () => {
    expect(page.indexOf('## What the documents claim')).toBeLessThan(page.indexOf('## Experiments'));
  });

  it('leaves out what there is nothing to tell of', () => {
    const clean: BindRecord = { ...fixture, complete: true, cells: fixture.cells.slice(0, 1), claims: [], errors: {} };
    expect(markdownReport(clean).match(/^## .*/gm)).toEqual(['## Experiments', '## How it was run']);
    expect(markdownReport({ ...clean, cells: [] })).toContain('**0 cells**, in 2.35 s.');
  });

  it('stays a page that a forge shows when everything fails', () => {
    const [, failed] = fixture.cells;
    const cells = Array.from({ length: 1000 }, (_, index) => ({ ...failed!, id: `refusal/loopback/try:${index}` }));
    const long = markdownReport({ ...fixture, cells });
    expect(long.match(/^<details>$/gm)).toHaveLength(51);
    expect(long).toContain('- **fail** `refusal/loopback/try:999`');
    expect(long.length).toBeLessThan(512 * 1024);
  });

  it('counts the outcomes of an experiment when there are too many to tell', () => {
    const [one] = fixture.cells;
    const cells = Array.from({ length: 12 }, (_, index) => ({
      ...one!,
      id: `refusal/loopback/try:${index}`,
      values: { try: `${index}` },
      observation: { client: `E${index}` },
    }));
    const row = markdownReport({ ...fixture, cells })
      .split('\n')
      .find((line) => line.includes('`refusal/loopback`'));
    expect(row).toContain('try `7`: client `E7`<br>and 4 more |');
    expect(row).toContain('| pass (12) |');
  });

  it('counts the places of an outcome when there are too many to tell', () => {
    const observation = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, 'ok']));
    const cell = {
      ...fixture.cells[0]!,
      expectation: { expect: observation, known: 'observed' as const, cite: [] },
      observation,
    };
    expect(markdownReport({ ...fixture, cells: [cell] })).toContain('p11 `ok`, and 8 more |');
  });
});
