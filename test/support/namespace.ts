import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { firstLack, isRoot, notLinux, installed, type Lack } from './needs.ts';

/** The agent as `npm run build` makes it, which `npm test` runs first. */
export const AGENT = fileURLToPath(new URL('../../dist/src/agent/start.cjs', import.meta.url));

/** The words that start a command in a network namespace of its own. As an ordinary user that takes a user namespace. */
export const UNSHARE: readonly string[] = ['unshare', ...(isRoot ? [] : ['--user', '--map-root-user']), '--net'];

/** The words that start a command in a new network namespace with nothing but loopback, which goes with the command. */
export const LOOPBACK_ONLY: readonly string[] = [...UNSHARE, 'sh', '-c', 'ip link set lo up && exec "$0" "$@"'];

/** Network namespaces, and the programs that make them. */
export const noNamespaces: Lack | null =
  firstLack(notLinux, installed('unshare', 'util-linux'), installed('ip', 'iproute2')) ?? refused(LOOPBACK_ONLY);

/** Whether the system refuses the namespaces that some words make. */
function refused([command = '', ...words]: readonly string[]): Lack | null {
  if (!existsSync(AGENT)) throw new Error('the agent is not built: run `npm run build` first');
  const { status, stderr } = spawnSync(command, [...words, 'true'], { encoding: 'utf8' });
  if (status === 0) return null;
  return {
    need: 'namespaces',
    reason: `network namespaces can't be made here: ${stderr.trim()}`,
    enable: isRoot ? null : 'sudo npm test',
  };
}
