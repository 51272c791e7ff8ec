import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadRecord, readAny, readContainers, readMatrix, readRecord } from '../../../src/load/read.ts';
import { configurationRecord, containersRecord } from '../../support/containers.ts';
import { fixture } from '../report/fixture.ts';
import { matrixRecord } from '../report/matrix/fixture.ts';
import { caseCount } from '../../support/cases.ts';

const run = JSON.stringify(fixture);
const matrix = JSON.stringify(matrixRecord({ protocol: 'udp', state: 'bound', uid: 'same', devices: 'none/none' }));
const containers = JSON.stringify(
  containersRecord([
    configurationRecord({ id: 'docker/none', mode: 'none' }, [
      { published: 'not', bind: '::', socket: 'tcp', came: { 'itself inner ::1': 'answered' } },
    ]),
  ]),
);
const KINDS = [
  ['a run', run, readRecord],
  ['a matrix', matrix, readMatrix],
  ['containers', containers, readContainers],
] as const;

/** Reads a text; the one line of its refusal, or null where it was read. */
function refusal(read: (text: string, file: string) => unknown, text: string): string | null {
  try {
    read(text, 'x.json');
    return null;
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error;
    return error.message;
  }
}

type Path = readonly (string | number)[];

/** The path of every value in some JSON. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, one]) =>
    pathsOf(one, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return [path, ...inner];
}

/** The JSON with another value at a path; `undefined` removes the key. */
function withAt(text: string, path: Path, other: unknown): string {
  if (path.length === 0) return JSON.stringify(other) ?? '';
  const root = JSON.parse(text) as Record<string | number, unknown>;
  let parent = root;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
  const [last = ''] = path.slice(-1);
  if (other === undefined) delete parent[last];
  else parent[last] = other;
  return JSON.stringify(root);
}

const anything = fc.oneof(
  fc.constant(undefined),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(1e308, -0, '', '\u0000', '../../x', '__proto__', '\u001B[2J', [[[[[]]]]], 'x'.repeat(10_000)),
);

describe.each(KINDS)('reading %s', (_, text, read) => {
  const paths = pathsOf(JSON.parse(text));
  const readers = [read, readAny];

  it('is refused in one line or done, whatever stands at any place', () => {
    fc.assert(
      fc.property(fc.nat(paths.length - 1), anything, (place, other) => {
        const changed = withAt(text, paths[place] ?? [], other);
        for (const one of readers) expect(refusal(one, changed) ?? 'read').toMatch(/^[^\n\p{Cc}]+$/u);
      }),
      { numRuns: caseCount(300) },
    );
  });

  it('is refused where the text ends too early, wherever that is', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 2), (end) => {
        expect(refusal(read, text.slice(0, end))).toMatch(/^x\.json: (?:not JSON|empty)/);
      }),
      { numRuns: caseCount(300) },
    );
  });

  it('is refused where it is deeper than any record', () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const changed = `${text.slice(0, -1)},"deep":${deep(200_000)}}`;
    expect(refusal(read, changed)).toBe(
      'x.json: not a record: its values lie more than 50 deep in one another; see what wrote it',
    );
  });

  it('is refused where it has more in it than any record', () => {
    const list = `[${'1,'.repeat(9999)}1]`;
    const long = `${text.slice(0, -1)},"long":[${'{},'.repeat(1_000_000)}{}]}`;
    expect(refusal(read, long)).toBe(
      'x.json: not a record: a list in it has more than 10,000 entries; see what wrote it',
    );
    const many = `${text.slice(0, -1)},"many":[${`${list},`.repeat(100)}1]}`;
    expect(refusal(read, many)).toBe('x.json: not a record: it has more than 1,000,000 values; see what wrote it');
  });
});

describe('reading a run', () => {
  it('of a million cells is refused at once', () => {
    const cells = `[${'{},'.repeat(999_999)}{}]`;
    const text = JSON.stringify({ ...fixture, cells: 'HERE' }).replace('"HERE"', cells);
    expect(refusal(readRecord, text)).toMatch(/^x\.json: not a record: a list in it has more than 10,000 entries/);
  });

  it.each(['../../x', '/etc', '..', '.', '', '__proto__', 'a/b', String.raw`a\b`, 'a:b', 'a\u0000b', 'x'.repeat(200)])(
    'is refused of the platform %j, which can not name a folder',
    (id) => {
      const changed = JSON.stringify({ ...fixture, platform: { ...fixture.platform, id } });
      expect(refusal(readRecord, changed)).toMatch(/^x\.json: not a valid record: platform\.id: must be letters/);
    },
  );

  it('has keys that every object has for nothing but keys', () => {
    const [cell] = fixture.cells;
    const values = '{"__proto__":"a","constructor":"b","toString":"c"}';
    const named = { ...cell, id: 'refusal/loopback/constructor:b/toString:c', values: 'HERE', claims: [] };
    const text = JSON.stringify({ ...fixture, cells: [named], claims: [] }).replace('"HERE"', values);
    const read = readRecord(text, 'x.json');
    expect(Object.getPrototypeOf(read.cells[0]?.values)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });
});
