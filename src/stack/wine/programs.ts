import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { execaSync } from 'execa';
import { cacheFolder } from '../../files/cache.ts';
import { compareAsRead } from '../../text/versions.ts';
import { isProgram } from '../../lab/programs.ts';
import { paced } from '../../process/pace.ts';

/** Where everything of this stack is kept. */
const HOME = cacheFolder('wine');

/** Wine as it is installed: its two programs, and its version, for example `8.0`. */
export interface WineProgram {
  loader: string;
  server: string;
  version: string;
}

/** Where Debian keeps the programs that its `wine` would choose from; others have them on PATH. */
const DEBIAN = '/usr/lib/wine';

function searched(): string[] {
  return [DEBIAN, ...(process.env['PATH'] ?? '').split(path.delimiter)];
}

/** The 64-bit Wine of this machine, or null; it is looked for in these folders, in this order. */
export function findWine(folders: readonly string[] = searched()): WineProgram | null {
  const find = (name: string) => folders.map((folder) => path.join(folder, name)).find(isProgram);
  const [loader, server] = [find('wine64') ?? find('wine'), find('wineserver')];
  if (loader === undefined || server === undefined) return null;
  const { stdout, failed } = execaSync(loader, ['--version'], { reject: false, timeout: paced(10_000) });
  const version = /^wine-(\d+\.\d+(?:\.\d+)?)/m.exec(stdout ?? '')?.[1];
  return failed || version === undefined ? null : { loader, server, version };
}

/** The major version of Node for Windows: the newest that starts under Wine 8. */
export const NODE_MAJOR = 22;

/** Node for Windows as it was fetched, or null. */
export function nodeProgram(): string | null {
  const folder = newestFolder(`node-${NODE_MAJOR}.`);
  return folder === null ? null : path.join(folder, 'bin', 'node.exe');
}

/** Where a version of Node for Windows is unpacked. */
export function nodeFolder(version: string): string {
  return path.join(HOME, `node-${version}`);
}

function newestFolder(prefix: string): string | null {
  if (!existsSync(HOME)) return null;
  const found = readdirSync(HOME).filter((name) => name.startsWith(prefix) && !name.endsWith('.partial'));
  const newest = found.toSorted((a, b) => compareAsRead(a, b)).at(-1);
  return newest === undefined ? null : path.join(HOME, newest);
}

/** Whether koffi is installed beside this bindspec at all. */
export function hasKoffi(): boolean {
  try {
    return koffiHere().folder !== '';
  } catch {
    return false;
  }
}

/**
 * The koffi that this bindspec runs with: where it is installed, and its version, which Windows' binary must have too.
 * @throws Error where it is not installed
 */
export function koffiHere(): { folder: string; version: string } {
  // Its main file lies at the top of the package, whose manifest it does not export.
  const folder = path.dirname(createRequire(import.meta.url).resolve('koffi'));
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  return { folder, version };
}

/** Where Windows' binary of that koffi is unpacked. */
export function koffiFolder(): string {
  return path.join(HOME, `koffi-win32-x64-${koffiHere().version}`);
}

/** Where the files that every prefix begins with are, for a version of Wine. */
export function templateFolder({ version }: WineProgram): string {
  return path.join(HOME, `prefix-${version}`);
}
