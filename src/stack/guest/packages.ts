import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface Manifest {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** A package that is needed at run time: where it is, and where it is put in a flat or nested node_modules. */
export interface Installed {
  /** Below the package that is started, such as `node_modules/zod`. */
  place: string;
  folder: string;
}

/**
 * The packages that a package needs at run time, found as Node finds them, so that it does not matter whether they were
 * installed below it, as in a checkout, or beside it, as npm does. Optional ones that are not there are for other systems.
 */
export function packagesOf(root: string): Installed[] {
  const found = new Map<string, string>();
  const visit = (folder: string, parents: readonly string[]) => {
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const installed = resolve(name, folder);
      if (installed === null) {
        if (name in optionalDependencies) continue;
        throw new Error(`the package ${name}, which ${folder} needs, is not installed`);
      }
      // The first of a name lies at the top; another version of it, below who needs it.
      const top = path.join('node_modules', name);
      const nested = path.join(...parents, 'node_modules', name);
      const known = found.get(top);
      if (known === installed || found.get(nested) === installed) continue;
      const place = known === undefined ? top : nested;
      found.set(place, installed);
      visit(installed, place.split(path.sep));
    }
  };
  visit(root, []);
  return [...found].map(([place, folder]) => ({ place, folder }));
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

function resolve(name: string, from: string): string | null {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) return candidate;
    if (folder === path.dirname(folder)) return null;
  }
}
