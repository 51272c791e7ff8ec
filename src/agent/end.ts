/**
 * Ends an agent that the harness can't reach by a signal, because it is on another host or in a container. The harness
 * starts this there, and gives it the agent's process number. If another process has that number by now, it is left
 * alone: this ends only an agent of this package.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { killTree } from '../process/kill-tree.ts';

const [, script = '', , number = ''] = process.argv;
const pid = Number(number);

if (Number.isInteger(pid) && pid > 1 && isAgent(pid)) {
  killTree(pid);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function isAgent(one: number): boolean {
  try {
    const words = readFileSync(`/proc/${one}/cmdline`, 'utf8').split('\0');
    return words.some((word) => path.resolve(word) === script);
  } catch {
    // Without /proc the number must be enough; with /proc, the process has ended.
    return process.platform !== 'linux';
  }
}
