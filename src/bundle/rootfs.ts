import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { librariesOf } from './libraries.ts';
import { OWN_PACKAGE } from '../process/own-package.ts';
import { packagesOf } from './packages.ts';
import { isFolder } from '../files/is-folder.ts';
import type { TarEntry } from './tar.ts';

/** Where bindspec lies in the file systems that it makes, and in the image of docker/Dockerfile. */
export const BUNDLED_AT = '/opt/bindspec';

/** Parts of packages that nothing reads while they run. */
const UNREAD = /\.(map|md|d\.[cm]?ts|ts)$/;

/**
 * Programs of this machine with the libraries they are linked with, as the root file system of an image that has nothing
 * else. Each is at its own path, given as a map from paths in the image to files here.
 */
export async function programEntries(programs: Readonly<Record<string, string>>): Promise<TarEntry[]> {
  const libraries = await Promise.all(Object.values(programs).map(librariesOf));
  const files = [...Object.entries(programs), ...new Set(libraries.flat())].map((one) =>
    typeof one === 'string' ? ([one, one] as const) : one,
  );
  return files.map(([to, from]) => ({ path: to, kind: 'file', mode: 0o755, content: readFileSync(from) }));
}

/** Node and bindspec as they are here, with what they need to run, as a root file system. */
export async function bindspecEntries(): Promise<TarEntry[]> {
  const home = OWN_PACKAGE.folder;
  const own = ['package.json', 'dist/src'].flatMap((part) => copied(path.join(home, part), `${BUNDLED_AT}/${part}`));
  const packages = packagesOf(home).flatMap(({ folder, place }) => copied(folder, `${BUNDLED_AT}/${place}`));
  return [
    ...(await programEntries({ '/usr/bin/node': realpathSync(process.execPath) })),
    { path: '/tmp', kind: 'folder', mode: 0o1777 },
    ...own,
    ...packages,
  ];
}

/** A file, or all that is below a folder but the packages in it, which are named on their own. */
function copied(from: string, to: string): TarEntry[] {
  const entry = { path: to, kind: 'file' } as const;
  if (!isFolder(from)) return [{ ...entry, content: readFileSync(from) }];
  return readdirSync(from)
    .filter((name) => name !== 'node_modules' && !UNREAD.test(name))
    .flatMap((name) => copied(path.join(from, name), `${to}/${name}`));
}
