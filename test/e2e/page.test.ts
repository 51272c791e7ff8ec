import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Comparison } from '../../src/record/comparison.ts';
import type { ContainersRecord } from '../../src/record/containers.ts';
import type { MatrixRecord } from '../../src/record/matrix.ts';
import { platformId } from '../../src/record/platform-id.ts';
import { readRecord } from '../../src/load/read.ts';
import type { BindRecord, CellRecord } from '../../src/record/record.ts';
import { systemsTable } from '../../src/report/systems/table.ts';
import { SOURCES } from '../../src/documents/sources.ts';
import { accessibilityOf, noBrowser } from '../support/browser.ts';
import { bindspec } from '../support/cli.ts';
import { REPORTS, useReportPage } from '../support/page.ts';
import { needs } from '../support/needs.ts';

const REUSE = 'conflict/reuse';
const GVISOR = 'gvisor-20240729.0-x64';

const OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true";

describe('the page', needs(noBrowser), () => {
  const made = useReportPage();
  const { at } = made;
  let comparison: Comparison;

  beforeAll(() => {
    comparison = JSON.parse(readFileSync(path.join(made.home, 'matrix.json'), 'utf8')) as Comparison;
  });

  /** What the page calls platforms and engines. */
  function titlesOf(names: readonly string[]): string[] {
    const all = systemsTable(comparison, [], []).columns.flatMap(({ platforms }) => platforms);
    return names.map((name) => all.find((one) => one.name === name)?.title ?? name);
  }

  function recordOf(platform: string): BindRecord {
    return readRecord(readFileSync(path.join(REPORTS, platform, 'record.json'), 'utf8'), platform);
  }

  function cellOf(platform: string, id: string): CellRecord {
    const found = recordOf(platform).cells.find((cell) => cell.id === id);
    if (found === undefined) throw new Error(`no cell ${id} on ${platform}`);
    return found;
  }

  /** What a row says on each platform, by what is seen of it. */
  async function entriesOf(page: Page, experiment: string): Promise<string[]> {
    const row = page.locator('tr.experiment', { has: page.getByText(experiment, { exact: true }) });
    return row.locator('td .word').allInnerTexts();
  }

  describe('the platforms', () => {
    test('has a column for each platform and a row for each experiment', async () => {
      const page = await at('#/experiments');
      const ran = comparison.platforms.filter(({ run }) => run).map(({ name }) => name);
      const heads = await page.locator('.results thead th').allInnerTexts();
      expect(heads.slice(1).map((text) => text.split('\n')[0])).toEqual(titlesOf(ran));
      expect(await page.locator('tr.experiment').count()).toBe(comparison.experiments.length);
      const ids = await page.locator('tr.experiment th code').allInnerTexts();
      expect(ids.toSorted()).toEqual(comparison.experiments.map(({ id }) => id).toSorted());
      const cells = comparison.experiments.flatMap((one) => one.cells).length;
      expect(await page.locator('.count').innerText()).toBe(
        `${ids.length} of ${ids.length} experiments, ${cells} of ${cells} cells, on ${ran.length} platforms`,
      );
    });

    test('is there for ten platforms with all pairs', async () => {
      const folder = path.join(made.home, 'many');
      const matrix = JSON.parse(readFileSync(path.join(REPORTS, 'linux-6.18-x64/matrix.json'), 'utf8')) as MatrixRecord;
      const run = recordOf('linux-6.18-x64');
      for (let number = 0; number < 10; number += 1) {
        const platform = { ...run.platform, id: `linux-9.${number}-x64`, release: `9.${number}` };
        mkdirSync(path.join(folder, platform.id), { recursive: true });
        writeFileSync(path.join(folder, platform.id, 'record.json'), JSON.stringify({ ...run, platform }));
        writeFileSync(path.join(folder, platform.id, 'matrix.json'), JSON.stringify({ ...matrix, platform }));
      }
      expect((await bindspec(['report', folder, '-o', folder])).exitCode).toBe(0);
      const page = await at('#/experiments', {}, folder);
      expect(await page.locator('.results thead th').count()).toBe(11);
      expect(await page.locator('.about tbody tr').first().textContent()).toContain(`${matrix.counts.pairs} pairs`);
    });

    test('tells outcomes in words, as they were recorded', async () => {
      const page = await at('#/experiments');
      const told = await entriesOf(page, 'conflict/same-address');
      expect(new Set(told)).toEqual(new Set(['in use']));
      const wine = recordOf('wine-8.0-x64').cells.filter(({ experiment }) => experiment === 'conflict/another-user');
      expect(new Set(wine.map(({ verdict }) => verdict))).toEqual(new Set(['skipped']));
      expect((await entriesOf(page, 'conflict/another-user')).at(-1)).toBe('skipped');
      const on = recordOf('linux-6.18-x64').cells.filter(({ experiment }) => experiment === REUSE);
      const inUse = on.filter((cell) => (cell.observation as { second: string }).second === 'EADDRINUSE').length;
      const column = comparison.platforms.findIndex(({ name }) => name === 'linux-6.18-x64');
      expect((await entriesOf(page, REUSE))[column]).toBe(`in use ${inUse}/${on.length}`);
    });

    test('shows only differences, as many as the comparison has', async () => {
      const page = await at('#/experiments');
      await page.getByLabel('only differences').check();
      const apart = comparison.experiments.map((one) => one.cells.filter(({ alike }) => alike.length > 1).length);
      const sum = apart.reduce((all, one) => all + one, 0);
      expect(sum).toBeGreaterThan(20);
      const rows = apart.filter((count) => count > 0).length;
      expect(await page.locator('.count').innerText()).toMatch(`${rows} of ${apart.length} experiments, ${sum} of`);
      expect(await page.locator('tr.experiment').count()).toBe(rows);
    });

    test('keeps every choice in its address, and opens with them', async () => {
      const page = await at('#/experiments');
      await page.getByLabel('Search').fill('in use');
      await page.getByLabel('Subject').selectOption('conflict');
      await page.getByLabel('Protocol').selectOption('tcp');
      await page.locator('.filters').getByText('Platforms', { exact: true }).click();
      await page.getByLabel('Wine 8.0').uncheck();
      await page.getByRole('button', { name: 'cells of: The same address and port with' }).click();
      const seen = await page.locator('.results').innerText();
      expect(seen).toContain('SO_REUSEADDR first tcp inet');
      expect(seen).not.toContain(' udp');
      expect(seen).not.toContain('wine');
      const again = await at(new URL(page.url()).hash);
      expect(await again.locator('.results').innerText()).toBe(seen);
      expect(await again.locator('.count').innerText()).toBe(await page.locator('.count').innerText());
      expect(await again.getByLabel('Search').inputValue()).toBe('in use');
      expect(await again.getByLabel('Wine 8.0').isChecked()).toBe(false);
    });

    test('says so when nothing is left, and leads back', async () => {
      const page = await at('#/experiments?q=no-such-thing');
      await page.getByRole('link', { name: 'Show everything' }).click();
      await expect.poll(() => page.locator('tr.experiment').count()).toBe(comparison.experiments.length);
    });
  });

  describe('an experiment', () => {
    const id = `${REUSE}/option:SO_REUSEPORT/set:both/protocol:tcp/family:inet`;

    test('shows the transcript of a cell on a platform, and the command that runs it again', async () => {
      const page = await at(`#/experiment/${REUSE}?cell=${encodeURIComponent(id)}&platform=${GVISOR}`);
      const { transcript } = cellOf(GVISOR, id);
      const calls = await page.locator('.transcript tbody td:last-child').allInnerTexts();
      expect(calls).toEqual(transcript.map(({ call }) => call));
      expect(await page.locator('.command code').innerText()).toBe(
        `npx bindspec run ${id} --stack gvisor --no-reports`,
      );
    });

    test('shows what was observed everywhere, what is expected, and where that is written', async () => {
      const page = await at(`#/experiment/${REUSE}?cell=${encodeURIComponent(id)}`);
      const observed = page.getByRole('region', { name: 'Observations' });
      for (const name of ['linux-6.18-x64', 'wine-8.0-x64']) {
        const { second } = cellOf(name, id).observation as { second: string };
        const row = observed.locator('tbody tr', { hasText: name });
        expect(await row.locator('dt:text-is("second") + dd').innerText()).toBe(second);
      }
      const { expectation } = cellOf('linux-6.18-x64', id);
      const expected = page.locator('.expectation', { hasText: 'linux-6.18-x64' });
      const cited = expectation?.cite.map(({ source }) => SOURCES[source as keyof typeof SOURCES].url) ?? [];
      expect(cited.length).toBeGreaterThan(0);
      const links = await expected.locator('.cited a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
      expect(links).toEqual(cited.filter((url) => url !== null));
      expect(await expected.innerText()).toContain('observed on a real system');
    });

    test('draws who is where and who asks whom, from what was done', async () => {
      const page = await at(`#/experiment/conflict/one-on-every-address?platform=${GVISOR}`);
      // Firefox 153 crashes where Playwright asks for this image by its role twice.
      const drawing = page.locator('svg[role=img]');
      expect(await drawing.locator('title').textContent()).toContain('The hosts, their sockets');
      const desc = await drawing.locator('desc').textContent();
      expect(desc).toMatch(/client on machine asks UDP 127\.0\.0\.1:\d+ \(loopback\): answered by on loopback\./);
      expect(desc).toMatch(/client on neighbour on neighbour asks UDP \S+ \(second-external\): silence\./);
      const { observation } = cellOf(GVISOR, 'conflict/one-on-every-address/protocol:udp/family:inet');
      // Arrows end in one place where one server answered, and each leads to it.
      const by = (observation as { by: (string | null)[] }).by.filter((one) => one !== null);
      const arrows = drawing.locator('.arrow[marker-end]');
      const ends = await arrows.evaluateAll((all) =>
        all.map((one) => / (\S+ \S+)$/.exec(one.getAttribute('d') ?? '')?.[1]),
      );
      expect(ends.map((end) => ends.indexOf(end))).toEqual(by.map((one) => by.indexOf(one)));
      expect(await drawing.locator('.arrow.lost').count()).toBe(1);
    });

    test('changes the cell and the platform, and the address with them', async () => {
      const page = await at(`#/experiment/${REUSE}`);
      await page.getByLabel('Platform', { exact: true }).selectOption('wine-8.0-x64');
      await page.getByLabel('Case', { exact: true }).selectOption({ index: 5 });
      const { hash } = new URL(page.url());
      expect(hash).toContain('platform=wine-8.0-x64');
      const command = await page.locator('.command code').innerText();
      expect(command).toContain('--stack wine');
      expect(await (await at(hash)).locator('.command code').innerText()).toBe(command);
    });

    test('tells what is expected on systems that are not recorded', async () => {
      const page = await at(`#/experiment/${REUSE}`);
      const systems = page.locator('.systems');
      await systems.getByRole('heading').waitFor();
      const { stdout } = await bindspec(['show', REUSE, '--all', '--reports', REPORTS]);
      const titles = [...stdout.matchAll(/^Expected on (.*)$/gm)].map(([, names = '']) => names.split(', '));
      expect(titles.flat()).toContain('darwin');
      const told = await systems
        .locator('.names')
        .evaluateAll((all) => all.map((one) => [...one.children].map(({ textContent }) => textContent)));
      expect(told).toEqual(titles);
    });

    test('that is not there is said to be so', async () => {
      const page = await at('#/experiment/no/such');
      expect(await page.locator('.wrong').innerText()).toContain("There is no question 'no/such'");
    });
  });

  describe('the claims', () => {
    test('have the verdicts of the records', async () => {
      const page = await at('#/claims');
      for (const name of ['linux-6.18-x64', 'wine-8.0-x64']) {
        const column = comparison.platforms.findIndex((one) => one.name === name);
        const told = await page.locator(`tr.claim td:nth-child(${column + 2}) .word`).allInnerTexts();
        expect(told).toEqual(recordOf(name).claims.map(({ verdict }) => verdict));
      }
    });

    test('show what a verdict rests on, with the cells for and against', async () => {
      const page = await at('#/claims');
      await page.getByRole('button', { name: 'Evidence of: port-reserved' }).click();
      const found = recordOf('linux-6.18-x64').claims.find(({ id }) => id === 'port-reserved');
      const section = page.locator('.evidence section', { hasText: 'Linux 6.18' });
      expect(await section.innerText()).toContain(found?.detail);
      await section.getByText('Cells that say otherwise').click();
      const links = await section.locator('details[open] a').allInnerTexts();
      expect(links).toEqual(found?.contradicts);
      await section.locator('details[open] a').first().click();
      await page.locator('.detail .transcript').waitFor();
      expect(await page.locator('.command code').innerText()).toContain(links[0]);
      expect(new URL(page.url()).hash).toContain('#/experiment/conflict/reuse');
    });

    test('are chosen by document and by verdict', async () => {
      const page = await at('#/claims?document=serve&verdict=refuted');
      const runs = comparison.platforms.filter(({ run }) => run).map(({ name }) => recordOf(name));
      const meant = comparison.claims.filter(
        ({ id, documents }) =>
          documents.includes('serve') &&
          runs.some((run) => run.claims.some((one) => one.id === id && one.verdict === 'refuted')),
      );
      expect(meant.length).toBeGreaterThan(1);
      expect(await page.locator('tr.claim code').allInnerTexts()).toEqual(meant.map(({ id }) => id));
    });
  });

  describe('the containers', () => {
    const podman = 'podman-5.4-linux-6.18-x64';
    const containersOf = (name: string) =>
      JSON.parse(readFileSync(path.join(REPORTS, name, 'containers.json'), 'utf8')) as ContainersRecord;

    test('begin with a line for each engine', async () => {
      const page = await at('#/containers');
      expect(await page.locator('h2').first().innerText()).toBe('Servers that can be reached but should not be');
      const lines = await page.locator('.engines li').allInnerTexts();
      expect(lines).toHaveLength(comparison.engines?.length ?? 0);
      for (const [place, { engine, version, configurations }] of (comparison.engines ?? []).entries()) {
        const ran = configurations.filter(({ exposed, contained }) => exposed + contained > 0);
        const exposed = ran.filter((one) => one.exposed > 0).length;
        const said = exposed === 0 ? `contained in all of ${ran.length} ` : `exposed in ${exposed} of ${ran.length} `;
        expect(lines[place]).toContain(`${engine} ${version}: ${said}`);
      }
    });

    test('fit on a phone until one of them is unfolded', async () => {
      const page = await at('#/containers', { viewport: { width: 320, height: 740 } });
      const engines = page.locator('details.engine');
      const kinds = new Set(comparison.engines?.map(({ engine }) => engine));
      expect(await engines.count()).toBe(kinds.size);
      expect(await page.evaluate<number>('document.documentElement.scrollHeight')).toBeLessThan(4_000);
      const docker = engines.filter({ hasText: /^docker/ });
      expect(await docker.locator('table').filter({ visible: true }).count()).toBe(0);
      await docker.locator('summary').first().click();
      expect(await docker.locator('.counts tbody tr').filter({ visible: true }).count()).toBeGreaterThan(10);
    });

    test('show which promises of the documents are broken, and where', async () => {
      const page = await at('#/containers');
      await page.evaluate(OPEN_ALL);
      for (const { engine, broken } of comparison.engines ?? []) {
        const rows = page
          .locator('details.engine', { hasText: new RegExp(`^${engine}`) })
          .locator('.promises tbody tr');
        for (const { says, configuration, broken: where } of broken) {
          const text = await rows.filter({ hasText: says }).innerText();
          expect(text).toContain(`${configuration}: ${where.join('; ')}`);
        }
      }
    });

    test('say of each finding in which configurations', async () => {
      const page = await at('#/containers');
      await page.evaluate(OPEN_ALL);
      const heads = await page.locator('.findings thead th').allInnerTexts();
      const column = heads.indexOf(titlesOf([podman])[0] ?? '');
      const exposed = containersOf(podman).security.filter(({ verdict }) => verdict === 'exposed');
      expect(exposed.length).toBeGreaterThan(5);
      for (const says of new Set(exposed.map((one) => one.says))) {
        const row = page.locator('.findings tbody tr', { hasText: `${says.slice(1)}.` });
        const told = await row
          .locator('td')
          .nth(column - 1)
          .locator('a')
          .allInnerTexts();
        const meant = exposed.filter((one) => one.says === says).map(({ configuration }) => configuration);
        expect(told).toEqual([...new Set(meant)]);
      }
    });

    test('count the ways in of each configuration', async () => {
      const page = await at('#/containers');
      await page.evaluate(OPEN_ALL);
      const { security } = containersOf(podman);
      const own = security.filter(({ configuration }) => configuration === 'podman/netavark');
      const exposed = own.filter(({ verdict }) => verdict === 'exposed').length;
      const row = page.locator('.counts tr', { has: page.getByText('podman/netavark', { exact: true }) });
      expect((await row.locator('.word').allInnerTexts()).at(-1)).toBe(`${exposed} of ${own.length} ways in exposed`);
    });

    test('show who reaches what, and two configurations side by side', async () => {
      const page = await at(`#/containers?configuration=${encodeURIComponent(`${podman} podman/netavark`)}`);
      const record = containersOf(podman).configurations.find(({ id }) => id === 'podman/netavark');
      const asked = record?.asks.findIndex(({ asker, target }) => asker === 'neighbour' && target === 'lan') ?? -1;
      const outcome = (socket: string) => {
        const row = record?.rows.find((one) => one.published === 'every' && one.bind === '::' && one.socket === socket);
        return record?.outcomes[row?.outcomes[asked] ?? -1]?.outcome;
      };
      const cell = page
        .locator('.grid')
        .first()
        .locator('tr', { hasText: 'neighbour by lan' })
        .first()
        .locator('td')
        .first();
      expect(await cell.textContent()).toContain(`TCP ${outcome('tcp')}, UDP ${outcome('udp')}`);
      expect(await page.locator('.grid .exposed').count()).toBeGreaterThan(3);
      expect(await page.locator('.grid .apart').count()).toBe(0);
      await page.getByLabel('Compared with').selectOption(`${podman} podman/none`);
      const apart = await page.locator('.grid .apart').count();
      expect(apart).toBeGreaterThan(10);
      expect(await page.locator('.detail .count').innerText()).toContain(`${apart} cells differ`);
      expect(new URL(page.url()).hash).toContain('podman%2Fnone');
    });
  });

  describe.each([
    ['experiments', '#/experiments'],
    ['experiments, open', `#/experiments?open=${REUSE}`],
    ['an experiment', `#/experiment/conflict/one-on-every-address?platform=${GVISOR}`],
    ['claims', '#/claims?claim=port-reserved'],
    ['containers', '#/containers?beside=docker-26.1-linux-6.18-x64+docker/no-proxy'],
    ['the table of systems', '#/systems?unfold=linux,engines'],
    ['the table where two differ', '#/systems?a=linux-6.1-x64&b=linux-6.12-x64'],
    ['a search that finds nothing', '#/systems?q=nosuchthing'],
    [
      'a pasted error',
      `#/systems?ask=${encodeURIComponent('Error: listen EADDRINUSE: address already in use :::3000')}`,
    ],
    ['a question of engines', '#/experiment/containers/lan/127.0.0.1'],
    ['how to run it', '#/how/darwin'],
    ['programs', '#/programs'],
    ['a program', '#/programs/vite'],
    ['triples', '#/triples'],
  ])('%s', (_, hash) => {
    test.each(['light', 'dark'] as const)(
      'is accessible, as far as axe-core can tell, when it is %s',
      async (scheme) => {
        const page = await at(hash, { colorScheme: scheme });
        await page.evaluate(OPEN_ALL);
        expect(await accessibilityOf(page)).toEqual([]);
      },
    );

    test.each([320, 1400, 2000])('fits into a width of %i', async (width) => {
      const page = await at(hash, { viewport: { width, height: 800 } });
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    });
  });

  test('leads back to where the reader was', async () => {
    const page = await at('#/experiments', { viewport: { width: 1400, height: 500 } });
    const table = page.locator('.scroll.wide');
    await table.evaluate((element) => element.scrollTo(0, 700));
    // Kept a moment after the last scrolling.
    await expect.poll(() => page.evaluate<number | undefined>('history.state?.table')).toBe(700);
    await page.locator('tr.experiment a').nth(12).click();
    await page.locator('.detail .transcript').waitFor();
    expect(await page.evaluate<number>('scrollY')).toBe(0);
    await page.goBack();
    await expect.poll(() => table.evaluate((element) => element.scrollTop)).toBe(700);
  });

  test('leads from a finding to who reaches what there', async () => {
    const page = await at('#/containers', { viewport: { width: 1400, height: 500 } });
    await page.evaluate(OPEN_ALL);
    await page.locator('.findings a', { hasText: 'podman/netavark' }).last().click();
    await expect.poll(() => page.locator('#reach').boundingBox()).toMatchObject({ y: expect.closeTo(0, -2) });
    expect(await page.locator('.detail p b').first().innerText()).toContain('podman, a bridge by netavark');
  });

  test('is of containers alone where there is nothing else', async () => {
    const folder = path.join(made.home, 'containers');
    const from = path.join(REPORTS, 'docker-26.1-linux-6.18-x64');
    const { exitCode, stdout } = await bindspec(['report', from, '-o', folder]);
    const record = JSON.parse(readFileSync(path.join(from, 'containers.json'), 'utf8')) as ContainersRecord;
    const exposed = record.security.filter(({ verdict }) => verdict === 'exposed').map((one) => one.configuration);
    expect([exitCode, stdout.split('\n')[0]]).toEqual([
      0,
      `docker-26.1-linux-6.18-x64  ${record.configurations.length} configurations, exposed in ${new Set(exposed).size}`,
    ]);
    const page = await at('#/containers', {}, folder);
    expect(await page.locator('h1').innerText()).toBe('Container networks');
    expect(await page.locator('nav li').allInnerTexts()).toEqual([
      'Systems',
      'Explain',
      'Containers',
      'Bind matrix',
      'Who receives',
    ]);
  });

  test('is light or dark as chosen, and stays so from view to view', async () => {
    const page = await at('#/experiments', { colorScheme: 'light' });
    const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.getByRole('button', { name: 'Switch to dark' }).click();
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.locator('tr.experiment a').first().click();
    await page.locator('.detail .transcript').waitFor();
    expect(await ground()).toBe(dark);
  });

  test('can be used with the keyboard alone', async () => {
    const page = await at('#/experiments');
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    // Firefox says that a key was pressed before the page has taken it.
    await expect.poll(() => page.evaluate<string>('document.activeElement.id')).toBe('main');
    const outline = page.getByLabel('Search');
    await outline.focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  });

  test('shows a thousand of what there may be too many of', async () => {
    const folder = path.join(made.home, 'long');
    mkdirSync(folder, { recursive: true });
    const record = recordOf('linux-6.18-x64');
    const first = cellOf('linux-6.18-x64', `${REUSE}/option:SO_REUSEPORT/set:both/protocol:tcp/family:inet`);
    const [line] = first.transcript;
    if (line === undefined) throw new Error('no transcript');
    const transcript = Array.from({ length: 1234 }, () => line);
    const cells = Array.from({ length: 2500 }, (_, number) => ({
      ...first,
      id: `${REUSE}/number:${number}`,
      values: { number: String(number) },
      claims: [],
      transcript: number === 0 ? transcript : [],
    }));
    writeFileSync(
      path.join(folder, 'record.json'),
      JSON.stringify({ ...record, settings: { ...record.settings, cells: cells.length }, cells, claims: [] }),
    );
    expect((await bindspec(['report', folder, '-o', folder])).exitCode).toBe(0);
    const page = await at(`#/experiment/${REUSE}`, {}, folder);
    await page.locator('.detail .transcript').waitFor();
    expect(await page.locator('tr.cell').count()).toBe(1000);
    const results = page.getByRole('region', { name: 'Results by cell and platform' });
    expect(await results.innerText()).toContain('and 1500 more cells');
    expect(await page.locator('.transcript tbody tr').count()).toBe(100);
    expect(await page.locator('.detail').innerText()).toContain('The record has 1134 more calls.');
  });

  test('runs nothing that a record brings, whatever strings are in it', async () => {
    const folder = path.join(made.home, 'hostile');
    mkdirSync(folder, { recursive: true });
    const record = hostile(recordOf('linux-6.18-x64'));
    writeFileSync(path.join(folder, 'record.json'), JSON.stringify(record));
    const { exitCode, stderr } = await bindspec(['report', folder, '-o', folder]);
    expect(exitCode).toBe(0);
    // Its cells are of no experiment that there is, which is said in one line.
    expect(stderr).toMatch(/^bindspec: .* has \d+ cells that this bindspec does not have, [^\n]*$/);
    const first = await at('', {}, folder);
    expect(await first.locator('.systems-table').innerText()).toContain('<script>');
    await first.locator('tr.question a[href*="script"]').first().click();
    await first.getByRole('heading', { name: 'Answers by system' }).waitFor();
    expect(await first.evaluate(() => 'ran' in globalThis)).toBe(false);
    const page = await at('#/experiments', {}, folder);
    expect(await page.locator('.results').innerText()).toContain('<script>');
    await page.locator('tr.experiment a').first().click();
    await page.locator('.detail .transcript').waitFor();
    const run = () => page.evaluate(() => 'ran' in globalThis);
    expect(await run()).toBe(false);
    const links = await page.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
    expect(links.filter((href) => !/^(#|https?:)/.test(href))).toEqual([]);
  });
});

const EVIL = `</script><script>ran=1</script><img src=x onerror=ran=1>"'><svg onload=ran=1>javascript:ran=1 __proto__ \u2028\u202E`;
const NO_SLASH = EVIL.replaceAll('/', '');

/** A record with something that bites in every string that may be any string. */
function hostile(record: BindRecord): BindRecord {
  const bite = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((one) => bite(one));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, bite(inner, name)]));
    }
    // The id of a platform is made of its system and architecture, and has little room.
    const isFixed = ['started', 'verdict', 'known', 'schema', 'system', 'architecture'].includes(key);
    return typeof value === 'string' && !isFixed ? `${value}${EVIL}` : value;
  };
  const bitten = bite(record) as BindRecord;
  // What names something else is made of it, or no reader would take the record.
  const idOf = ({ experiment, values }: CellRecord) =>
    [experiment, ...Object.entries(values).map(([axis, value]) => `${axis}:${value}`)].join('/');
  const cells = bitten.cells.map((cell, place) => {
    // A slash in a value would end it.
    const axes = Object.entries(record.cells[place]?.values ?? {}).map(([axis, value]) => [
      axis,
      `${value}${NO_SLASH}`,
    ]);
    const values = Object.fromEntries(axes) as Record<string, string>;
    return { ...cell, values, id: idOf({ ...cell, values }) };
  });
  const ids = new Map(record.cells.map(({ id }, place) => [id, cells[place]?.id ?? '']));
  const named = (list: readonly string[] = []) => list.map((id) => ids.get(id) ?? '');
  const claims = bitten.claims.map((claim, place) => {
    const { holds, contradicts } = record.claims[place] ?? {};
    return { ...claim, holds: named(holds), contradicts: named(contradicts) };
  });
  return { ...bitten, platform: { ...bitten.platform, id: platformId(bitten.platform) }, cells, claims };
}
