import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { execaSync } from 'execa';
import { onPath } from '../../lab/programs.ts';
import { cacheFolder } from '../cache.ts';
import { paced } from '../../process/pace.ts';

/** A runsc that was found: the program, and its release as the platform's version. */
export interface Runsc {
  program: string;
  release: string;
}

/** Where `prepare` unpacks the package, one folder for each version. */
export const HOME = cacheFolder('gvisor');

/**
 * The runsc to use: the one that was asked for, or else the newest that was prepared, or else the one on PATH. Null where
 * there is none, or it does not tell its version.
 */
export function findRunsc(asked: string | undefined): Runsc | null {
  const program = asked ?? prepared() ?? (onPath('runsc') ? 'runsc' : null);
  return program === null ? null : askRelease(program);
}

function prepared(): string | null {
  if (!existsSync(HOME)) return null;
  const programs = readdirSync(HOME)
    .filter((folder) => !folder.endsWith('.partial'))
    .toSorted()
    .map((folder) => path.join(HOME, folder, 'usr', 'bin', 'runsc'));
  return programs.findLast((program) => existsSync(program)) ?? null;
}

function askRelease(program: string): Runsc | null {
  const { stdout, failed } = execaSync(program, ['--version'], { reject: false, timeout: paced(10_000) });
  // `runsc version release-20240729.0`, or with Debian's own number `0.0~20240729.0`.
  const release = /(\d{8}(?:\.\d+)?)/.exec(stdout ?? '')?.[1];
  return failed || release === undefined ? null : { program, release };
}

/** Whether a runsc has been told apart by a path of the user's. */
export function askedProgram(variant: string | undefined): string | undefined {
  return variant === undefined ? undefined : path.resolve(process.cwd(), variant);
}
