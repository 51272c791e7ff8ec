import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { receiversJsonSchema } from '../../../src/json-schemas/records.ts';
import { lossOfReceivers } from '../../../src/load/fuller.ts';
import { readReceivers } from '../../../src/load/read.ts';
import { receiverReader } from '../../../src/matrix/receivers/reading.ts';
import { spellSpec } from '../../../src/matrix/sockets.ts';
import { receiversMarkdown } from '../../../src/report/matrix/receivers/markdown.ts';
import { receiverMismatchLines, receiversSentence } from '../../../src/report/matrix/receivers/text.ts';
import { obedient, plan, recordOf } from '../matrix/receivers/lab.ts';

const { blocks } = plan({ protocol: 'udp', state: 'bound/bound', devices: 'none/none' });
const whole = recordOf(blocks);
const written = JSON.stringify(whole);
/** The kernel gives what is sent to 127.0.0.1 to the first of these two. */
const twisted = recordOf(blocks, (prediction, pair) => {
  const answer = obedient(prediction);
  if (pair !== '0.0.0.0 A / 127.0.0.1 A' || 'failed' in answer) return answer;
  return { words: ['1', ...answer.words.slice(1)] };
});

describe('a record of who receives', () => {
  it('is read back as it was written', () => {
    expect(readReceivers(written, 'receivers.json')).toEqual(JSON.parse(written));
    expect(readReceivers(JSON.stringify(twisted), 'receivers.json').counts.mismatches).toBe(2);
  });

  it('loses nothing: each pair has its sockets, its answer and the prediction', () => {
    const read = receiverReader(whole);
    const [block] = whole.blocks;
    const pairs = block === undefined ? [] : read(block).flat();
    expect(pairs).toHaveLength(2704);
    for (const { answer, prediction, wrong } of pairs) {
      expect(answer).toEqual(obedient(prediction));
      expect(wrong).toBeNull();
    }
    expect(whole.counts).toMatchObject({ pairs: 5408, agree: 5408, mismatches: 0, notRun: 0 });
    expect(whole.counts.cells).toBe(whole.counts.together * 18);
  });

  it('tells a mismatch with its probe, its rule, its command and its plan', () => {
    const [mismatch] = twisted.mismatches;
    expect(mismatch && receiverMismatchLines(twisted, mismatch)).toMatchObject([
      'UDP, bound/bound, same uid',
      '  first   0.0.0.0 A',
      '  second  127.0.0.1 A',
      '  probe   from 127.0.0.1 to 127.0.0.1',
      '  kernel  1',
      '  model   2',
      expect.stringMatching(/^ {2}rule {4}linux\/R3-best-score: /),
      expect.any(String),
      "  again   npx bindspec matrix --receivers --protocol udp --state bound/bound --first '0.0.0.0 A' --second '127.0.0.1 A' --uid same --no-reports",
      expect.stringMatching(/^ {2}plan {4}udp: bind s1 0\.0\.0\.0 reuseaddr; bind s2 127\.0\.0\.1 reuseaddr/),
    ]);
    expect(receiversSentence(twisted)).toContain('2 mismatches');
  });

  it('notes two that are there together against the model, or are not', () => {
    const record = recordOf(blocks.slice(0, 1), (prediction, pair) => {
      if (pair === '0.0.0.0 - / 0.0.0.0 -') return { words: Array.from({ length: 18 }, () => '1') };
      return pair === '0.0.0.0 A / 0.0.0.0 A' ? { failed: 'second bind EADDRINUSE' } : obedient(prediction);
    });
    expect(record.mismatches.map(({ way, kernel, model }) => [way, kernel, model])).toEqual([
      [null, 'both are there', 'one of the two can not be made'],
      [null, 'second bind EADDRINUSE', 'both are there'],
    ]);
  });

  it('is shown in tables, where the same table is there once', () => {
    const page = receiversMarkdown(twisted);
    expect(page).toContain('- UDP, bound/bound, same uid, from 127.0.0.1 to 127.0.0.1');
    expect(page).toContain('1\\*');
    expect(page.match(/### /g)?.length).toBeLessThan(20);
  });

  it.each<[string, (record: typeof whole) => unknown, string]>([
    ['a place that is not there', (record) => ({ ...record, words: [] }), 'its parts do not fit together'],
    [
      'another count',
      (record) => ({ ...record, counts: { ...record.counts, cells: 1 } }),
      'counts.cells is 1, and it has',
    ],
    [
      'ways that are there twice',
      (record) => ({ ...record, ways: [...record.ways, ...record.ways.slice(0, 1)] }),
      'ways',
    ],
    [
      'a mismatch of no pair',
      (record) => ({ ...record, mismatches: twisted.mismatches }),
      'no pair is such a mismatch',
    ],
    [
      'fewer ways than cells',
      (record) => ({ ...record, blocks: record.blocks.map((block) => ({ ...block, ways: block.ways.slice(1) })) }),
      'cells for 17 ways',
    ],
  ])('with %s is not taken for one', (_, change, message) => {
    const text = JSON.stringify(change(whole));
    expect(() => readReceivers(text, 'r.json')).toThrow(message);
  });

  it('stays where a newer one lacks some of its pairs', () => {
    const half = recordOf(blocks.slice(1));
    expect(lossOfReceivers(half, whole)).toBeNull();
    expect(lossOfReceivers(whole, { ...half, settings: { ...half.settings, asked: { uid: 'different' } } })).toBe(
      'has answers for 5,408 pairs, and this record for 2,704 of them',
    );
  });

  it('has a published schema that is up to date (npm run schemas), and accepts it', () => {
    const schema = readFileSync(new URL('../../../schemas/receivers.schema.json', import.meta.url), 'utf8');
    expect(schema).toBe(receiversJsonSchema());
    const parsed: unknown = JSON.parse(schema);
    expect(
      z.fromJSONSchema(parsed as Parameters<typeof z.fromJSONSchema>[0]).safeParse(JSON.parse(written)).success,
    ).toBe(true);
  });

  it('names the sockets as the command line does', () => {
    const read = receiverReader(whole);
    const [pair] = whole.blocks[0] === undefined ? [] : read(whole.blocks[0]).flat();
    expect(pair && [spellSpec(pair.first), spellSpec(pair.second)]).toEqual(['0.0.0.0 -', '0.0.0.0 -']);
  });
});
