import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from './exit.ts';

/**
 * Makes sure that reports can be written, before anything is run; `option` is the one that names the folder.
 * @throws UserError when they can't.
 */
export function prepareFolder(folder: string, option = '--reports'): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(
      `the reports folder '${folder}' can't be written to (${code ?? message}): choose another with ${option}`,
    );
  }
}

/**
 * Makes a folder and those above it. Node's own `recursive` never returns where a parent is there and the kernel says
 * that it is not, as in /proc. @throws Error as the system calls do.
 */
export function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    makeFolder(path.dirname(folder));
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another run may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  if (!statSync(folder).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
}

/** How the names of what is there only while files are written begin. */
export const UNFINISHED = '.bindspec-';

/** The name of the folder of a record that has a place of its own, below that of its platform: when it began. */
export function ownPlace(started: string): string {
  // Windows allows no colon in a name.
  return started.replaceAll(':', '-');
}

/** Whether a folder is named as `ownPlace` does; the number is that of a second one that began at the same moment. */
export function isOwnPlace(name: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(\.\d+)?Z(-\d+)?$/.test(name);
}
