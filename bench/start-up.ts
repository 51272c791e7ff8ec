import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { OWN_PACKAGE } from '../src/process/own-package.ts';
import { ratio } from './ratio.ts';

const AGENT = path.join(OWN_PACKAGE.folder, 'dist/src/agent/start.cjs');
const CLI = path.join(OWN_PACKAGE.folder, 'dist/src/cli/main.js');
const ROUNDS = 20;
/** npx is some times slower than all the others together. */
const ROUNDS_OF_NPX = 7;

/** A process that is timed: its file and its words. */
type Command = readonly [string, ...string[]];
const node = (...words: string[]): Command => [process.execPath, ...words];

const COMMANDS = {
  nothing: node('-e', '0'),
  agent: node(AGENT),
  help: node(CLI, '--help'),
  list: node(CLI, 'list'),
  explain: node(CLI, 'explain', 'tcp :80', 'tcp 127.0.0.1:80'),
};

/** Whole processes, from their start to their end, in turn with a Node that does nothing. */
export async function startUp(): Promise<string[]> {
  const took = inTurn(COMMANDS, ROUNDS);
  return [
    ratio('the start of an agent against a bare `node -e 0`', took.agent, took.nothing),
    ratio('`bindspec --help` against a bare `node -e 0`', took.help, took.nothing),
    ratio('`bindspec list` against a bare `node -e 0`', took.list, took.nothing),
    ratio("`bindspec explain 'tcp :80' 'tcp 127.0.0.1:80'` against a bare `node -e 0`", took.explain, took.nothing),
    ...npx(),
  ];
}

/**
 * The same through npx in this clone, beside what npx itself takes to run nothing. Its cache is a new one, so that the
 * first is what someone waits for who has just cloned and installed.
 */
function npx(): string[] {
  if (process.platform === 'win32') return ['skipped: npx, which is a script of the shell on Windows'];
  const cache = mkdtempSync(path.join(os.tmpdir(), 'bindspec-bench-npx-'));
  try {
    const environment = { npm_config_cache: cache, npm_config_update_notifier: 'false' };
    const commands = {
      nothing: COMMANDS.nothing,
      npx: ['npx', '--offline', 'bindspec', '--help'] as const,
      floor: ['npx', '--offline', '--call', 'node -e 0'] as const,
    };
    const first = inTurn({ npx: commands.npx }, 1, environment);
    const took = inTurn(commands, ROUNDS_OF_NPX, environment);
    return [
      ratio('`npx bindspec --help` against a bare `node -e 0`', took.npx, took.nothing),
      ratio('the first `npx bindspec --help` against the later ones', first.npx, took.npx),
      ratio('npx that starts only a bare `node -e 0` against that', took.floor, took.nothing),
    ];
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/** Times each of some commands, round by round, in milliseconds. @throws Error when one can't be run or fails */
function inTurn<Name extends string>(
  commands: Readonly<Record<Name, Command>>,
  rounds: number,
  environment: NodeJS.ProcessEnv = {},
): Record<Name, number[]> {
  const names = Object.keys(commands) as Name[];
  const took = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const [file, ...words] = commands[name];
      const began = performance.now();
      // No input, so that an agent greets and ends.
      const { status, error } = spawnSync(file, words, {
        cwd: OWN_PACKAGE.folder,
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'ignore', 'ignore'],
      });
      if (error || status !== 0) throw error ?? new Error(`'${words.join(' ')}' ended with ${status}`);
      took[name].push(performance.now() - began);
    }
  }
  return took;
}
