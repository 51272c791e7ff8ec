import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The agent as `npm run build` makes it, which `npm test` runs first. */
export const AGENT = fileURLToPath(new URL('../../dist/src/agent/start.cjs', import.meta.url));

export const isRoot = process.getuid?.() === 0;

/** The words that start a command in a network namespace of its own. As an ordinary user that takes a user namespace. */
const UNSHARE: readonly string[] = ['unshare', ...(isRoot ? [] : ['--user', '--map-root-user']), '--net'];

/** The words that start a command in a new network namespace with nothing but loopback, which goes with the command. */
export const LOOPBACK_ONLY: readonly string[] = [...UNSHARE, 'sh', '-c', 'ip link set lo up && exec "$0" "$@"'];

/** Why the tests that need namespaces can't run here, or null. They skip themselves with this reason in their name. */
export const noNamespaces: string | null = reason();

function reason(): string | null {
  if (process.platform !== 'linux') return `no network namespaces on ${process.platform}`;
  const [command, ...words] = [...LOOPBACK_ONLY, 'true'];
  const tried = spawnSync(command, words, { encoding: 'utf8' });
  if (tried.error) return `unshare is not installed (${tried.error.message})`;
  if (tried.status !== 0) return `network namespaces can't be made here: ${tried.stderr.trim()}`;
  if (!existsSync(AGENT)) throw new Error('the agent is not built: run `npm run build` first');
  return null;
}

/** A suite's name, with the reason where it is skipped. */
export function titled(title: string, missing: string | null): string {
  return missing === null ? title : `${title} (skipped: ${missing})`;
}
