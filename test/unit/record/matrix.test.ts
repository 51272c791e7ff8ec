import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pairsOf } from '../../../src/matrix/reading.ts';
import { spellSpec } from '../../../src/matrix/sockets.ts';
import { matrixJsonSchema } from '../../../src/json-schemas/records.ts';
import { readMatrix } from '../../../src/load/read.ts';
import { matrixRecord } from '../report/matrix/fixture.ts';

const whole = matrixRecord({});
const written = JSON.stringify(whole);

describe('the record of a matrix', () => {
  it('is read back as it was written', () => {
    expect(readMatrix(written, 'matrix.json')).toEqual(JSON.parse(written));
  });

  it('of everything is far below two megabytes', () => {
    expect(whole.counts.pairs).toBeGreaterThan(40_000);
    expect(written.length).toBeLessThan(300_000);
  });

  it('loses nothing: each pair has its sockets, its answer and the prediction', () => {
    const twist = (first: string, second: string) => (second.startsWith('127.0.0.2') ? `bind E-${first}` : 'ok');
    const record = matrixRecord({ protocol: 'udp', state: 'bound', uid: 'same', devices: 'none/none' }, twist);
    const [block] = record.blocks;
    expect(record.answers.length).toBeGreaterThan(50);
    const all = block ? pairsOf(record, block).flat() : [];
    expect(all).toHaveLength(2704);
    for (const { first, second, answer } of all) expect(answer).toBe(twist(spellSpec(first), spellSpec(second)));
  });

  it('whose parts do not fit together is not taken for one', () => {
    const [block] = whole.blocks;
    if (!block) return;
    expect(() => pairsOf({ ...whole, sockets: [] }, block)).toThrow(RangeError);
    expect(() => pairsOf({ ...whole, answers: [] }, block)).toThrow(RangeError);
    expect(() => pairsOf(whole, { ...block, model: ['?'] })).toThrow(RangeError);
    expect(() => pairsOf(whole, { ...block, kernel: block.kernel.map((row) => row.slice(1)) })).toThrow(RangeError);
  });

  it('says in one line what it is not', () => {
    const refusal = (value: unknown) => {
      try {
        readMatrix(JSON.stringify(value), 'm.json');
      } catch (error) {
        return (error as Error).message;
      }
      return 'was read';
    };
    expect(refusal({ ...whole, schema: 9 })).toContain(
      'written by a newer bindspec: it is of version 9, and this one reads up to version 1',
    );
    expect(refusal({ ...whole, kind: 'run' })).toMatch(
      /not a valid record: kind: .*; move it away, and write it again with 'bindspec matrix'$/,
    );
    expect(refusal([])).toContain('not a record: it has no key `schema`');
  });

  it('has a published schema that is up to date (npm run schemas), and accepts it', () => {
    const file = new URL('../../../schemas/matrix.schema.json', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(matrixJsonSchema());
    const published = z.fromJSONSchema(JSON.parse(matrixJsonSchema()));
    expect(published.safeParse(JSON.parse(written)).error).toBeUndefined();
    expect(published.safeParse({ ...whole, counts: {} }).success).toBe(false);
  });
});
