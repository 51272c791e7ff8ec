import process from 'node:process';
import { execa } from 'execa';
import { onPath } from '../lab/programs.ts';
import { paced } from '../process/pace.ts';
import { Unavailable } from '../process/unavailable.ts';

/** No mirror needs longer than this, in milliseconds. */
const DEADLINE = 1_800_000;

/** Without what packages only recommend, for example a desktop's programs. */
function installWords(packages: readonly string[]): string[] {
  return ['install', '--no-install-recommends', ...packages];
}

/** The line by which a user installs packages. */
export function aptLine(packages: readonly string[]): string {
  return `apt-get ${installWords(packages).join(' ')}`;
}

/**
 * Installs packages of this system's own distribution, which is left to programs that no one wants to have twice.
 * `what` names them for people. @throws Unavailable when they can't be installed
 */
export async function aptInstall(
  what: string,
  packages: readonly string[],
  tell: (line: string) => void,
): Promise<void> {
  const line = aptLine(packages);
  if (!onPath('apt-get')) {
    throw new Unavailable(
      `${what} and apt-get are not here`,
      `install ${what} with your distribution's package manager`,
    );
  }
  if (process.getuid?.() !== 0) throw new Unavailable(`only root can install ${what}`, `sudo ${line}`);
  tell(line);
  const { failed, stderr } = await execa('apt-get', ['-q', '--yes', ...installWords(packages)], {
    reject: false,
    timeout: paced(DEADLINE),
    env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (!failed) return;
  const why = (stderr ?? '').split('\n').find((text) => text.startsWith('E: ')) ?? 'E: apt-get failed';
  throw new Unavailable(`${what} can't be installed: ${why.replace('E: ', '')}`, `apt-get update && ${line}`);
}

/** How much apt would fetch to install packages, in bytes; null where it does not tell. */
export async function aptSize(packages: readonly string[]): Promise<number | null> {
  if (!onPath('apt-get')) return null;
  const words = ['-qq', '--print-uris', '--yes', ...installWords(packages)];
  const { failed, stdout } = await execa('apt-get', words, {
    reject: false,
    timeout: paced(60_000),
    env: { LC_ALL: 'C' },
  });
  if (failed) return null;
  // A line is the address in quotes, the name of the file, its size and its hash.
  return stdout.split('\n').reduce((sum, row) => sum + Number(/^'\S+' \S+ (\d+) /.exec(row)?.[1] ?? 0), 0);
}
