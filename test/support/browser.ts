import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { noNamespaces, UNSHARE } from './namespace.ts';

const CHROMIUM = '/usr/bin/chromium';

/** Why tests with a browser can't run here, with the line that mends it, or null. */
export const noBrowser: string | null = existsSync(CHROMIUM)
  ? noNamespaces
  : `${CHROMIUM} is not there: apt-get install chromium`;

/** A browser in a network namespace of its own that has not even loopback, so that nothing it asks for gets anywhere. */
export async function startBrowser(): Promise<{ browser: Browser; close: () => Promise<void> }> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'bindspec-browser-'));
  const wrapper = path.join(home, 'chromium');
  writeFileSync(wrapper, `#!/bin/sh\nexec ${UNSHARE.join(' ')} ${CHROMIUM} "$@"\n`);
  chmodSync(wrapper, 0o755);
  const browser = await chromium.launch({ executablePath: wrapper, args: ['--no-sandbox'], timeout: 60_000 });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

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
