import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { bindspec } from '../support/cli.ts';
import { hostile } from '../support/hostile.ts';
import { REPORTS, useReportPage } from '../support/page.ts';
import { needs } from '../support/needs.ts';
import { serverRecords } from '../../tools/server-records.ts';
import { configurationRecord, containersRecord } from '../support/containers.ts';
import { fixture } from '../unit/report/fixture.ts';
import { plan, recordOf as receiversRecord } from '../unit/matrix/receivers/lab.ts';
import { triplesRecord } from '../unit/matrix/triples/fixture.ts';

/** A small record of each kind, by its file. */
function records(): Readonly<Record<string, unknown>> {
  const { blocks } = plan({
    protocol: 'udp',
    state: 'bound/bound',
    uid: 'same',
    devices: 'none/none',
    first: '0.0.0.0 -',
  });
  const [server] = serverRecords(REPORTS);
  return {
    'record.json': fixture,
    // It has the binds of one socket alone.
    'matrix.json': JSON.parse(readFileSync(path.join(REPORTS, 'wine-8.0-x64', 'matrix.json'), 'utf8')) as unknown,
    'receivers.json': receiversRecord(blocks),
    'triples.json': triplesRecord({ protocol: 'udp', uid: 'same', first: '0.0.0.0', second: '0.0.0.0, ::' }),
    'containers.json': containersRecord(
      [
        configurationRecord(
          {
            id: 'docker/proxy',
            mode: 'bridge',
            facts: { engine: 'docker' },
            refusals: { lan: 'no' },
            holders: [{ published: 'lan', protocol: 'tcp', listeners: ['docker-proxy'] }],
          },
          [
            {
              published: 'every',
              bind: '::',
              socket: 'tcp',
              came: { 'neighbour lan': { outcome: 'answered', seen: 'x' } },
            },
          ],
        ),
      ],
      {
        promises: [
          {
            id: 'docker/proxy/p',
            configuration: 'docker/proxy',
            says: 's',
            source: 'd',
            known: 'k',
            held: 0,
            broken: ['b'],
          },
        ],
        security: [
          {
            id: 'docker/proxy/s',
            configuration: 'docker/proxy',
            way: 'lan',
            protocol: 'tcp',
            published: 'lan',
            target: 'lan',
            verdict: 'exposed',
            says: 'x',
            reached: ['y'],
            reference: 'z',
          },
        ],
      },
    ),
    'programs/one/1.json': server,
  };
}

/** Each view, and an element of it that has something of a record. */
const VIEWS = [
  ['systems', '#/systems?unfold=linux,wine,engines', '.systems-table'],
  ['programs', '#/programs', '.programs-table'],
  ['containers', '#/containers', '.findings'],
  ['one socket', '#/singles', '.alone'],
  ['the bind matrix', '#/matrix?show=all', '.pairs'],
  ['who receives', '#/receivers', '.received'],
  ['triples', '#/triples', '.triples-table'],
  ['experiments', '#/experiments', '.results'],
  ['claims', '#/claims', '.results'],
  ['explain', '#/explain', 'h1'],
] as const;

describe('the page of hostile records', needs(noBrowser), () => {
  const made = useReportPage();
  let home = '';

  beforeAll(async () => {
    home = path.join(made.home, 'hostile');
    const given = path.join(home, 'records');
    for (const [file, record] of Object.entries(records())) {
      mkdirSync(path.dirname(path.join(given, file)), { recursive: true });
      writeFileSync(path.join(given, file), hostile(record));
    }
    const { exitCode, stderr } = await bindspec(['report', given, '-o', home]);
    expect([exitCode, stderr.slice(0, 2000)]).toEqual([0, expect.stringMatching(/^(?:bindspec: [^\n]*\n?)*$/)]);
  });

  /** What is wrong with a page: a script that ran, an element or an address that a record brought, a name that it set. */
  function harmDone(page: Page): Promise<unknown> {
    return page.evaluate(`[
      'ran' in globalThis && 'a script ran',
      Object.keys(Object.prototype).length > 0 && 'a prototype was changed',
      document.querySelector('#page script, #page img, #page iframe, #page object, #page [onload], #page [onerror]') && 'markup',
      [...document.querySelectorAll('a')].some((one) => !/^(#|https?:)/.test(one.getAttribute('href') ?? '')) && 'an address',
      /[\\u2028\\u202E]/.test(document.querySelector('#page').textContent) && 'an invisible character',
    ].filter(Boolean)`);
  }

  test.each(VIEWS)('is harmless: %s', async (_, hash, has) => {
    const page = await made.at(hash, { viewport: { width: 320, height: 740 } }, home);
    await page.locator(has).first().waitFor();
    if (hash.startsWith('#/matrix')) await page.locator('.corners').waitFor();
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    expect(await harmDone(page)).toEqual([]);
    // These two show what the models say, where no record has been asked.
    if (!['h1', '.received'].includes(has))
      expect(await page.locator('main').textContent()).toMatch(/<script>|<img src=x/);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  });

  test('is harmless where there is no script', () => {
    const page = readFileSync(path.join(home, 'index.html'), 'utf8');
    const [, table = ''] = /<noscript>(.*?)<\/noscript>/s.exec(page) ?? [];
    expect(table).toContain('&lt;script&gt;');
    expect(table).not.toMatch(/<(?:script|img|svg)/);
    // The two of the page itself; the others are its data and packs.
    expect(page.match(/<script(?! type="(?:application\/json|text\/plain)")/g)).toHaveLength(1);
  });

  test('is harmless where its links lead', async () => {
    const page = await made.at('#/systems', {}, home);
    const links = await page
      .locator('tr.question a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
    const own = links.filter((href) => /script|img/.test(decodeURIComponent(href)));
    expect(own.length).toBeGreaterThan(0);
    for (const href of own.slice(0, 3)) {
      const question = await made.at(href, {}, home);
      await question.getByRole('heading', { name: 'Answers by system' }).waitFor();
      expect(await harmDone(question)).toEqual([]);
    }
    const program = await made.at('#/programs', {}, home);
    await program.locator('.programs-table tbody .first a').first().click();
    await program.locator('.program').waitFor();
    expect(await harmDone(program)).toEqual([]);
  });
});
