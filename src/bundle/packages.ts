import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

interface Manifest {
  name?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** A package that another needs: where it lies here, and where it is put below the one that all is for. */
export interface InstalledPackage {
  folder: string;
  /** For example `node_modules/zod`. */
  place: string;
}

/**
 * All packages that a package needs to run, however they were installed: beside it, below it, or by links. An optional
 * one that is not there is for another system, and left out. @throws Error for another that is missing.
 */
export function packagesOf(home: string): InstalledPackage[] {
  const placed = new Map<string, string>();
  const visit = (folder: string, below: string) => {
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(folder);
    const added: InstalledPackage[] = [];
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = lookUp(name, folder);
      if (found === null) {
        if (Object.hasOwn(optionalDependencies, name)) continue;
        throw new Error(`the package '${name}', which ${folder} needs, is not installed`);
      }
      // One that lies within its dependent stays there, and so does a second version; all others are the home's.
      const [top, nested] = [`node_modules/${name}`, `${below === '' ? '' : `${below}/`}node_modules/${name}`];
      const real = realpathSync(found);
      const isOwn = path.dirname(found) === path.join(folder, 'node_modules');
      const place = isOwn || (placed.get(top) ?? real) !== real ? nested : top;
      if (placed.get(place) === real) continue;
      placed.set(place, real);
      added.push({ folder: real, place });
    }
    // What a package needs itself is placed before what others need, which then goes below them.
    for (const one of added) visit(one.folder, one.place);
  };
  visit(home, '');
  return [...placed].map(([place, folder]) => ({ folder, place }));
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
