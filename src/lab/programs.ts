import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** Whether a program of this name can be found on PATH and be executed. */
export function onPath(name: string): boolean {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    for (const ending of endings) {
      try {
        accessSync(path.join(folder, name + ending), constants.X_OK);
        return true;
      } catch {
        // Not there; the next folder may have it.
      }
    }
  }
  return false;
}
