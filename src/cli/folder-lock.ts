import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { UNFINISHED } from './reports-folder.ts';

const NAME = `${UNFINISHED}lock`;
/** How long to wait for another process, in milliseconds. It needs only a few, because it only writes files. */
const PATIENCE = 2000;
/** After this many milliseconds the lock belongs to a process that was killed. */
const STALE = 600_000;

/**
 * Does something in a folder while no other process does so; it has to be done at once, without waiting for anything.
 * `isAlone` is false where another process was there for too long.
 * @throws Error as the system calls do where the folder can't be written to.
 */
export async function alone<T>(folder: string, work: (isAlone: boolean) => T): Promise<T> {
  const lock = path.join(folder, NAME);
  const since = performance.now();
  while (!take(lock)) {
    if (performance.now() - since > PATIENCE) return work(false);
    await after(20);
  }
  try {
    return work(true);
  } finally {
    release(lock);
  }
}

/** A folder, because making one fails where there is one, on every system. */
function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (made !== undefined && Date.now() - made > STALE) release(lock);
  return false;
}

function release(lock: string): void {
  try {
    rmdirSync(lock);
  } catch {
    // It is gone already, or its folder can't be written to any more; then it is stale after a while.
  }
}
