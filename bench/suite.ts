import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { OWN_PACKAGE } from '../src/process/own-package.ts';
import { processorTimeOfChildren } from '../tools/processor-time.ts';
import { ratio } from './ratio.ts';

const ROUNDS = 3;
/** The list of cells is shorter, in bytes. */
const MOST = 10_000_000;

/**
 * The processor time of the whole suite, its agents and labs included, in turn with a Node that does nothing. If another
 * checkout that is built is named by `--against FOLDER`, also that of the cells that both have, in turn with the other.
 */
export async function suite(): Promise<string[]> {
  if (process.platform !== 'linux') return ['skipped: the processor time of the suite, which only Linux tells'];
  const other = otherCheckout();
  const common = other === null ? [] : commonCells(OWN_PACKAGE.folder, other);
  const took = { suite: [] as number[], nothing: [] as number[], common: [] as number[], other: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    took.nothing.push(processorTime('-e', '0'));
    took.suite.push(suiteOf(OWN_PACKAGE.folder));
    if (other === null) continue;
    took.common.push(suiteOf(OWN_PACKAGE.folder, common));
    took.other.push(suiteOf(other, common));
  }
  return [
    ratio('the processor time of the whole suite against that of a bare `node -e 0`', took.suite, took.nothing),
    ...(other === null
      ? []
      : [
          ratio(
            `the processor time of the ${common.length} cells that both have, against that of ${other}`,
            took.common,
            took.other,
          ),
        ]),
  ];
}

/** @throws Error when the folder that is named has no command that is built */
function otherCheckout(): string | null {
  const place = process.argv.indexOf('--against');
  if (place < 0) return null;
  const folder = path.resolve(process.argv[place + 1] ?? '');
  if (existsSync(commandIn(folder))) return folder;
  throw new Error(`'${folder}' has no ${path.relative(folder, commandIn(folder))}: name a checkout that is built`);
}

function commandIn(folder: string): string {
  return path.join(folder, 'dist', 'src', 'cli', 'main.js');
}

/** The processor time of some cells of the suite of a checkout, or of all. */
function suiteOf(folder: string, cells: readonly string[] = []): number {
  return processorTime(commandIn(folder), 'run', '--no-reports', ...cells);
}

/** The ids of the cells that two checkouts have. */
function commonCells(folder: string, other: string): string[] {
  const [own, others] = [folder, other].map((one) => {
    const listed = spawnSync(process.execPath, [commandIn(one), 'list', '--cells'], {
      encoding: 'utf8',
      maxBuffer: MOST,
    });
    return listed.stdout.trimEnd().split('\n');
  });
  const known = new Set(others);
  return (own ?? []).filter((cell) => known.has(cell));
}

/** The processor time of a Node and of what it starts and waits for, user and system, in milliseconds. */
function processorTime(...words: string[]): number {
  const before = processorTimeOfChildren();
  spawnSync(process.execPath, words, { stdio: ['ignore', 'ignore', 'ignore'] });
  return processorTimeOfChildren() - before;
}
