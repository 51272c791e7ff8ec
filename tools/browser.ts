import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { chromium, type Browser } from 'playwright-core';
import { paced } from '../src/process/pace.ts';
import { startFirefox } from './firefox.ts';

/** Debian's. */
export const CHROMIUM = '/usr/bin/chromium';

/** Whether the tests of the page are to be made in Firefox: `BINDSPEC_BROWSER=firefox`. */
export const isFirefox = process.env['BINDSPEC_BROWSER'] === 'firefox';

/** Starts the browser that is asked for. @throws Error if it or namespaces are not available */
export function startBrowser(): Promise<{ browser: Browser; close: () => Promise<void> }> {
  return isFirefox ? startFirefox() : startChromium();
}

/**
 * Starts Chromium in a network namespace of its own that has not even loopback: it has errands of its own, and nothing
 * that it or a page asks for gets anywhere.
 */
async function startChromium(): Promise<{ browser: Browser; close: () => Promise<void> }> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'bindspec-browser-'));
  const wrapper = path.join(home, 'chromium');
  const user = process.getuid?.() === 0 ? '' : '--user --map-root-user ';
  writeFileSync(wrapper, `#!/bin/sh\nexec unshare ${user}--net ${CHROMIUM} "$@"\n`);
  chmodSync(wrapper, 0o755);
  const browser = await chromium.launch({ executablePath: wrapper, args: ['--no-sandbox'], timeout: paced(60_000) });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
