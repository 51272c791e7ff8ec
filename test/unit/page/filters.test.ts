import { describe, expect, it } from 'vitest';
import type { PageData, PageExperiment } from '../../../src/report/page/data.ts';
import { filtered } from '../../../src/page/views/filters.ts';

function experiment(id: string, cells: readonly Record<string, string>[]): PageExperiment {
  return {
    id,
    title: id,
    asks: `what ${id} asks`,
    cells: cells.map((values, place) => ({ id: `${id}/${place}`, values, on: [] })),
    tapes: 0,
    declared: null,
  };
}

const data: PageData = {
  bindspec: '0.1.0',
  matrices: null,
  singles: null,
  triples: [],
  receivers: null,
  servers: [],
  systems: { columns: [], questions: [], details: 0 },
  platforms: [],
  experiments: [
    experiment('reach/a', [{ protocol: 'tcp' }, { protocol: 'udp' }]),
    experiment('refusal/b', [{ family: 'inet' }]),
    experiment('wire/c', [{ protocol: 'udp' }]),
  ],
  sights: [],
  expectations: [],
  claims: [],
  rulings: [],
  engines: [],
  sources: {},
};

const left = (chosen: Record<string, string>) =>
  filtered(data, chosen).flatMap(({ cells }) => cells.map(({ id }) => id));

describe('a choice on the page leaves', () => {
  it('cells of a protocol, and those that no protocol tells apart', () => {
    expect(left({ protocol: 'tcp' })).toEqual(['reach/a/0', 'refusal/b/0']);
    expect(left({ protocol: 'udp' })).toEqual(['reach/a/1', 'refusal/b/0', 'wire/c/0']);
  });

  it('experiments of a subject, in which every word is found', () => {
    expect(left({ subject: 'reach' })).toEqual(['reach/a/0', 'reach/a/1']);
    expect(left({ q: 'asks WIRE' })).toEqual(['wire/c/0']);
    expect(left({ q: 'asks absent' })).toEqual([]);
  });

  it('everything where nothing is chosen', () => {
    expect(left({})).toHaveLength(4);
  });
});
