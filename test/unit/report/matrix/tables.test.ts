import { describe, expect, it } from 'vitest';
import { models } from '../../../../src/model/index.ts';
import { matrixMarkdown } from '../../../../src/report/matrix/markdown.ts';
import { cornersInWords, tablesOf } from '../../../../src/report/matrix/tables.ts';
import { countsSentence, pairLines, tableLines } from '../../../../src/report/matrix/text.ts';
import { setting } from '../../matrix/lab.ts';
import { expectGolden } from '../golden.ts';
import { matrixRecord, type Twist } from './fixture.ts';

/** One mismatch, and one first socket whose pairs were not run. */
const twisted: Twist = (first, second, answer) => {
  if (first === '127.0.0.1 AP') return null;
  return first === '0.0.0.0 A' && second === '127.0.0.1 A' ? 'bind EADDRINUSE' : answer;
};
const text = (record: ReturnType<typeof matrixRecord>, width = 1000, options = {}) =>
  `${tablesOf(record, options)
    .map((table) => tableLines(table, width).join('\n'))
    .join('\n\n')}\n`;

describe('the tables of a record', () => {
  const whole = matrixRecord({});

  it('are those of the facts, each once with the corners that share it', () => {
    expectGolden('matrix-tables.txt', text(whole));
  });

  it('have letters for columns where the names do not fit', () => {
    const asked = { protocol: 'tcp', state: 'accepted', uid: 'same' };
    const narrow = text(matrixRecord(asked), 80);
    expectGolden('matrix-narrow.txt', narrow);
    for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(90);
  });

  it('mark what the model does not say, and what was not run', () => {
    const [options] = tablesOf(matrixRecord({ protocol: 'tcp', state: 'bound', uid: 'same' }, twisted));
    expect(options?.cells[1]).toEqual(['X', 'ok', 'X', 'ok', 'X', 'X*', 'X', 'ok']);
    expect(options?.cells.at(-1)).toEqual(Array(8).fill('.'));
    expect(options?.cells.flat().filter((cell) => cell.includes('*'))).toHaveLength(1);
  });

  it.each(['darwin', 'windows'] as const)('mark where %s differs', (system) => {
    const asked = { protocol: 'tcp', state: 'listening', uid: 'same', devices: 'none/none' };
    const record = matrixRecord(asked);
    expectGolden(`matrix-${system}.txt`, text(record, 1000, { against: { model: models[system], setting } }));
    // Nothing differs from itself, no matter what the names of the errors are.
    const own = tablesOf(record, { against: { model: models.linux, setting } });
    expect(own.flatMap(({ cells }) => cells.flat()).filter((cell) => cell.includes('≠'))).toEqual([]);
  });

  it('are of certain sockets where these are asked for', () => {
    const only = { first: (name: string) => name === '::1 A', second: (name: string) => name.startsWith(':: ') };
    const tables = tablesOf(whole, { only, blocks: ({ protocol, uid }) => protocol === 'udp' && uid === 'same' });
    expect(tables.map(({ rows, columns }) => [rows, columns.length])).toEqual([[['::1 A'], 8]]);
  });

  it('name corners once for both users where they are the same', () => {
    const corner = { protocol: 'udp', state: 'bound', uid: 'same', devices: 'none/none' } as const;
    expect(cornersInWords([corner])).toBe('UDP bound (same uid)');
    expect(cornersInWords([corner, { ...corner, uid: 'different' }])).toBe('UDP bound (same and different uid)');
    expect(cornersInWords([corner, { ...corner, uid: 'different', protocol: 'tcp' }])).toBe(
      'UDP bound (same uid); TCP bound (different uid)',
    );
  });
});

describe('a mismatch', () => {
  const record = matrixRecord({ protocol: 'tcp', state: 'bound', uid: 'same', devices: 'none/none' }, twisted);

  it('is printed as the pair, both answers, the rule and its prose, the command that runs it again, and its plan', () => {
    expect(record.mismatches).toHaveLength(1);
    const [mismatch] = record.mismatches;
    if (!mismatch) return;
    expect(pairLines(record, mismatch)).toEqual([
      'TCP, the first bound, same uid',
      '  first   0.0.0.0 A',
      '  second  127.0.0.1 A',
      '  kernel  bind EADDRINUSE',
      '  model   ok',
      expect.stringMatching(/^ {2}rule {4}linux\/listen-|^ {2}rule {4}linux\/reuseaddr-both: \w/),
      expect.stringMatching(/^ {10}\S/),
      "  again   npx bindspec matrix --protocol tcp --state bound --first '0.0.0.0 A' --second '127.0.0.1 A' --uid same --no-reports",
      '  plan    tcp: bind s1 0.0.0.0 reuseaddr; bind s2 127.0.0.1 reuseaddr; listen s2',
    ]);
  });

  it('is counted apart from what was not run', () => {
    expect(record.counts).toEqual({ pairs: 2704, agree: 2651, mismatches: 1, notRun: 52, skipped: 0 });
    expect(countsSentence(record)).toBe(
      "2651 of 2704 pairs are as the model 'linux' says, 1 mismatch, 52 not run (interrupted)",
    );
  });

  it('is on the page, with the rule of the system', () => {
    expectGolden('matrix.md', matrixMarkdown(record));
  });
});
