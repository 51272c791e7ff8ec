import { existsSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { CHROMIUM, isFirefox } from '../../tools/browser.ts';
import { FIREFOX } from '../../tools/firefox.ts';
import { noNamespaces } from './namespace.ts';
import type { Lack } from './needs.ts';

const BLANK = 'about:blank';

/** The browser that is asked for, in a network namespace of its own. */
export const noBrowser: Lack | null = isFirefox
  ? (lackOf('firefox', FIREFOX, 'firefox-esr') ?? noNamespaces)
  : (lackOf('chromium', CHROMIUM, 'chromium') ?? noNamespaces);

/** Chromium, for what Firefox can't be asked to do by Playwright: to run no script, and to take a page to paper. */
export const noChromium: Lack | null = isFirefox
  ? { need: 'chromium', reason: 'the tests are made in Firefox', enable: 'unset BINDSPEC_BROWSER' }
  : noBrowser;

function lackOf(need: string, program: string, debian: string): Lack | null {
  return existsSync(program) ? null : { need, reason: `${program} is not there`, enable: `apt-get install ${debian}` };
}

/** A page for a file, and what went wrong on it: errors, and requests for anything but the file. */
export interface FilePage {
  readonly page: Page;
  readonly wrong: string[];
  /** Opens the file at an address within it, as if nothing had been open before. */
  readonly open: (hash: string) => Promise<void>;
}

/** Makes a page for a file, in a context of its own. */
export async function pageFor(browser: Browser, file: string, options: BrowserContextOptions = {}): Promise<FilePage> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => wrong.push(`thrown: ${error.message}`));
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (![`file://${file}`, BLANK].includes(request.url().split('#')[0] ?? '')) wrong.push(`request: ${request.url()}`);
  });
  return {
    page,
    wrong,
    open: async (hash) => {
      // Without it another address within the same file would change what is there, and load nothing.
      await page.goto(BLANK);
      await page.goto(`file://${file}${isFirefox ? withTheme(hash, options.colorScheme) : hash}`);
      await page.locator('h1').first().waitFor();
      // A long table is not there at once.
      await page.locator('[aria-busy]').waitFor({ state: 'detached' });
    },
  };
}

/** An address with the theme of the page itself: Playwright can't choose in Firefox what the system prefers. */
function withTheme(hash: string, theme: BrowserContextOptions['colorScheme']): string {
  if (theme !== 'dark' || hash.includes('theme=')) return hash;
  return `${hash === '' ? '#/' : hash}${hash.includes('?') ? '&' : '?'}theme=dark`;
}

/** What axe-core finds wrong on a page: a rule, and the elements. */
export async function accessibilityOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } }).axe.run(),
  );
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

interface Violation {
  id: string;
  nodes: { html: string }[];
}
