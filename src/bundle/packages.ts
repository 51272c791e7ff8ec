import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

interface Manifest {
  name?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** A package that another needs: where it lies here, and its path below the home of the one that all is for. */
export interface Placed {
  folder: string;
  below: string;
}

/**
 * All packages that a package needs to run, however they were installed: beside it, below it, or by links. An optional
 * one that is not there is left out. @throws Error for another that is missing.
 */
export function productionPackages(home: string): Placed[] {
  const placed = new Map<string, Placed>();
  const visit = (folder: string, below: string) => {
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = lookUp(name, folder);
      if (found === null) {
        if (Object.hasOwn(optionalDependencies, name)) continue;
        throw new Error(`the package '${name}' is not installed`);
      }
      // One that lies within its dependent stays there; all others are the home's.
      const own = path.dirname(found) === path.join(folder, 'node_modules') && below !== '';
      const place = `${own ? `${below}/` : ''}node_modules/${name}`;
      if (placed.has(place)) continue;
      placed.set(place, { folder: realpathSync(found), below: place });
      visit(realpathSync(found), place);
    }
  };
  visit(home, '');
  return [...placed.values()];
}

function lookUp(name: string, from: string): string | null {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) return candidate;
    if (folder === path.dirname(folder)) return null;
  }
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}
