import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { cacheFolder } from '../../files/cache.ts';
import { Suite, type DebianPackage } from '../../debian/suite.ts';
import { NEEDED_MODULES } from './kernels.ts';
import { modulesFrom } from './modules.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** Where there is a user-mode Linux that runs on processors with AMX; those of the releases up to 6.12 crash there. */
export const SUITE = new Suite('sid');
/** The kernel as a program, and the C library that it was built for, which is newer than that of most machines. */
const PACKAGES = ['user-mode-linux', 'libc6'] as const;
const LOADER = 'ld-linux-x86-64.so.2';
/** The files that are kept of them. */
const KEPT = ['linux.uml', 'libc.so.6', LOADER] as const;

export const UML_CACHE = cacheFolder('uml');
/** What is written when everything is there: why it can't be run here, or null. */
const TRIAL = path.join(UML_CACHE, 'trial.json');

/** The newest packages. The list must have been fetched. @throws Unavailable when there is none. */
export async function newestPackages(): Promise<DebianPackage[]> {
  const found: DebianPackage[] = [];
  for (const name of PACKAGES) {
    const [newest] = await SUITE.versions(name);
    if (!newest) throw new Unavailable(`Debian ${SUITE.name} has no ${name}`, 'try again later');
    found.push(newest);
  }
  return found;
}

/** Fetches the packages and keeps the program, its library and the modules. @throws Unavailable when it can't. */
export async function fetchFiles(packages: readonly DebianPackage[]): Promise<void> {
  const partial = `${UML_CACHE}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const unpacked = path.join(partial, 'unpacked');
    for (const one of packages) await SUITE.unpack(one, path.join(unpacked, one.name));
    const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
    for (const name of KEPT) {
      const file = files.find((one) => path.basename(one) === name);
      if (file === undefined)
        throw new Unavailable(`the packages of user-mode Linux have no ${name}`, 'try again later');
      const content = readFileSync(path.join(unpacked, file));
      writeFileSync(path.join(partial, name), name === 'linux.uml' ? withLoaderBeside(content) : content);
      chmodSync(path.join(partial, name), 0o755);
    }
    for (const { name, content } of modulesFrom(unpacked, NEEDED_MODULES)) {
      writeFileSync(path.join(partial, `${name}.ko`), content);
    }
    rmSync(unpacked, { recursive: true });
    rmSync(UML_CACHE, { recursive: true, force: true });
    renameSync(partial, UML_CACHE);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/**
 * The program with the loader of the folder that it is started in, instead of this machine's: loader and library have
 * to be of one version. It can't be given to the loader as an argument, because user-mode Linux lays out its memory
 * after its own image.
 */
export function withLoaderBeside(program: Buffer): Buffer {
  const usual = Buffer.from(`/lib64/${LOADER}\0`);
  const at = program.indexOf(usual);
  if (at < 0) throw new Unavailable('the package of user-mode Linux has changed', 'try again later');
  const changed = Buffer.from(program);
  changed.fill(0, at, at + usual.length);
  changed.write(LOADER, at, 'latin1');
  return changed;
}

/** Whether it is there, and the result of a trial: why it does not run here, or null if it does. */
export function trialOf(): { refused: string | null } | null {
  return existsSync(TRIAL) ? (JSON.parse(readFileSync(TRIAL, 'utf8')) as { refused: string | null }) : null;
}

/** Notes the result of a trial. */
export function noteTrial(refused: string | null): void {
  writeFileSync(TRIAL, JSON.stringify({ refused }));
}
