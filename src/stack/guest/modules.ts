import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execaSync } from 'execa';
import { paced } from '../../process/pace.ts';

/** How a compressed module is decompressed, by the ending of its name. */
const DECOMPRESS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  '.xz': ['xz', '--decompress', '--stdout'],
  '.zst': ['zstd', '--decompress', '--stdout'],
  '.gz': ['gzip', '--decompress', '--stdout'],
};

/** A kernel module, decompressed. */
export interface Module {
  name: string;
  content: Buffer;
}

/**
 * Kernel modules and those that they need, in the order in which they must be loaded. One that is not in the folder is
 * left out: it may be part of the kernel itself.
 */
export function modulesFrom(folder: string, names: readonly string[]): Module[] {
  const files = new Map(existsSync(folder) ? moduleFiles(folder) : []);
  const loaded = new Map<string, Module>();
  const visit = (name: string) => {
    const file = files.get(name);
    if (file === undefined || loaded.has(name)) return;
    const content = decompressed(file);
    for (const needed of dependenciesOf(content)) visit(needed);
    loaded.set(name, { name, content });
  };
  for (const name of names) visit(name);
  return [...loaded.values()];
}

/** Every module below a folder by its name, in which `-` and `_` are the same. */
function moduleFiles(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((file): [string, string][] => {
    const name = /([^/]+)\.ko(?:\.\w+)?$/.exec(file)?.[1];
    return name === undefined ? [] : [[name.replaceAll('-', '_'), path.join(folder, file)]];
  });
}

function decompressed(file: string): Buffer {
  const how = DECOMPRESS[path.extname(file)];
  if (!how) return readFileSync(file);
  const [program, ...words] = how;
  return Buffer.from(execaSync(program, [...words, file], { encoding: 'buffer', timeout: paced(30_000) }).stdout);
}

/** What a module says in its own section of information that it needs: `depends=a,b`, ended by a zero byte. */
export function dependenciesOf(module: Buffer): string[] {
  const at = module.indexOf('\0depends=');
  if (at < 0) return [];
  const start = at + '\0depends='.length;
  const list = module.toString('latin1', start, module.indexOf(0, start));
  return list.split(',').filter(Boolean);
}
