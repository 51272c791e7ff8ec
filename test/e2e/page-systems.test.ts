import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadRegistry } from '../../src/experiment/registry.ts';
import type { Comparison } from '../../src/record/comparison.ts';
import { signOf } from '../../src/report/systems/answer.ts';
import { SYSTEM_COLUMNS } from '../../src/report/systems/order.ts';
import type { SystemsTable } from '../../src/report/systems/shape.ts';
import { systemsTable } from '../../src/report/systems/table.ts';
import { noBrowser, noChromium } from '../support/browser.ts';
import { useReportPage } from '../support/page.ts';
import { needs } from '../support/needs.ts';

const ERROR = 'Error: listen EADDRINUSE: address already in use :::3000';

describe('the first screen', needs(noBrowser), () => {
  const made = useReportPage();
  const { at } = made;
  let comparison: Comparison;
  let told: SystemsTable;

  beforeAll(async () => {
    comparison = JSON.parse(readFileSync(path.join(made.home, 'matrix.json'), 'utf8')) as Comparison;
    told = systemsTable({ ...comparison, engines: [] }, [], await loadRegistry());
  });

  const bare = `[...document.querySelectorAll('tr.question')].map((row) => [...row.querySelectorAll('td')].map((cell) =>
    (cell.querySelector('.sign')?.textContent ?? '') + (cell.querySelector('.word')?.firstChild?.textContent ?? '')))`;

  test('has the systems in order, and says of every question what the table of systems says', async () => {
    const page = await at('');
    const heads = await page
      .locator('.systems-table thead th:not(.first)')
      .evaluateAll((all) => all.map((one) => one.firstChild?.textContent));
    expect(heads).toEqual(SYSTEM_COLUMNS.map(({ title }) => title));
    const rows = await page.evaluate<string[][]>(bare);
    const own = told.questions.map(({ answers }) => answers.map((answer) => `${signOf(answer)}${answer.word}`));
    expect(rows.slice(0, own.length).map((row) => row.slice(0, -1))).toEqual(own.map((row) => row.slice(0, -1)));
    expect(rows.length).toBeGreaterThan(own.length);
  });

  test('has its first rows at once, and all of them when there is time or they are printed', async () => {
    const page = await at('#/claims');
    // As if the browser were never idle.
    await page.evaluate("requestIdleCallback = () => 0; location.hash = '#/systems'");
    const rows = page.locator('tr.question');
    await rows.first().waitFor();
    const some = await rows.count();
    expect(some).toBeLessThan(100);
    expect(await page.locator('.systems-table').getAttribute('aria-busy')).toBe('true');
    expect(await page.locator('.count').innerText()).toMatch(/^1\d\d of 1\d\d questions/);
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    const [, all] = /^(\d+) of/.exec(await page.locator('.count').innerText()) ?? [];
    expect(await rows.count()).toBe(Number(all));
    expect(await page.locator('[aria-busy]').count()).toBe(0);
  });

  test('has a sentence for each system, and how to run where there was no run', async () => {
    const page = await at('');
    const head = page.locator('.systems-table thead th', { hasText: 'macOS' });
    expect(await head.innerText()).toContain('never run by us: here is how');
    await head.getByRole('link', { name: 'here is how' }).click();
    await page.getByRole('heading', { name: 'Run bindspec on macOS' }).waitFor();
    expect(await page.locator('.command').first().innerText()).toContain('npx bindspec run');
  });

  test('answers a pasted error in place, with the address of it', async () => {
    const page = await at('');
    await page.getByLabel('Why does my bind fail').fill(ERROR);
    const verdict = page.locator('.ask-answer .verdict');
    await verdict.waitFor();
    expect(await verdict.innerText()).toContain('3000');
    const again = await at(new URL(page.url()).hash);
    expect(await again.locator('.ask-answer .verdict').innerText()).toBe(await verdict.innerText());
  });

  test.each([
    ['0.0.0.0 with ::', '8080'],
    ['is 0.0.0.0 with :: allowed on FreeBSD?', '8080'],
    ['tcp 0.0.0.0:80, tcp 127.0.0.1:80', '80'],
    ['tcp LISTEN 0 128 *:80 *:*', '80'],
  ])('reads %s', async (written, port) => {
    const page = await at(`#/systems?ask=${encodeURIComponent(written)}`);
    expect(await page.locator('.ask-answer').innerText()).toContain(port);
    expect(await page.locator('.ask-answer .wrong').count()).toBe(0);
  });

  test('says what it can not read', async () => {
    const page = await at(`#/systems?ask=${encodeURIComponent('tcp cat')}`);
    expect(await page.locator('.ask-answer .wrong').innerText()).not.toBe('');
  });

  test.each(['mac', 'darwin', 'macOS'])('takes %s for a system, and shows it beside Linux', async (q) => {
    const page = await at(`#/systems?q=${q}`);
    const heads = await page.locator('.systems-table thead th').allInnerTexts();
    expect(heads.map((text) => text.split('\n')[0])).toEqual(['Question', 'Linux', 'macOS']);
    expect(await page.locator('tr.question td:last-child.unknown').count()).toBe(0);
  });

  test('finds the same questions by every name of an error', async () => {
    const titles = async (q: string) => {
      const page = await at(`#/systems?q=${encodeURIComponent(q)}`);
      return page.locator('tr.question th').allInnerTexts();
    };
    const meant = await titles('EADDRINUSE');
    expect(meant.length).toBeGreaterThan(20);
    for (const q of ['address already in use', '10048', 'port in use', 'port 3000 EADDRINUSE']) {
      expect(await titles(q), q).toEqual(meant);
    }
    expect((await titles('TIME_WAIT')).join()).toContain('restart');
  });

  test('leads on where nothing is found', async () => {
    const page = await at('#/systems?q=restart+nosuchthing');
    expect(await page.locator('.none').innerText()).toContain('Nearest to it');
    await page.locator('.none').getByRole('link', { name: 'show all questions' }).click();
    await expect.poll(() => page.locator('tr.question').count()).toBeGreaterThan(100);
  });

  test('unfolds the versions of a system, and keeps that in the address', async () => {
    const page = await at('');
    const kernels = comparison.platforms.filter(({ platform, run }) => platform.system === 'linux' && run);
    await page.getByRole('button', { name: 'versions of Linux' }).click();
    expect(await page.locator('thead .of-system').count()).toBe(kernels.length);
    expect(new URL(page.url()).hash).toContain('unfold=linux');
    const again = await at(new URL(page.url()).hash);
    await expect.poll(() => again.locator('thead .of-system').count()).toBe(kernels.length);
  });

  test('shows where two differ, as the cases say', async () => {
    const page = await at('#/systems?a=linux&b=freebsd');
    await page.locator('tr.question').first().waitFor();
    const place = told.columns.findIndex(({ id }) => id === 'freebsd');
    const apart = told.questions.filter(({ cases }) =>
      cases.some(({ answers }) => answers[place]?.likeness === 'differs' || answers[place]?.likeness === 'deviates'),
    );
    const titles = await page.locator('tr.question th').allInnerTexts();
    expect(titles).toEqual(apart.map(({ title }) => title));
  });

  test('leads from a cell to its question', async () => {
    const page = await at('#/systems?q=specific+wildcard');
    const row = page.locator('tr.question', { hasText: 'A specific address on a port that the wildcard holds' });
    await row.locator('td').nth(2).locator('a').click();
    await page.getByRole('heading', { name: 'Answers by system' }).waitFor();
    const windows = page.locator('.by-system tr.meant');
    expect(await windows.locator('th').innerText()).toBe('Windows');
    expect(await windows.innerText()).toContain("the vendor's documentation");
    await page.locator('.command code').waitFor();
    await page.getByRole('button', { name: 'Copy a citation' }).click();
    await expect.poll(() => page.locator('main .citing').innerText()).toContain('conflict/specific-after-wildcard');
  });

  test('stands there without JavaScript, as a table', needs(noChromium), async () => {
    const page = await at('', { javaScriptEnabled: false });
    expect(await page.locator('noscript table tbody tr').count()).toBeGreaterThan(100);
    expect(await page.locator('noscript table tbody tr').first().innerText()).toMatch(/[●◆]/);
  });
});
