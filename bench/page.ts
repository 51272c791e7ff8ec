import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { pairsOf } from '../src/matrix/reading.ts';
import type { MatrixRecord } from '../src/record/matrix.ts';
import type { BindRecord } from '../src/record/record.ts';
import { CHROMIUM, startBrowser } from '../tools/browser.ts';
import { ratio } from './ratio.ts';

const CLI = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const PLATFORM = path.join('reports', 'linux-6.18-x64');
const PLATFORMS = 10;
/** A kernel that there is none of yet, so that no two platforms are one. */
const MAJOR = 99;
const ROUNDS = 7;
/** One answer of so many is made another one, so that platforms share as little as real ones at the worst. */
const CHANGED = 50;

/** The page of the committed records, which readers open. */
const COMMITTED = path.join('reports', 'index.html');

/**
 * The committed page, and one of ten platforms that each have a whole matrix, in turn with a page that has nothing on it.
 * The first view is to be there within 3 times that page, and two systems side by side within 5 times.
 */
export async function page(): Promise<string[]> {
  if (!existsSync(CHROMIUM)) return [`no figures of the page: ${CHROMIUM} is not there (apt-get install chromium)`];
  const home = mkdtempSync(path.join(os.tmpdir(), 'bindspec-bench-page-'));
  try {
    for (let number = 1; number <= PLATFORMS; number += 1) writePlatform(path.join(home, `platform-${number}`), number);
    const { status } = spawnSync(process.execPath, [CLI, 'report', home, '-o', home], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error(`bindspec report of the platforms ended with ${status}`);
    const file = path.join(home, 'index.html');
    const empty = path.join(home, 'empty.html');
    writeFileSync(empty, '<!doctype html><h1>nothing</h1>');
    const { browser, close } = await startBrowser();
    try {
      return [
        `${(statSync(file).size / 1e6).toFixed(2)} MB is the page of ${PLATFORMS} platforms with a whole matrix each`,
        ...(await measured(browser, file, empty)),
        `${(statSync(COMMITTED).size / 1e6).toFixed(2)} MB is the page of the committed records`,
        ...(await committed(browser, empty)),
      ];
    } finally {
      await close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function measured(browser: Browser, file: string, empty: string): Promise<string[]> {
  const took: Record<'nothing' | 'first' | 'matrix' | 'counted' | 'corner' | 'all', number[]> = {
    nothing: [],
    first: [],
    matrix: [],
    counted: [],
    corner: [],
    all: [],
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    took.nothing.push(await opened(browser, `file://${empty}`, 'h1'));
    took.first.push(await opened(browser, `file://${file}`, '.results td'));
    const tab = await browser.newPage();
    const began = performance.now();
    await tab.goto(`file://${file}#/matrix?left=${idOf(1)}&right=${idOf(2)}`);
    await tab.locator('.square td').first().waitFor();
    took.matrix.push(performance.now() - began);
    await tab.locator('.corners').waitFor();
    took.counted.push(performance.now() - began);
    const timed = (choice: string, value: string) =>
      // In the browser itself, until what was chosen is laid out.
      tab.evaluate<number>(`(() => {
        const began = performance.now();
        const field = document.querySelector('${choice}');
        field.value = '${value}';
        field.dispatchEvent(new Event('change'));
        document.querySelector('.square').getBoundingClientRect();
        return performance.now() - began;
      })()`);
    took.all.push(await timed('#matrix-show', 'all'));
    took.corner.push(await timed('#matrix-state', 'connected'));
    await tab.close();
  }
  return [
    ratio('the first view against a page with nothing on it', took.first, took.nothing),
    ratio('the matrix of two platforms against it', took.matrix, took.nothing),
    ratio('the same until all pairs are compared', took.counted, took.nothing),
    ratio('tables of all sockets against it', took.all, took.nothing),
    ratio('another corner of these tables against it', took.corner, took.nothing),
  ];
}

async function committed(browser: Browser, empty: string): Promise<string[]> {
  const file = `file://${path.resolve(COMMITTED)}`;
  const took = { nothing: [] as number[], first: [] as number[], compared: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    took.nothing.push(await opened(browser, `file://${empty}`, 'h1'));
    took.first.push(await opened(browser, file, '.results td'));
    took.compared.push(await opened(browser, `${file}#/systems?a=linux&b=darwin`, 'tr.question td'));
  }
  return [
    ratio('the first view of the committed page against a page with nothing on it', took.first, took.nothing),
    ratio('two systems compared on the committed page against it', took.compared, took.nothing),
  ];
}

async function opened(browser: Browser, address: string, until: string): Promise<number> {
  const tab = await browser.newPage();
  const began = performance.now();
  await tab.goto(address);
  await tab.locator(until).first().waitFor();
  const took = performance.now() - began;
  await tab.close();
  return took;
}

function idOf(number: number): string {
  return `linux-${MAJOR}.${number}-x64`;
}

/** A platform that is like the committed one but for its name and some of its answers. */
function writePlatform(folder: string, number: number): void {
  const read = (name: string) => JSON.parse(readFileSync(path.join(PLATFORM, name), 'utf8')) as unknown;
  const [run, matrix] = [read('record.json') as BindRecord, read('matrix.json') as MatrixRecord];
  let pair = number;
  const changed = (digits: string) =>
    digits
      .split('')
      .map((digit) => {
        pair = (pair * 48_271) % 2_147_483_647;
        return pair % CHANGED === 0 ? 'AB'[pair % 2] : digit;
      })
      .join('');
  const blocks = matrix.blocks.map((block) => ({ ...block, kernel: block.kernel.map(changed) }));
  const named = { id: idOf(number), release: `${MAJOR}.${number}.0` };
  const platform = { ...matrix.platform, ...named };
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'record.json'), JSON.stringify({ ...run, platform: { ...run.platform, ...named } }));
  writeFileSync(path.join(folder, 'matrix.json'), JSON.stringify(recounted({ ...matrix, platform, blocks })));
}

/** The record with the counts of its own pairs, because a report refuses others. It lists no mismatch. */
function recounted(record: MatrixRecord): MatrixRecord {
  const run = record.blocks.flatMap((block) => pairsOf(record, block).flat()).filter(({ answer }) => answer !== null);
  const agree = run.filter((pair) => pair.agrees).length;
  return { ...record, counts: { ...record.counts, agree, mismatches: run.length - agree }, mismatches: [] };
}
