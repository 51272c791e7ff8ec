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
  /** What it was made over. */
  over: string;
}

/** How a layer is made. */
export interface LayerMaking {
  readonly kind: 'debian' | 'npm' | 'built';
  readonly names: readonly string[];
  /** What it is made over. */
  readonly over: string;
  /** Whether one that was made over something is right here too; by default only where that is the same. */
  readonly fits?: (over: string) => boolean;
  /** Makes it in an empty folder, and returns the versions of its packages. */
  readonly make: (folder: string) => Promise<Record<string, string>>;
}

/** What this process makes now, by its folder. */
const making = new Map<string, Promise<Layer>>();

/**
 * A layer as it was made before, or is made now. It is there whole or not at all, also where two processes make it at a
 * time.
 */
export async function layerOf({ kind, names, over, fits = (one) => one === over, make }: LayerMaking): Promise<Layer> {
  const folder = folderOf(kind, names);
  const label = labelOf(folder);
  if (label !== null && fits(label.over) && existsSync(folder)) return { folder, packages: label.packages };
  const begun = making.get(folder);
  if (begun !== undefined) return begun;
  const made = makeLayer(folder, over, make).finally(() => making.delete(folder));
  making.set(folder, made);
  return made;
}

async function makeLayer(folder: string, over: string, make: LayerMaking['make']): Promise<Layer> {
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

/** Whether a layer of these packages was fetched. */
export function isFetched(kind: 'debian' | 'npm', names: readonly string[]): boolean {
  return existsSync(`${folderOf(kind, names)}.json`);
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
