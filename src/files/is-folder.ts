import { statSync } from 'node:fs';

/** Whether there is a folder of this name; not where it can't be looked at. */
export function isFolder(name: string): boolean {
  try {
    return statSync(name).isDirectory();
  } catch {
    return false;
  }
}
