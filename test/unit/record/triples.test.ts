import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { triplesJsonSchema } from '../../../src/json-schemas/records.ts';
import { lossOfTriples } from '../../../src/load/fuller.ts';
import { readTriples } from '../../../src/load/read.ts';
import { triplesRecord } from '../matrix/triples/fixture.ts';

const asked = { protocol: 'udp', uid: 'same', first: '0.0.0.0, 127.0.0.1', second: '0.0.0.0' };
const whole = triplesRecord(asked);
const written = JSON.stringify(whole);

function refusal(value: unknown): string {
  try {
    readTriples(JSON.stringify(value), 't.json');
  } catch (error) {
    return (error as Error).message;
  }
  return 'was read';
}

describe('the record of triples', () => {
  it('is read back as it was written', () => {
    expect(readTriples(written, 'triples.json')).toEqual(JSON.parse(written));
  });

  it('names each distinct row of answers once, so that more triples add little to it', () => {
    const more = triplesRecord({ ...asked, first: '0.0.0.0, 127.0.0.1, 127.0.0.2, 192.168.5.130' });
    const added = JSON.stringify(more).length - written.length;
    expect(added).toBeLessThan(more.counts.triples - whole.counts.triples);
  });

  it('spells out a mismatch, with the command and the rule', () => {
    const record = triplesRecord(asked, (first, second, third, said) =>
      first === '0.0.0.0 A' && second === '0.0.0.0 AP' && third === '127.0.0.1 P' ? 'bind EADDRINUSE' : said,
    );
    expect(record.counts).toMatchObject({ mismatches: 1, agree: whole.counts.agree - 1 });
    expect(record.mismatches).toMatchObject([
      { first: '0.0.0.0 A', second: '0.0.0.0 AP', third: '127.0.0.1 P', kernel: 'bind EADDRINUSE', model: 'ok' },
    ]);
    expect(record.rules.map(({ id }) => id)).toContain('linux/U1-udp-first-match');
    expect(refusal(record)).toBe('was read');
    const [told] = record.mismatches;
    expect(refusal({ ...record, mismatches: [{ ...told, kernel: 'ok' }] })).toContain('no triple has this answer');
  });

  it.each([
    ['counts.unexplained is 0', { counts: { ...whole.counts, unexplained: 0 } }],
    ['counts.agree and counts.mismatches are', { counts: { ...whole.counts, agree: 1 } }],
    ['counts.refused is 7', { counts: { ...whole.counts, refused: 7 } }],
    ['quirks[0]:', { quirks: whole.quirks.map((quirk) => ({ ...quirk, triples: quirk.triples + 1 })) }],
    ['its parts do not fit together', { rows: whole.rows.slice(1) }],
    ['its parts do not fit together', { answers: [] }],
    ['its parts do not fit together', { blocks: whole.blocks.map((block) => ({ ...block, kernel: 'A' })) }],
    ['its parts do not fit together', { blocks: whole.blocks.map((block) => ({ ...block, first: [900] })) }],
    ["blocks[1] is 'udp bound/bound same', as is blocks[0]", { blocks: [...whole.blocks, ...whole.blocks] }],
    ['it has no triples', { blocks: [] }],
    ['written by a newer bindspec', { schema: 9 }],
    ['it is the record of a matrix, not the record of triples', { kind: 'matrix' }],
  ])('is refused where it contradicts itself: %s', (message, change) => {
    expect(refusal({ ...whole, ...change })).toContain(message);
  });

  it('is replaced only by one that lacks nothing', () => {
    expect(lossOfTriples(whole, triplesRecord({ ...asked, second: '0.0.0.0, ::1' }))).toBeNull();
    expect(lossOfTriples(whole, triplesRecord({ ...asked, third: '::1' }))).toContain('lacks some of them');
    expect(lossOfTriples(whole, triplesRecord({ ...asked, uid: 'first' }))).toContain('lacks some of them');
    const other = { ...whole, settings: { ...whole.settings, model: 'gvisor' } };
    expect(lossOfTriples(whole, other)).toContain('is compared with the model of linux');
  });

  it('has a published schema that is up to date (npm run schemas), and accepts it', () => {
    const file = new URL('../../../schemas/triples.schema.json', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(triplesJsonSchema());
    const published = z.fromJSONSchema(JSON.parse(triplesJsonSchema()));
    expect(published.safeParse(JSON.parse(written)).error).toBeUndefined();
  });
});
