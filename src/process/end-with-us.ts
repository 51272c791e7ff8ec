import { killTree } from './kill-tree.ts';

/** The processes that are ended with this one, by their numbers. */
const others = new Set<number>();
let isWatching = false;

/**
 * Has a process that we started end when this one does, unless it has before. It ends by itself when its stdin does, but not
 * while it hangs before it reads that.
 */
export function endWithUs(child: {
  readonly pid?: number | undefined;
  once(event: 'exit', ended: () => void): unknown;
}): void {
  const { pid } = child;
  if (pid === undefined) return;
  others.add(pid);
  child.once('exit', () => others.delete(pid));
  if (isWatching) return;
  isWatching = true;
  process.on('exit', endAll);
}

function endAll(): void {
  for (const pid of others) {
    killTree(pid);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
