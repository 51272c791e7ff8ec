import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { EngineHost } from '../../src/engine/host/engine-host.ts';
import { paced } from '../../src/process/pace.ts';

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Starts a command on the host of an engine, as that sees it. */
export function onHost(host: EngineHost, words: readonly string[], limit = paced(120_000)) {
  const [file = '', ...rest] = [...host.inside, 'NO_COLOR=1', ...words];
  return execa(file, rest, { reject: false, stdin: 'ignore', timeout: limit, maxBuffer: 50_000_000, detached: true });
}

/** Starts bindspec there, so that no engine ever runs a container in the machine's own namespaces. */
export function bindspecOn(host: EngineHost, words: readonly string[]) {
  return onHost(host, [process.execPath, CLI, ...words]);
}

/** Sends a signal to a command on the host: what was started here only waits for it. */
export function signalled(command: ReturnType<typeof onHost>, signal: NodeJS.Signals): void {
  const children = readFileSync(`/proc/${command.pid}/task/${command.pid}/children`, 'utf8');
  for (const child of children.split(' ').filter(Boolean)) process.kill(Number(child), signal);
}
