import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { noBrowser, noChromium } from '../support/browser.ts';
import { needs } from '../support/needs.ts';
import { useReportPage } from '../support/page.ts';

/** What each control of the view has now, in the order in which they stand there. */
const CONTROLS = `[...document.querySelectorAll('main select, main input, main textarea')].map((one) =>
  one.type === 'checkbox' ? String(one.checked) : one.value)`;

/** So many controls of a view are changed; the form of explain has some sixty that are alike. */
const MOST_CONTROLS = 25;

const VIEWS = {
  systems: '#/systems',
  programs: '#/programs',
  experiments: '#/experiments',
  claims: '#/claims',
  containers: '#/containers',
  singles: '#/singles',
  matrix: '#/matrix',
  receivers: '#/receivers',
  explain: '#/explain?s1=tcp+0.0.0.0:80&s2=tcp+[::]:80',
  'an experiment': '#/experiment/conflict/specific-after-wildcard',
} as const;

/** A reader who types a question into the first field or the search, and follows a link where one is needed. */
interface Reader {
  readonly asks: string;
  readonly field: 'Why does my bind fail' | 'Search';
  /** The names of the links that are followed. */
  readonly follows: readonly string[];
  readonly reads: (page: Page) => Promise<string>;
  readonly finds: RegExp;
}

const table = (page: Page) => page.locator('.scroll.wide').first().innerText();

const READERS: readonly Reader[] = [
  {
    asks: 'bind fails on my Mac only',
    field: 'Search',
    follows: ['only where macOS differs'],
    reads: async (page) => `${await page.locator('.count').innerText()} ${await table(page)}`,
    finds: /^4\d of 1\d\d questions in which these two differ.*macOS/s,
  },
  {
    asks: 'two of my servers run on one port and one gets nothing',
    field: 'Why does my bind fail',
    follows: ['Search the questions for it'],
    reads: table,
    finds: /server|receive/i,
  },
  {
    asks: 'is 0.0.0.0 with :: allowed on FreeBSD?',
    field: 'Why does my bind fail',
    follows: [],
    reads: (page) => page.locator('.ask-answer tr', { hasText: 'FreeBSD' }).innerText(),
    finds: /✓.*FreeBSD.*ok/s,
  },
  {
    asks: 'does podman expose 127.0.0.1:5432 to the LAN?',
    field: 'Search',
    follows: [],
    reads: (page) =>
      page.locator('tr.question', { hasText: 'A port published on 127.0.0.1 alone, from the LAN' }).innerText(),
    finds: /contained/,
  },
  {
    asks: 'what changed between 6.1 and 6.12?',
    field: 'Search',
    follows: [],
    reads: table,
    finds: /Linux 6\.1\s+Linux 6\.12.*IPv4 names/s,
  },
  {
    asks: 'which dev servers open to the LAN?',
    field: 'Search',
    follows: ['Look for it among the programs'],
    reads: table,
    finds: /webpack serve.*LAN/s,
  },
];

/** What a field of choices has to choose from. */
function valuesOf(choice: Locator): Promise<string[]> {
  return choice.locator('option').evaluateAll((all: { value?: string }[]) => all.map(({ value = '' }) => value));
}

describe('every view of the page', needs(noBrowser), () => {
  const { at } = useReportPage();

  /** Changes one control to something that it can be; false for one that has only one choice or is not seen. */
  async function change(page: Page, place: number): Promise<boolean> {
    const control = page.locator('main select, main input, main textarea').nth(place);
    if (!(await control.isVisible()) || !(await control.isEnabled())) return false;
    const kind = await control.evaluate((one: { type?: string }) => one.type ?? '');
    if (kind === 'checkbox') {
      await control.click();
      return true;
    }
    if (!kind.startsWith('select')) return false;
    const values = await valuesOf(control);
    const now = await control.inputValue();
    const other = values.find((value) => value !== now && value !== '');
    if (other === undefined) return false;
    await control.selectOption(other);
    return true;
  }

  async function settled(page: Page): Promise<string> {
    const seen = async () => (await page.locator('main').textContent()) ?? '';
    // The bind matrix counts all pairs before it is whole.
    if (page.url().includes('#/matrix')) await page.locator('.corners').waitFor();
    let before = '';
    await expect
      .poll(
        async () => {
          const same = before === (await seen());
          before = await seen();
          return same;
        },
        // Longer than what the page waits for while a reader types.
        { interval: 300 },
      )
      .toBe(true);
    return before.replaceAll(/\s+/g, ' ');
  }

  test.each(Object.entries(VIEWS))('has all that was chosen in its address: %s', async (_, hash) => {
    const page = await at(hash);
    await settled(page);
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    const count = await page.locator('main select, main input, main textarea').count();
    let changed = 0;
    for (let place = 0; place < Math.min(count, MOST_CONTROLS); place += 1) {
      if (await change(page, place)) changed += 1;
    }
    await page.getByRole('button', { name: 'Switch to dark' }).click();
    expect(changed).toBeGreaterThan(0);
    const seen = await settled(page);
    const values = await page.evaluate<string[]>(CONTROLS);
    const again = await at(new URL(page.url()).hash);
    await expect.poll(() => again.evaluate<string[]>(CONTROLS)).toEqual(values);
    const then = await settled(again);
    // Where they begin to differ, because all of it would be too much to read.
    const place = seen.split('').findIndex((character, index) => character !== then[index]);
    if (place !== -1) expect(then.slice(place - 80, place + 80)).toBe(seen.slice(place - 80, place + 80));
    expect(then).toHaveLength(seen.length);
    await again.getByRole('button', { name: 'Switch to light' }).waitFor();
  });

  test.each(['systems?unfold=linux', 'experiments', 'claims', 'containers', 'singles', 'matrix', 'receivers'])(
    'calls platforms what the first view calls them: %s',
    async (view) => {
      const page = await at(`#/${view}`);
      await settled(page);
      const names = await page.locator('main th, main option, main h3').allTextContents();
      expect(names.some((name) => /Linux 6\.18|docker 28\.5/.test(name))).toBe(true);
      // The view of experiments shows the ids of the platforms beside their titles.
      expect(names.filter((name) => name.includes('-x64') && view !== 'experiments')).toEqual([]);
    },
  );

  test.each(Object.values(VIEWS))('can be cited: %s', async (hash) => {
    const page = await at(hash);
    await page.getByRole('button', { name: 'Copy a link' }).click();
    await page.getByRole('button', { name: 'Copy a citation' }).click();
    const [link = '', citation = ''] = await page.locator('.citing:visible .copied').allInnerTexts();
    expect(link).toBe(page.url());
    expect(citation).toMatch(/^bindspec \d+\.\d+\.\d+, “.+”/);
    expect(citation).toContain(page.url());
    expect(citation).toContain(await page.locator('h1').innerText());
  });

  describe('a reader who asks in words of their own', () => {
    test.each(READERS)('finds an answer in a few clicks: $asks', async ({ asks, field, follows, reads, finds }) => {
      const page = await at('');
      await page.getByLabel(field).first().click();
      await page.keyboard.type(asks);
      for (const name of follows) await page.getByRole('link', { name }).first().click();
      await expect.poll(() => reads(page)).toMatch(finds);
    });

    test('gets the nearest questions for a text that names no socket', async () => {
      const page = await at('');
      await page.getByLabel('Why does my bind fail').click();
      await page.keyboard.type('who receives what a restarted server was sent');
      const answer = page.locator('.ask-answer');
      await expect.poll(() => answer.innerText()).toContain('This names no socket');
      await answer.locator('li a').first().click();
      await page.getByRole('heading', { name: 'Answers by system' }).waitFor();
    });
  });

  test.each(['', '#/experiment/conflict/specific-after-wildcard', '#/programs', '#/matrix'])(
    'is whole on paper: %s',
    needs(noChromium),
    async (hash) => {
      const page = await at(hash);
      await settled(page);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.filters, nav, .theme').filter({ visible: true }).count()).toBe(0);
      // What scrolls on a screen is not cut off.
      const hidden = await page.evaluate<number>(
        "[...document.querySelectorAll('.scroll')].filter((one) => getComputedStyle(one).overflowY !== 'visible').length",
      );
      expect(hidden).toBe(0);
      const paper = await page.pdf({ format: 'A4', landscape: true });
      expect(paper.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0).toBeGreaterThan(0);
      await page.emulateMedia({ media: 'screen' });
    },
  );

  describe('numbers add up', () => {
    test('in the heads of the table of systems', async () => {
      const page = await at('');
      const signs = await page.evaluate<string[][]>(`[...document.querySelectorAll('tr.question')].map((row) =>
        [...row.querySelectorAll('td')].map((cell) => cell.querySelector('.sign')?.textContent ?? ''))`);
      const heads = await page.locator('.systems-table thead th:not(.first) small').allInnerTexts();
      for (const [place, head] of heads.entries()) {
        const own = signs.flatMap((row) => row[place] || []);
        const apart = own.filter((sign) => '◆◇▲'.includes(sign)).length;
        const [, some, all] = /(\d+) of (\d+) questions/.exec(head) ?? [];
        // Among the kernels of Linux what is unexpected is counted apart.
        const [, more = 0] = /in (\d+) more/.exec(head) ?? [];
        expect([head, Number(some) + Number(more), Number(all)]).toEqual([head, apart, own.length]);
      }
      expect(await page.locator('.count').innerText()).toContain(`${signs.length} of ${signs.length}`);
    });

    test.each([
      ['systems', '#/systems', 'subject', /^(\d+) of/],
      ['programs', '#/programs', 'group', /^(\d+) of/],
      ['programs', '#/programs', 'reach', /^(\d+) of/],
      ['experiments', '#/experiments', 'subject', /, (\d+) of/],
    ])('in %s, over all choices of a filter: %s %s', async (_, hash, filter, number) => {
      const page = await at(hash);
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      const told = async () => Number(number.exec(await page.locator('p.count').innerText())?.[1]);
      const all = await told();
      const choice = page.locator(`#${filter}`);
      const values = await valuesOf(choice);
      let sum = 0;
      for (const value of values.filter((one) => one !== '')) {
        await choice.selectOption(value);
        sum += await told();
      }
      expect(sum).toBe(all);
    });

    test('in the cells of the experiments', async () => {
      const page = await at('#/experiments');
      const [, , cells] = /(\d+) of \d+ experiments, (\d+) of/.exec(await page.locator('p.count').innerText()) ?? [];
      const rows = await page.locator('tr.experiment .open').allInnerTexts();
      const single = (await page.locator('tr.experiment').count()) - rows.length;
      expect(rows.reduce((sum, text) => sum + Number(/\d+/.exec(text)?.[0]), 0) + single).toBe(Number(cells));
    });

    test('in the triples that pairs do not explain', async () => {
      const page = await at('#/triples');
      for (const section of await page.locator('section').all()) {
        const [, unexplained = ''] = /do not explain ([\d,]+)/.exec(await section.innerText()) ?? [];
        const counts = await section.locator('tbody tr td:nth-child(5)').allInnerTexts();
        const digits = (text: string) => Number(text.replaceAll(',', ''));
        expect(counts.reduce((sum, text) => sum + digits(text), 0)).toBe(digits(unexplained));
      }
    });

    test('in the ways into the containers of each engine', async () => {
      const page = await at('#/containers');
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      const exposed = await page.locator('table.counts td .word').allInnerTexts();
      expect(exposed.length).toBeGreaterThan(10);
      for (const words of exposed) {
        const [, some, all] = /^(\d+) of (\d+) ways in exposed$/.exec(words) ?? [];
        if (some !== undefined) expect(Number(some), words).toBeLessThanOrEqual(Number(all));
      }
    });
  });
});
