import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../../src/report/comparison/columns.ts';
import { compareRuns } from '../../../../src/report/comparison/compare.ts';
import { pageHtml } from '../../../../src/report/page/html.ts';
import { inTwo, pageData } from '../../../../src/report/page/make.ts';
import { Shared } from '../../../../src/report/page/shared.ts';
import { configurationRecord, containersRecord } from '../../../support/containers.ts';
import { triplesRecord } from '../../matrix/triples/fixture.ts';
import { given, matrixOn, runOn } from '../comparison/fixture.ts';

const linux = runOn({});
const darwin = runOn({ id: 'darwin-24.6-arm64', system: 'darwin' });

function made() {
  const { columns } = columnsOf(given(linux, darwin), given(matrixOn(linux)));
  const engines = [containersRecord([configurationRecord({ id: 'docker/proxy', mode: 'bridge' }, [])])];
  return pageData(compareRuns(columns, '0.1.0', engines), columns, engines);
}

const ASSETS = { script: 'run()', style: 'a{}', hashes: { script: 'c2NyaXB0', style: 'c3R5bGU=' } };

describe('the data of a page', () => {
  it('has what platforms observed once, however many did', () => {
    const { data } = made();
    const cell = data.experiments.flatMap(({ cells }) => cells).find(({ id }) => id === 'refusal/loopback/family:inet');
    const [one, other] = cell?.on ?? [];
    expect(one).toEqual(other);
    expect(data.sights[one?.[0] ?? -1]).toMatchObject({ verdict: 'pass', word: 'refused' });
    expect(data.rulings.length).toBeLessThan(2 * data.claims.length);
  });

  it('has every document that is cited, and one from elsewhere by its name', () => {
    const { sources } = made().data;
    expect(sources['man-udp']?.url).toMatch(/^https:/);
    expect(sources['<b>unknown</b>']).toEqual({ title: '<b>unknown</b>', url: null });
  });

  it('has the groups of triples that pairs do not explain, each with its rule and a plan', () => {
    const record = triplesRecord({ protocol: 'udp', uid: 'same', first: '0.0.0.0', second: '0.0.0.0' });
    const { columns } = columnsOf(given(linux), []);
    const { data } = pageData(compareRuns(columns, '0.1.0', []), columns, [], [], { triples: [record] });
    expect(data.triples).toMatchObject([
      {
        name: 'linux-6.18-x64 (6.18.44)',
        blocks: ['UDP, the first two bound/bound, one owner'],
        quirks: [
          {
            rule: 'linux/U1-udp-first-match',
            plan: 'udp: bind s1 0.0.0.0 reuseaddr; bind s2 0.0.0.0 reuseaddr reuseport; bind s3 0.0.0.0 reuseport',
          },
        ],
      },
    ]);
    expect(data.triples[0]?.quirks[0]?.prose).not.toBe('');
  });

  it('packs transcripts, matrices and records of containers', () => {
    const { data, packs } = made();
    const opened = packs.map((pack) => JSON.parse(pack) as unknown);
    for (const { tapes, cells } of data.experiments) expect(opened[tapes]).toHaveLength(cells.length);
    expect(opened[data.matrices ?? -1]).toMatchObject({ platforms: [{ name: data.platforms[0]?.name }] });
    expect(opened[data.engines[0]?.record ?? -1]).toMatchObject({ kind: 'containers' });
  });
});

describe('the page', () => {
  it('names the views that have nothing to show, without unpacking what they would', () => {
    const whole = made();
    expect(inTwo(whole).first.empty).not.toContain('experiments');
    const none = { ...whole.data, servers: [], engines: [], singles: null, triples: [], experiments: [], claims: [] };
    expect(inTwo({ ...whole, data: none }).first.empty).toEqual([
      'programs',
      'containers',
      'singles',
      'triples',
      'experiments',
      'claims',
    ]);
  });

  it('can not be left by what is in a record', () => {
    const { first } = inTwo(made());
    const title = '</script><!-- \u2028 <script>';
    const data = {
      ...first,
      systems: { ...first.systems, questions: [{ id: 'a', title, asks: '', values: [], answers: [] }] },
    };
    const html = pageHtml(data, ['AAAA'], ASSETS);
    expect(html.match(/<noscript>[^]*<\/noscript>/)?.[0]).toContain('&lt;/script&gt;&lt;!-- \\u2028 &lt;script&gt;');
    const inside = /<script type="application\/json" id="data">(.*)<\/script>\n<script>/.exec(html)?.[1];
    expect(inside).not.toMatch(/[<\u2028]/);
    expect((JSON.parse(inside ?? '') as typeof data).systems.questions[0]?.title).toBe('</script><!-- \u2028 <script>');
  });

  it('lets a browser run its own script only, and ask for nothing', () => {
    const html = pageHtml(inTwo(made()).first, [], ASSETS);
    expect(html).toContain("default-src 'none'; script-src 'sha256-c2NyaXB0'; style-src 'sha256-c3R5bGU='");
    expect(html).toContain('MATRIX.md');
  });

  it('takes no pack that is anything but base64', () => {
    expect(() => pageHtml(inTwo(made()).first, ['</script>'], ASSETS)).toThrow(RangeError);
  });
});

it('a shared list has equal values once', () => {
  const shared = new Shared<{ a: number }>();
  expect([{ a: 1 }, { a: 2 }, { a: 1 }].map((one) => shared.put(one))).toEqual([0, 1, 0]);
  expect(shared.values).toEqual([{ a: 1 }, { a: 2 }]);
});
