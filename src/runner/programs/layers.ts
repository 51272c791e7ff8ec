import { builtLayer } from '../../layer/built.ts';
import { debianLayer, debianLayerMissing } from '../../layer/debian.ts';
import { npmLayer, npmLayerMissing } from '../../layer/npm.ts';
import type { Missing } from '../../lab/lab.ts';
import { declaredPackages, type DeclaredServer } from '../../programs/declaration.ts';

/** What a declared program is started over. */
interface Fetched {
  /** The folders that are laid over the machine's files, the uppermost first. */
  layers: string[];
  /** The packages that were asked for, with their versions. */
  packages: Record<string, string>;
  /** The version of the first of them, or of Node.js where the machine has the program itself. */
  version: string;
}

const FETCHED = {
  debian: { layer: debianLayer, missing: debianLayerMissing },
  npm: { layer: npmLayer, missing: npmLayerMissing },
} as const;

/** What this machine lacks to fetch a declared program, and the line that mends it; null where it lacks nothing. */
export function missingFor(declared: DeclaredServer): Missing | null {
  const kinds = declaredPackages(declared).map(({ kind }) => FETCHED[kind].missing());
  return kinds.find((missing) => missing !== null) ?? null;
}

/**
 * Fetches the packages of a declared program, builds what it says, and lays nothing over anything yet. A second time it does
 * nothing. @throws Unavailable when that can't be done here
 */
export async function fetchProgram(declared: DeclaredServer, tell: (line: string) => void): Promise<Fetched> {
  const layers: string[] = [];
  const packages: Record<string, string> = {};
  for (const { kind, names } of declaredPackages(declared)) {
    const layer = await FETCHED[kind].layer(names, tell);
    layers.unshift(layer.folder);
    for (const name of names.map(withoutVersion)) packages[name] = layer.packages[name] ?? 'unknown';
  }
  if (declared.build !== undefined) {
    const { name, build: script, files = {} } = declared;
    layers.unshift((await builtLayer({ name, script, files }, layers, tell)).folder);
  }
  const [first] = Object.values(packages);
  return { layers, packages, version: first === undefined ? process.version.slice(1) : upstream(first) };
}

/** The name of a package of npm without the version that is asked for. */
function withoutVersion(name: string): string {
  return name.replace(/(?<=.)@.*$/, '');
}

/** The version of the program in that of a package of Debian: without the epoch and the distribution's revision. */
export function upstream(version: string): string {
  return version
    .replace(/^\d+:/, '')
    .replace(/-[^-]+$/, '')
    .replace(/[+~](dfsg|ds|deb)[\d.]*$/, '');
}
