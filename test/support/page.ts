import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startBrowser } from '../../tools/browser.ts';
import { pageFor, type FilePage } from './browser.ts';
import { bindspec } from './cli.ts';
import { ROOT } from './docs.ts';

/** The records of real runs. */
export const REPORTS = path.join(ROOT, 'reports');

/** The page of the committed records, made again, and a browser to open it in. */
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
  /** Those that the test has, and those that are free, by file and options: a context costs more than what it shows. */
  let opened: { kind: string; one: FilePage }[] = [];
  const free = new Map<string, FilePage[]>();

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
    const wrong = opened.flatMap(({ one }) => one.wrong);
    for (const { kind, one } of opened) {
      if (wrong.length === 0) free.set(kind, [...(free.get(kind) ?? []), one]);
      else await one.page.context().close();
    }
    opened = [];
    expect(wrong, 'errors on the page, or requests that it made').toEqual([]);
  });

  return {
    get home() {
      return home;
    },
    at: async (hash, options = {}, folder = home) => {
      const kind = JSON.stringify([folder, options]);
      const one = free.get(kind)?.pop() ?? (await pageFor(browser, path.join(folder, 'index.html'), options));
      opened.push({ kind, one });
      await one.open(hash);
      return one.page;
    },
  };
}
