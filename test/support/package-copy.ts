import { cpSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));

/** The package of koffi's native module for this machine. */
export const NATIVE = `@koromix/koffi-${process.platform}-${process.arch}`;

/** Copies the built package, with what it needs of node_modules to run, into a folder that is there. */
export function copyPackage(folder: string): void {
  cpSync(path.join(PACKAGE, 'dist'), path.join(folder, 'dist'), { recursive: true });
  cpSync(path.join(PACKAGE, 'package.json'), path.join(folder, 'package.json'));
  const modules = realpathSync(path.join(PACKAGE, 'node_modules'));
  const copied = new Set<string>();
  const copy = (name: string): void => {
    if (copied.has(name)) return;
    copied.add(name);
    const from = path.join(modules, name);
    cpSync(from, path.join(folder, 'node_modules', name), { recursive: true, dereference: true });
    for (const dependency of dependenciesOf(path.join(from, 'package.json'))) copy(dependency);
  };
  for (const name of [...dependenciesOf(path.join(PACKAGE, 'package.json')), NATIVE]) copy(name);
}

function dependenciesOf(file: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: Record<string, string> };
  return Object.keys(dependencies);
}
