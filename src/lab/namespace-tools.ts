import process from 'node:process';
import { Unavailable } from '../process/unavailable.ts';
import { onPath } from './programs.ts';

/**
 * Checks that this machine has what makes namespaces. `reason` and `enable` are what is said where it is not Linux.
 * @throws Unavailable for the first that is not here
 */
export function checkNamespaceTools(reason: string, enable: string): void {
  if (process.platform !== 'linux') throw new Unavailable(reason, enable);
  for (const [tool, pack] of [
    ['unshare', 'util-linux'],
    ['nsenter', 'util-linux'],
    ['ip', 'iproute2'],
  ] as const) {
    if (!onPath(tool)) throw new Unavailable(`the program '${tool}' is not installed`, `apt-get install ${pack}`);
  }
}
