import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { execaSync } from 'execa';
import { onPath } from '../../lab/programs.ts';
import { isProgram } from '../../lab/programs.ts';
import { cacheFolder } from '../../files/cache.ts';
import { paced } from '../../process/pace.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** A runsc that was found: the program, and its release as the platform's version. */
export interface Runsc {
  program: string;
  release: string;
}

/** Where `prepare` unpacks the package, one folder for each version. */
export const GVISOR_CACHE = cacheFolder('gvisor');

/**
 * The runsc to use: the newest that was prepared, otherwise the one on PATH. Null if there is none, or it does not
 * print its version.
 */
export function findRunsc(): Runsc | null {
  const program = prepared() ?? (onPath('runsc') ? 'runsc' : null);
  return program === null ? null : askRelease(program);
}

/** A runsc of the user's own, by its path. @throws Unavailable when that is not a runsc */
export function runscAt(given: string): Runsc {
  const program = path.resolve(process.cwd(), given);
  const wrong = (reason: string) => new Unavailable(`${given === '' ? "''" : given}: ${reason}`, ADVICE);
  try {
    const found = statSync(program);
    if (found.isDirectory()) throw wrong('it is a folder, not a runsc');
    if (!found.isFile()) throw wrong('it is not a program');
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    const { code = '' } = error as NodeJS.ErrnoException;
    throw wrong(code === 'ENOENT' ? 'there is no such file' : `it can't be looked at (${code})`);
  }
  if (!isProgram(program)) throw wrong('it is there, but it is not a program that this user may run');
  const runsc = askRelease(program);
  if (runsc === null) throw wrong('it is there, but it is not a runsc: its --version does not say so');
  return runsc;
}

const ADVICE = 'name a runsc as in gvisor:/usr/local/bin/runsc, or leave out the colon';

function prepared(): string | null {
  if (!existsSync(GVISOR_CACHE)) return null;
  const programs = readdirSync(GVISOR_CACHE)
    .filter((folder) => !folder.endsWith('.partial'))
    .toSorted()
    .map((folder) => path.join(GVISOR_CACHE, folder, 'usr', 'bin', 'runsc'));
  return programs.findLast((program) => existsSync(program)) ?? null;
}

function askRelease(program: string): Runsc | null {
  const { stdout, failed } = execaSync(program, ['--version'], {
    reject: false,
    timeout: paced(10_000),
    stdin: 'ignore',
  });
  // `runsc version release-20240729.0`, or with Debian's own number `0.0~20240729.0`.
  const release = /\brunsc version\b.*?(\d{8}(?:\.\d+)?)/.exec(stdout ?? '')?.[1];
  return failed || release === undefined ? null : { program, release };
}
