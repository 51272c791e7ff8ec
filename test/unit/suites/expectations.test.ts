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
    for (const cell of cells) {
      const resolved = expectationFor(cell, system);
      if (resolved === null) continue;
      expect(leaves(resolved.expect).length, cell.id).toBeGreaterThan(0);
      expect(resolved.cite.length, cell.id).toBeGreaterThan(0);
      for (const { source, where } of resolved.cite) {
        expect(Object.keys(SOURCES), cell.id).toContain(source);
        expect(where, cell.id).not.toBe('');
      }
    }
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
    // If the cells were others, the numbers would be others too.
    expect(await made(text, cells.slice(1))).not.toBe(text);
  },
);
