import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { cacheFolder } from '../files/cache.ts';

/**
 * Packages that were fetched by name, in a folder whose top folders (`usr`, `etc`, `srv`) are laid over those of the machine, in the
 * namespaces of what uses them: the machine itself gets no package.
 */
export interface Layer {
  readonly folder: string;
  /** The version of each package in it, by name. */
  readonly packages: Readonly<Record<string, string>>;
}

/** The top folders that a layer may have. What packages write elsewhere, for example in /root, is not kept. */
export const LAYER_TOPS = ['usr', 'etc', 'var', 'opt', 'srv'] as const;

/** What a layer says of itself, in a file beside its folder. */
interface Label {
  packages: Record<string, string>;
  /** What it was made over: a layer is only right over the same. */
  over: string;
}

/**
 * A layer of this name, as it was made before or as `make` makes it in an empty folder. It is there whole or not at all, also where two
 * processes make it at a time.
 * @param over what it is made over; one that was made over something else is made again
 */
export async function layerOf(
  kind: 'debian' | 'npm' | 'built',
  names: readonly string[],
  over: string,
  make: (folder: string) => Promise<Record<string, string>>,
): Promise<Layer> {
  const folder = folderOf(kind, names);
  const label = labelOf(folder);
  if (label?.over === over && existsSync(folder)) return { folder, packages: label.packages };
  sweep(path.dirname(folder));
  const partial = `${folder}.partial.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const packages = await make(partial);
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
    writeFileSync(`${folder}.json`, `${JSON.stringify({ packages, over } satisfies Label)}\n`);
    return { folder, packages };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function folderOf(kind: string, names: readonly string[]): string {
  const hash = createHash('sha256').update(names.join(' ')).digest('hex').slice(0, 8);
  const [first = ''] = names;
  return cacheFolder('programs', kind, `${first.replaceAll(/[^\w.+-]+/g, '-')}-${hash}`);
}

function labelOf(folder: string): Label | null {
  try {
    return JSON.parse(readFileSync(`${folder}.json`, 'utf8')) as Label;
  } catch {
    // It was never made, or not to its end.
    return null;
  }
}

/** Removes what processes that were killed had begun. */
function sweep(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder)) {
    const pid = /\.partial\.(\d+)$/.exec(entry)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
      rmSync(path.join(folder, entry), { recursive: true, force: true });
    }
  }
}
