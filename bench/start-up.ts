import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ratio } from './ratio.ts';

const AGENT = fileURLToPath(new URL('../src/agent/start.cjs', import.meta.url));
const CLI = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const ROUNDS = 20;

/** Whole processes, from their start to their end, in turn with a Node that does nothing. */
export async function startUp(): Promise<string[]> {
  const commands = { nothing: ['-e', '0'], agent: [AGENT], help: [CLI, '--help'], list: [CLI, 'list'] };
  const took: Record<keyof typeof commands, number[]> = { nothing: [], agent: [], help: [], list: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of Object.keys(commands) as (keyof typeof commands)[]) {
      const began = performance.now();
      // No input, so that an agent greets and ends.
      spawnSync(process.execPath, commands[name], { stdio: ['ignore', 'ignore', 'ignore'] });
      took[name].push(performance.now() - began);
    }
  }
  return [
    ratio('the start of an agent against a bare `node -e 0`', took.agent, took.nothing),
    ratio('`bindspec --help` against a bare `node -e 0`', took.help, took.nothing),
    ratio('`bindspec list` against a bare `node -e 0`', took.list, took.nothing),
  ];
}
