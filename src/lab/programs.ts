import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** Whether a program of this name can be found on PATH and be executed. */
export function onPath(name: string): boolean {
  return findProgram(name) !== null;
}

/** The file of the program that this name means on PATH, or null. */
export function findProgram(name: string): string | null {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    for (const ending of endings) {
      try {
        const file = path.join(folder, name + ending);
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not there; the next folder may have it.
      }
    }
  }
  return null;
}
