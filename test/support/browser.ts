import { existsSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { CHROMIUM } from '../../tools/browser.ts';
import { noNamespaces } from './namespace.ts';
import type { Lack } from './needs.ts';

/** A browser, in a network namespace of its own. */
export const noBrowser: Lack | null = existsSync(CHROMIUM)
  ? noNamespaces
  : { need: 'chromium', reason: `${CHROMIUM} is not there`, enable: 'apt-get install chromium' };

/** A page of a file, and what went wrong on it: errors, and requests for anything but the file. */
export interface Opened {
  page: Page;
  wrong: string[];
}

/** Opens a file at an address within it. */
export async function openFile(
  browser: Browser,
  file: string,
  hash: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
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
    if (request.url().split('#')[0] !== `file://${file}`) wrong.push(`request: ${request.url()}`);
  });
  await page.goto(`file://${file}${hash}`);
  await page.locator('h1').first().waitFor();
  return { page, wrong };
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
