// Takes the picture of the committed page that the README shows; `npm run picture` builds and runs it.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startBrowser } from './browser.ts';

mkdirSync('docs/images', { recursive: true });
const { browser, close } = await startBrowser();
const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, colorScheme: 'light' });
await page.goto(`file://${path.resolve('reports/index.html')}`);
await page.locator('.results td').first().waitFor();
await page.screenshot({ path: 'docs/images/page.png' });
await close();
