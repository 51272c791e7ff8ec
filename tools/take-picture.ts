// Takes the pictures of the committed page that the README and the docs show; `npm run picture` builds and runs it.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startBrowser } from './browser.ts';

const ERROR = 'Error: listen EADDRINUSE: address already in use :::3000';

/** The name of each picture, the address on the page, and what has to be there. */
const PICTURES = [
  ['page', '', '.results td'],
  ['explain', `#/systems?ask=${encodeURIComponent(ERROR)}`, '.ask-answer .verdict'],
  ['question', '#/experiment/conflict/specific-after-wildcard?system=windows', '.by-system td'],
] as const;

mkdirSync('docs/images', { recursive: true });
const { browser, close } = await startBrowser();
for (const [name, hash, until] of PICTURES) {
  const page = await browser.newPage({ viewport: { width: 1300, height: 800 }, colorScheme: 'light' });
  await page.goto(`file://${path.resolve('reports/index.html')}${hash}`);
  await page.locator(until).first().waitFor();
  await page.locator('nav li').first().waitFor();
  await page.screenshot({ path: `docs/images/${name}.png` });
  await page.close();
}
await close();
