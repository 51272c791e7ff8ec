import { describe, expect, it } from 'vitest';
import { packMatrices } from '../../../../src/matrix/pack.ts';
import { cornersOfBoth } from '../../../../src/page/matrix/difference.ts';
import { modelledSide, recordedSide } from '../../../../src/page/matrix/side.ts';
import { placeIn, squareOf } from '../../../../src/page/matrix/square.ts';
import { answerInWords, cornerInWords, predictionInWords } from '../../../../src/page/matrix/words.ts';
import { matrixRecord } from '../../report/matrix/fixture.ts';

const record = matrixRecord({ protocol: 'tcp', state: 'listening', uid: 'same', devices: 'none/none' });
const packed = packMatrices([{ name: 'here', record }]);
const [matrix] = packed.platforms;
if (!matrix) throw new Error('nothing was packed');
const left = recordedSide(packed, matrix);

describe('two tables that stand side by side', () => {
  const right = modelledSide('windows', record.lab);
  const [corners] = cornersOfBoth(left, right);
  if (!corners) throw new Error('no corner');

  it('have the rows of both, with what is of one name together', () => {
    const { rows } = squareOf(left, right, corners, { choice: 'options', onlyDiffering: false });
    expect(rows.map(({ spelled }) => spelled)).toEqual(
      ['0.0.0.0', '127.0.0.1'].flatMap((name) => ['-', 'A', 'P', 'AP', 'E'].map((letters) => `${name} ${letters}`)),
    );
    expect(rows.filter((row) => row.right === undefined).map(({ letters }) => letters)).toEqual(['P', 'AP', 'P', 'AP']);
    expect(rows.filter((row) => row.left === undefined).map(({ letters }) => letters)).toEqual(['E', 'E']);
  });

  it('compare nothing that one of them does not have', () => {
    const { rows, columns, differs } = squareOf(left, right, corners, { choice: 'all', onlyDiffering: false });
    for (const [row, own] of differs.entries()) {
      for (const [column, differing] of own.entries()) {
        const [a, b] = [rows[row], columns[column]];
        if (!a || !b) throw new Error('a table with holes');
        const isBoth = placeIn(a, b, 'left') !== null && placeIn(a, b, 'right') !== null;
        expect(differing !== null).toBe(isBoth);
      }
    }
  });

  it('can be narrowed to the rows and columns where something differs', () => {
    const all = squareOf(left, right, corners, { choice: 'all', onlyDiffering: false });
    const some = squareOf(left, right, corners, { choice: 'all', onlyDiffering: true });
    const differing = ({ differs }: typeof all) => differs.flat().filter((one) => one === true).length;
    expect(differing(some)).toBe(differing(all));
    expect(differing(some)).toBeGreaterThan(0);
    expect(some.rows.length).toBeLessThan(all.rows.length);
    for (const row of some.differs) expect(row).toContain(true);
    for (const column of some.columns.keys()) expect(some.differs.map((row) => row[column])).toContain(true);
  });

  it('of one system with itself leave nothing of that', () => {
    const [own] = cornersOfBoth(left, left);
    const { rows, columns } = squareOf(left, left, own ?? corners, { choice: 'all', onlyDiffering: true });
    expect([rows.length, columns.length]).toEqual([0, 0]);
  });
});

describe('words', () => {
  it.each([
    ['ok', 'ok'],
    [null, 'not run'],
    ['bind EADDRINUSE', 'bind fails with EADDRINUSE'],
    ['listen WSAEADDRINUSE', 'bind ok, listen fails with WSAEADDRINUSE'],
    ['first bind EADDRNOTAVAIL', 'the first itself can not be bound: EADDRNOTAVAIL'],
  ])('of the answer %s', (answer, words) => {
    expect(answerInWords(answer)).toBe(words);
  });

  it('of a prediction have every outcome that is allowed', () => {
    const rule = 'linux/free';
    expect(predictionInWords({ bind: { outcomes: ['ok', 'EACCES'], rule }, listen: { outcomes: ['ok'], rule } })).toBe(
      'bind ok or EACCES, listen ok',
    );
    expect(predictionInWords({ first: { outcomes: ['EADDRNOTAVAIL'], rule } })).toBe(
      'the first itself can not be bound: EADDRNOTAVAIL',
    );
  });

  it('of a corner name devices only where there are some', () => {
    const corner = { protocol: 'udp', state: 'bound', uid: 'different' } as const;
    expect(cornerInWords({ ...corner, devices: 'none/none' })).toBe('UDP, the first bound, different users');
    expect(cornerInWords({ ...corner, uid: 'same', devices: 'lo/none' })).toBe(
      'UDP, the first bound, the same user, tied to the devices lo/none',
    );
  });
});
