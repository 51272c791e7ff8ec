import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { OWN_PACKAGE } from '../src/process/own-package.ts';
import { ratio } from './ratio.ts';

const ROUNDS = 3;
/** The length of a tick of the processor time that Linux tells, in milliseconds; see sysconf(3), _SC_CLK_TCK. */
const TICK = 10;

/**
 * The processor time of the whole suite, its agents and labs included, in turn with a Node that does nothing, and with the
 * suite of another checkout that is built, if one is named by `--against FOLDER`.
 */
export async function suite(): Promise<string[]> {
  if (process.platform !== 'linux') return ['skipped: the processor time of the suite, which only Linux tells'];
  const other = otherCheckout();
  const took = { suite: [] as number[], nothing: [] as number[], other: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    took.nothing.push(processorTime('-e', '0'));
    took.suite.push(wholeSuite(OWN_PACKAGE.folder));
    if (other !== null) took.other.push(wholeSuite(other));
  }
  return [
    ratio('the processor time of the whole suite against that of a bare `node -e 0`', took.suite, took.nothing),
    ...(other === null
      ? []
      : [ratio(`the processor time of the whole suite against that of ${other}`, took.suite, took.other)]),
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

function wholeSuite(folder: string): number {
  return processorTime(commandIn(folder), 'run', '--no-reports');
}

/** The processor time of a Node and of what it starts and waits for, user and system, in milliseconds. */
function processorTime(...words: string[]): number {
  const before = childrenTicks();
  spawnSync(process.execPath, words, { stdio: ['ignore', 'ignore', 'ignore'] });
  return (childrenTicks() - before) * TICK;
}

/** cutime and cstime of this process, see proc_pid_stat(5); the name before them may have any character but the last `)`. */
function childrenTicks(): number {
  const [, fields = ''] = /\) (.*)$/s.exec(readFileSync('/proc/self/stat', 'utf8')) ?? [];
  const [user = 0, system = 0] = fields.split(' ').slice(13, 15).map(Number);
  return user + system;
}
