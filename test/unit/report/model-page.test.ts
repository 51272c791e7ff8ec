import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { models } from '../../../src/model/index.ts';
import type { SystemName } from '../../../src/model/types.ts';
import { modelIndex, modelPage } from '../../../src/report/model-page.ts';
import { cells } from '../model/table.ts';

const FOLDER = fileURLToPath(new URL('../../../docs/models/', import.meta.url));
const systems = Object.keys(models) as SystemName[];

function committed(name: string): string {
  const file = `${FOLDER}${name}.md`;
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

describe('the committed pages are what the models say (npm run pages)', () => {
  for (const system of systems) {
    test(system, () => expect(committed(system)).toBe(modelPage(system)));
  }
  test('index', () => expect(committed('index')).toBe(modelIndex()));
  test('and nothing else', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual([...systems, 'index'].map((name) => `${name}.md`).toSorted());
  });
});

/** The cell of the first table of a page whose heading matches. */
function cellOf(system: SystemName, heading: RegExp, first: string, second: string): string | undefined {
  const lines = modelPage(system).split('\n');
  const start = lines.findIndex((line) => line.startsWith('#') && heading.test(line));
  const table = lines.slice(lines.findIndex((line, place) => place > start && line.startsWith('|')));
  const end = table.findIndex((line) => !line.startsWith('|'));
  const text = table.slice(0, end).join('\n').replaceAll('`', '');
  return cells(text).find(([one, two]) => one === first && two === second)?.[2];
}

describe('the tables of the pages', () => {
  test('Linux: two listeners by SO_REUSEADDR, and one that is only bound', () => {
    expect(cellOf('linux', /TCP, first listening, same owner/, 'W A', 'S A')).toBe('X');
    expect(cellOf('linux', /TCP, first bound, same owner/, 'W A', 'S A')).toBe('ok');
  });
  test('macOS: 0.0.0.0 and a dual-stack :: depend on the order', () => {
    expect(cellOf('darwin', /Names of both families/, '0.0.0.0', ':: dual')).toBe('ok');
    expect(cellOf('darwin', /Names of both families/, ':: dual', '0.0.0.0')).toBe('X');
  });
  test('Windows: the tables of Microsoft, for the same and another owner', () => {
    expect(cellOf('windows', /UDP, same owner/, 'W -', 'S -')).toBe('ok');
    expect(cellOf('windows', /UDP, another owner/, 'W -', 'S -')).toBe('D');
    expect(cellOf('windows', /UDP, same owner/, 'S A', 'S -')).toBe('X or D');
  });
  test('macOS: another owner is refused all but two wildcards with SO_REUSEPORT', () => {
    expect(cellOf('darwin', /UDP, another owner/, 'W P', 'W P')).toBe('ok');
    expect(cellOf('darwin', /UDP, another owner/, 'W P', 'S P')).toBe('X');
  });
});

describe('what a page says of rules', () => {
  for (const system of systems) {
    test(`${system}: every rule with its source, and those that no one has verified marked`, () => {
      const page = modelPage(system);
      for (const rule of models[system].rules) {
        const from = page.indexOf(`### \`${rule.id}\``);
        expect(from, rule.id).toBeGreaterThan(0);
        const own = page.slice(from, page.indexOf('\n### ', from + 1) >>> 0);
        expect(own).toContain(rule.source.where);
        expect(own.includes('not verified'), rule.id).toBe(rule.unverified === true);
      }
    });
  }
});
