/**
 * Ends an agent that the harness can't reach by a signal, because it is on another host or in a container: started there
 * beside it, with its number. Whatever that number is by now, only an agent of this package is ended.
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
    // Without /proc its number has to do; with it, it has ended.
    return process.platform !== 'linux';
  }
}
