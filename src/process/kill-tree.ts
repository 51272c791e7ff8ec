import { readFileSync } from 'node:fs';

/**
 * Kills the descendants of a process that we started. A launcher such as nsenter waits for the agent it forked, and
 * killing the launcher alone would leave the agent, and killing an agent alone the programs it started. Only Linux lists
 * children; elsewhere nothing forks in between.
 */
export function killTree(pid: number): void {
  for (const child of children(pid)) {
    killTree(child);
    try {
      process.kill(child, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

function children(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
