import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Registered } from '../../../src/experiment/cells.ts';
import { loadRegistry } from '../../../src/experiment/registry.ts';
import { numberPlaces, withNumbers } from '../../../tools/doc-numbers.ts';
import { page, ROOT, rows, section } from '../../support/docs.ts';

const FILES = [
  'README.md',
  'docs/adding-a-platform.md',
  'docs/ci.md',
  'docs/containers.md',
  'docs/macos.md',
  'docs/running.md',
];

let registry: Registered[];
beforeAll(async () => {
  registry = await loadRegistry();
});

const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

describe('the numbers of experiments and cells', () => {
  test('stand in the pages that are written', async () => {
    const files = (await numberPlaces(registry)).map(({ file }) => file);
    expect([...new Set(files)].toSorted()).toEqual(FILES);
  });

  test.each(FILES)('in %s are those of the experiments; npm run pages writes them', async (file) => {
    expect(withNumbers(textOf(file), file, await numberPlaces(registry))).toBe(textOf(file));
  });

  test.each(FILES)('in %s follow the experiments, and the page keeps its form', async (file) => {
    const places = await numberPlaces(registry.slice(1));
    const written = withNumbers(textOf(file), file, places);
    const numbers = (text: string) => text.replaceAll(/\d+/g, 'N').replaceAll(/ +/g, ' ');
    if (file !== 'docs/containers.md') expect(written).not.toBe(textOf(file));
    if (file !== 'docs/macos.md') expect(numbers(written)).toBe(numbers(textOf(file)));
    expect(withNumbers(written, file, await numberPlaces(registry))).toBe(textOf(file));
  });

  test('have a place in their page, or it is said which is gone', async () => {
    const places = await numberPlaces(registry);
    expect(() => withNumbers('nothing', 'README.md', places)).toThrow(/^README\.md has no place like .*cells/);
  });

  test('of a Mac grow with each line of its table', () => {
    const table = rows(section(page('docs/macos.md').text, '## What a Mac can do, and what gives it more'));
    const counts = table.slice(1).map((row) => Number(row.at(-1)));
    expect(counts).toHaveLength(5);
    expect(counts).toEqual(counts.toSorted((one, other) => one - other));
    expect(new Set(counts).size).toBe(5);
  });
});
