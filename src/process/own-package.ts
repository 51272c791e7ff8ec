import { readFileSync } from 'node:fs';
import path from 'node:path';

/** This package as it is installed: its folder, and the version in its manifest. */
export interface OwnPackage {
  readonly folder: string;
  readonly version: string;
}

/**
 * The package that this file belongs to. It is looked for above the file, because a bundle has this module in another
 * folder than the sources have it. @throws Error when there is none
 */
export const OWN_PACKAGE: OwnPackage = find(import.meta.dirname);

function find(folder: string): OwnPackage {
  const { name, version } = manifestIn(folder);
  if (name === 'bindspec' && version !== undefined) return { folder, version };
  const above = path.dirname(folder);
  if (above === folder) throw new Error(`no package.json of bindspec is above ${import.meta.dirname}`);
  return find(above);
}

function manifestIn(folder: string): { name?: string; version?: string } {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { name?: string; version?: string };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return {};
    throw error;
  }
}
