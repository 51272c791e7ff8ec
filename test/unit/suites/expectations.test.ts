import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../../src/experiment/cells.ts';
import { SYSTEMS, type System } from '../../../src/experiment/experiment.ts';
import { loadRegistry } from '../../../src/experiment/registry.ts';
import { leaves } from '../../../src/experiment/expectation.ts';
import { expectationFor } from '../../../src/verdict/judge.ts';
import { SOURCES } from '../../../src/documents/sources.ts';
import { page, rows, section } from '../../support/docs.ts';

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

/** How many cells are judged on a system: in all that is judged on Linux, in part of it, and not at all. */
function counted(system: System): { whole: number; part: number; unjudged: number } {
  const counts = { whole: 0, part: 0, unjudged: 0 };
  for (const cell of cells) {
    const resolved = expectationFor(cell, system);
    const places = new Set(leaves(resolved?.expect).map(([place]) => place));
    const all = leaves(expectationFor(cell, 'linux')?.expect).every(([place]) => places.has(place));
    counts[resolved === null ? 'unjudged' : all ? 'whole' : 'part'] += 1;
  }
  return counts;
}

test('the page on platforms says of how many cells nobody knows what is right', () => {
  const [, ...table] = rows(section(page('docs/adding-a-platform.md').text, '## 5. What is right there'));
  const written = table.map((row) => row.map((word) => word.replaceAll('`', '')));
  expect(written).toEqual(
    SYSTEMS.map((system) => {
      const { whole, part, unjudged } = counted(system);
      return [system, ...[whole, part, unjudged].map(String)];
    }),
  );
});
