import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startBrowser } from '../../tools/browser.ts';
import { openFile, type Opened } from './browser.ts';
import { bindspec } from './cli.ts';
import { ROOT } from './docs.ts';

/** The records of real runs. */
export const REPORTS = path.join(ROOT, 'reports');

/** The page of the committed records, made anew, and a browser to open it in. */
export interface ReportPage {
  /** The folder that `bindspec report` wrote. */
  readonly home: string;
  /** Opens the page at an address within it, or that of another folder. What goes wrong on it fails the test. */
  readonly at: (hash: string, options?: BrowserContextOptions, folder?: string) => Promise<Page>;
}

/** Makes the page before the tests of a `describe`, and takes everything back after them. */
export function useReportPage(): ReportPage {
  let home = '';
  let browser: Browser;
  let close: () => Promise<void>;
  let opened: Opened[] = [];

  beforeAll(async () => {
    home = mkdtempSync(path.join(os.tmpdir(), 'bindspec-page-'));
    expect((await bindspec(['report', REPORTS, '-o', home])).exitCode).toBe(0);
    ({ browser, close } = await startBrowser());
  });

  afterAll(async () => {
    await close();
    rmSync(home, { recursive: true, force: true });
  });

  afterEach(async () => {
    const wrong = opened.flatMap((one) => one.wrong);
    await Promise.all(opened.map(({ page }) => page.context().close()));
    opened = [];
    expect(wrong, 'errors on the page, or requests that it made').toEqual([]);
  });

  return {
    get home() {
      return home;
    },
    at: async (hash, options = {}, folder = home) => {
      const one = await openFile(browser, path.join(folder, 'index.html'), hash, options);
      opened.push(one);
      return one.page;
    },
  };
}
