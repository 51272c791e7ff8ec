import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Lab, Need } from './lab.ts';

/** Whether a program of this name can be found on PATH and be executed. */
export function onPath(name: string): boolean {
  return findProgram(name) !== null;
}

/** Whether a file is there and may be executed. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The file of the program that this name means on PATH, or null. */
export function findProgram(name: string): string | null {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (isProgram(file)) return file;
    }
  }
  return null;
}

/** Tells of the programs among several needs whether the machine of a lab has them. */
export async function programsOf(lab: Lab, needs: readonly Need[]): Promise<(name: string) => boolean> {
  if (lab.programs === undefined) return onPath;
  const names = needs.flatMap((need) => /^program (.+)$/.exec(need)?.[1] ?? []);
  const there = names.length === 0 ? null : await lab.programs([...new Set(names)]);
  return (name) => there?.has(name) === true;
}
