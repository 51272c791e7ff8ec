import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../../src/experiment/cells.ts';
import { SYSTEMS } from '../../../src/experiment/experiment.ts';
import { loadRegistry } from '../../../src/experiment/registry.ts';
import { leaves } from '../../../src/experiment/expectation.ts';
import { expectationFor } from '../../../src/verdict/judge.ts';
import { SOURCES } from '../../../src/documents/sources.ts';
import { COUNTED_PAGES } from '../../../tools/counted-pages.ts';
import { page } from '../../support/docs.ts';

const cells = (await loadRegistry()).flatMap(cellsOf);

describe('for every cell', () => {
  test.each(SYSTEMS)('on %s there is an expectation with its sources, or none at all', (system) => {
    const found = cells.flatMap((cell) => {
      const resolved = expectationFor(cell, system);
      return resolved === null ? [] : [{ id: cell.id, ...resolved }];
    });
    // One comparison for all: to assert for each of the thousands would take longer than to find them.
    const wrong = found.filter(
      ({ expect: expected, cite }) =>
        leaves(expected).length === 0 ||
        cite.length === 0 ||
        cite.some(({ source, where }) => !Object.hasOwn(SOURCES, source) || where === ''),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(wrong.map(({ id, cite }) => ({ id, cite }))).toEqual([]);
  });

  test('on Linux there is one', () => {
    expect(cells.filter((cell) => expectationFor(cell, 'linux') === null)).toEqual([]);
  });
});

test.each(Object.entries(COUNTED_PAGES))(
  '%s has the numbers of cells that there are (npm run known)',
  async (file, made) => {
    const { text } = page(file);
    expect(await made(text, cells)).toBe(text);
    // If there were other cells, the numbers would be others too.
    expect(await made(text, cells.slice(0, 50))).not.toBe(text);
  },
);
