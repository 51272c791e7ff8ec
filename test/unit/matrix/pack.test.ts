import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { answersOf, packMatrices, socketsAt } from '../../../src/matrix/pack.ts';
import { pairsOf } from '../../../src/matrix/reading.ts';
import { spellSpec } from '../../../src/matrix/sockets.ts';
import type { MatrixRecord } from '../../../src/record/matrix.ts';
import { matrixRecord } from '../report/matrix/fixture.ts';

const FOLDER = path.join(import.meta.dirname, '../../../reports');

/** The committed matrices. */
function committed(): { name: string; record: MatrixRecord }[] {
  return readdirSync(FOLDER).flatMap((name) => {
    try {
      return [
        { name, record: JSON.parse(readFileSync(path.join(FOLDER, name, 'matrix.json'), 'utf8')) as MatrixRecord },
      ];
    } catch {
      return [];
    }
  });
}

describe('packed matrices', () => {
  it('have every answer of every pair of the committed records', () => {
    const given = committed();
    expect(given.length).toBeGreaterThan(5);
    const packed = packMatrices(given);
    for (const [place, { record }] of given.entries()) {
      const matrix = packed.platforms[place];
      expect(matrix?.blocks).toHaveLength(record.blocks.length);
      for (const [index, block] of record.blocks.entries()) {
        const own = matrix?.blocks[index];
        if (!own) throw new Error('a block is missing');
        const rows = pairsOf(record, block);
        expect(answersOf(packed, own)).toEqual(rows.map((row) => row.map(({ answer }) => answer)));
        const spelled = (list: number) =>
          socketsAt(packed, list).map(({ letters, ...name }) => spellSpec({ name, letters }));
        expect(spelled(own.first)).toEqual(rows.map(([pair]) => (pair ? spellSpec(pair.first) : '')));
        expect(spelled(own.second)).toEqual(rows[0]?.map(({ second }) => spellSpec(second)));
      }
    }
  });

  it('are a small part of the records', () => {
    const given = committed();
    expect(JSON.stringify(packMatrices(given)).length).toBeLessThan(JSON.stringify(given).length / 8);
  });

  it('know the rows that were not run', () => {
    const record = matrixRecord(
      { protocol: 'udp', state: 'bound', uid: 'same', devices: 'none/none' },
      (first, _, answer) => (first === '0.0.0.0 A' ? null : answer),
    );
    const packed = packMatrices([{ name: 'one', record }]);
    const [block] = packed.platforms[0]?.blocks ?? [];
    const rows = block ? answersOf(packed, block) : [];
    expect(rows.flatMap((row, place) => (row === null ? [place] : []))).toEqual([1]);
  });

  it.each([
    ['a socket that is not there', (record: MatrixRecord) => record.blocks[0]?.first.push(999)],
    ['an answer that is not there', (record: MatrixRecord) => record.blocks[0]?.kernel.splice(0, 1, '/'.repeat(52))],
    ['too few answers', (record: MatrixRecord) => record.blocks[0]?.kernel.splice(0, 1, 'A')],
    ['no digits', (record: MatrixRecord) => record.blocks[0]?.kernel.splice(0, 1, '<'.repeat(52))],
  ])('are refused for %s', (_, spoil) => {
    const record = structuredClone(
      matrixRecord({ protocol: 'udp', state: 'bound', uid: 'same', devices: 'none/none' }),
    );
    packMatrices([{ name: 'one', record }]);
    spoil(record);
    expect(() => packMatrices([{ name: 'one', record }])).toThrow(RangeError);
  });
});
