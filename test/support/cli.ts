import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { BARE_MACHINE, warmCommand } from './warm-command.ts';

/** The command as it is built. */
export const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

export interface Ran {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  /** Words before the command, such as those that put it into a namespace. */
  before?: readonly string[];
  cwd?: string;
  /** The command of another copy of the package. */
  command?: string;
  /**
   * Whether a process is started for it. If this is not said, one is for another copy, for words before it, and for any
   * environment but `BARE_MACHINE`.
   */
  own?: boolean;
}

/** Does a command line to its end, in a process of its own or by `warmCommand`. */
export async function bindspec(words: readonly string[], options: CliOptions = {}): Promise<Ran> {
  const { env, before, cwd = process.cwd(), command } = options;
  const isPlain = command === undefined && before === undefined && (env === undefined || env === BARE_MACHINE);
  const { own = !isPlain } = options;
  if (own) return inOwnProcess(words, options);
  const { exitCode, stdout, stderr } = await warmCommand(words, cwd, { env, before });
  // As execa does.
  const [out = '', err = ''] = [stdout, stderr].map((text) => text.replace(/\n$/, ''));
  return { exitCode, stdout: out, stderr: err };
}

async function inOwnProcess(
  words: readonly string[],
  { env = {}, before = [], cwd, command = CLI }: CliOptions,
): Promise<Ran> {
  const [file = '', ...rest] = [...before, process.execPath, command, ...words];
  const ran = await execa(file, rest, {
    reject: false,
    // A test of a job of GitHub Actions says so, and no other test is to annotate the job that it is run in.
    env: { NO_COLOR: '1', GITHUB_ACTIONS: '', ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdin: 'ignore',
    maxBuffer: 50_000_000,
  });
  return { exitCode: ran.exitCode, stdout: ran.stdout, stderr: ran.stderr };
}

/**
 * The real command in a copy that every user can enter, which goes when the test ends: the clone may lie in the home folder
 * of root, where no one else can.
 */
export function commandForAnyone(): string {
  const home = folder();
  const root = fileURLToPath(new URL('../../', import.meta.url));
  for (const part of ['package.json', 'dist', 'node_modules/koffi', 'node_modules/@koromix']) {
    cpSync(path.join(root, part), path.join(home, part), { recursive: true });
  }
  for (const entered of [home, path.join(home, 'dist')]) chmodSync(entered, 0o755);
  return path.join(home, path.relative(root, CLI));
}

/** Starts the real command and leaves it to the test to end it. */
export function start(words: readonly string[], env: Record<string, string> = {}) {
  return execa(process.execPath, [CLI, ...words], {
    reject: false,
    env: { GITHUB_ACTIONS: '', ...env },
    stdin: 'ignore',
  });
}

/** A folder of the test's own, which goes when the test ends. */
export function folder(): string {
  const made = mkdtempSync(path.join(os.tmpdir(), 'bindspec-test-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}
