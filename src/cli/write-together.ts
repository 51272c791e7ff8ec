import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { UNFINISHED } from './reports-folder.ts';

/** The contents of files by their names; the first is the one that the others are made of. */
export type Files = Readonly<Record<string, string>>;

/** How the folders begin that files are written into before they are put in place. */
const ASIDE = `${UNFINISHED}new-`;
/** After so many milliseconds a folder aside is one of a process that was killed: writing takes no more than some. */
const STALE = 600_000;

/**
 * Writes files into a folder that is there, together: all of them aside first, and then they are put in place. The
 * first takes the place of the one before at once, while the others of the one before are away, so that whoever reads
 * the folder, and whoever kills the process at any moment, never finds files of two sets in it.
 * @returns the files' paths. @throws Error as the system calls do; then everything is as it was before.
 */
export function writeTogether(home: string, files: Files): string[] {
  const names = Object.keys(files);
  const [first = '', ...rest] = names;
  aside(home, (folder) => {
    const before = path.join(folder, 'before');
    mkdirSync(before);
    writeAll(folder, files);
    const undo: (() => void)[] = [];
    const move = (from: string, to: string) => {
      renameSync(from, to);
      undo.unshift(() => renameSync(to, from));
    };
    try {
      const there = new Set(names.filter((name) => isThere(path.join(home, name))));
      const [was, target] = [path.join(before, first), path.join(home, first)];
      if (there.has(first)) duplicate(target, was);
      for (const name of rest.filter((one) => there.has(one))) move(path.join(home, name), path.join(before, name));
      renameSync(path.join(folder, first), target);
      undo.unshift(() => (there.has(first) ? renameSync(was, target) : rmSync(target)));
      for (const name of rest) move(path.join(folder, name), path.join(home, name));
    } catch (error) {
      for (const step of undo) attempt(step);
      throw error;
    }
  });
  return names.map((name) => path.join(home, name));
}

/**
 * Writes files into a new folder below one that is there. It appears with all of them, or not at all.
 * @returns the files' paths. @throws Error as the system calls do; ENOTEMPTY or the like where there is such a folder.
 */
export function writeApart(home: string, name: string, files: Files): string[] {
  aside(home, (folder) => {
    writeAll(folder, files);
    renameSync(folder, path.join(home, name));
  });
  return Object.keys(files).map((file) => path.join(home, name, file));
}

/** Does something with a new folder, and removes what is left of it, and of folders that killed processes left. */
function aside(home: string, work: (folder: string) => void): void {
  for (const name of readdirSync(home).filter((one) => one.startsWith(ASIDE))) {
    const age = Date.now() - (statSync(path.join(home, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > STALE) rmSync(path.join(home, name), { recursive: true, force: true });
  }
  const folder = path.join(home, `${ASIDE}${randomBytes(6).toString('hex')}`);
  mkdirSync(folder);
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One step back; where it can't be done, the next is not to be left out for that. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // The error to report is why the files could not be put in place.
  }
}

function writeAll(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
}

/** Whether there is a file to be replaced. @throws Error for a folder, which is none of ours. */
function isThere(file: string): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) throw Object.assign(new Error(`'${file}' is a folder`), { code: 'EISDIR' });
  return found !== undefined;
}

/** A second name for a file; a copy on file systems that have one name for each. */
function duplicate(file: string, as: string): void {
  try {
    linkSync(file, as);
  } catch {
    copyFileSync(file, as);
  }
}
