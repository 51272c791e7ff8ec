import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { readGivenBytes, UnreadableFile, type FileKind } from '../../files/given-file.ts';
import { cacheFolder } from '../../files/cache.ts';
import { chooseKernel, type Candidate } from './choice.ts';
import type { DebianKernel } from './debian-kernels.ts';
import { modulesFrom, type Module } from './modules.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** The kernel modules that the netns lab needs, and that VRFs need; all else is part of Debian's kernels. */
export const NEEDED_MODULES: readonly string[] = ['veth', 'vrf'];

/** A kernel that can be booted. */
export interface GuestKernel extends Candidate {
  file: string;
  modules: readonly Module[];
}

const HOME = cacheFolder('kernels');

/** The kernels that were prepared. */
function prepared(): (Candidate & { folder: string })[] {
  if (!existsSync(HOME)) return [];
  return readdirSync(HOME).flatMap((name) => {
    const folder = path.join(HOME, name);
    const about = path.join(folder, 'about.json');
    return existsSync(about) ? [{ ...(JSON.parse(readFileSync(about, 'utf8')) as Candidate), folder }] : [];
  });
}

/** The newest prepared kernel that a text names, or null. */
export function preparedKernel(asked: string): GuestKernel | null {
  const found = chooseKernel(asked, prepared());
  if (!found) return null;
  const { release, version, folder } = found;
  return { release, version, file: path.join(folder, 'vmlinuz'), modules: modulesFrom(folder, NEEDED_MODULES) };
}

/**
 * Fetches a kernel's packages and keeps of them the kernel and the modules that are needed, decompressed.
 * @throws Unavailable when they are not available, or are not as they used to be.
 */
export async function prepareKernel({ release, version, suite, packages }: DebianKernel): Promise<void> {
  const folder = path.join(HOME, release);
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const unpacked = path.join(partial, 'unpacked');
    for (const one of packages) await suite.unpack(one, path.join(unpacked, one.name));
    const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
    const kernel = files.find((file) => /\/vmlinuz(?:-[^/]+)?$/.test(file));
    if (kernel === undefined) throw new Unavailable(`the packages of ${release} have no kernel`, 'choose another');
    copyFileSync(path.join(unpacked, kernel), path.join(partial, 'vmlinuz'));
    for (const { name, content } of modulesFrom(unpacked, NEEDED_MODULES)) {
      writeFileSync(path.join(partial, `${name}.ko`), content);
    }
    rmSync(unpacked, { recursive: true });
    writeFileSync(path.join(partial, 'about.json'), JSON.stringify({ release, version }));
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The images of distributions have about 15 MiB; those with all drivers and debugging in them a few times as much. */
const IMAGE: FileKind = { what: 'a kernel image', most: 256, advice: 'name a bzImage or vmlinuz' };

/**
 * A kernel of the user's own: a bzImage, which tells its release, with its modules beside it, or where a package or
 * `make modules_install` puts them. @throws Unavailable when it is not one.
 */
export function kernelFile(file: string): GuestKernel {
  let image: Buffer;
  try {
    image = readGivenBytes(file, IMAGE);
  } catch (error) {
    if (error instanceof UnreadableFile) throw new Unavailable(`${file}: ${error.why}`, error.advice);
    throw error;
  }
  const release = releaseOf(image);
  if (release === null) throw new Unavailable(`${file}: it is not a kernel image of x86`, IMAGE.advice);
  const beside = path.dirname(path.resolve(file));
  const folders = [
    path.join(beside, 'modules'),
    path.join(beside, '..', 'lib', 'modules', release),
    path.join(beside, '..', 'usr', 'lib', 'modules', release),
    path.join('/lib/modules', release),
  ];
  const modules = folders.map((folder) => modulesFrom(folder, NEEDED_MODULES)).find(({ length }) => length > 0);
  return { release, version: release, file, modules: modules ?? [] };
}

/**
 * The release that a kernel image tells of itself. Source: the kernel's Documentation/arch/x86/boot.rst: `HdrS` at 0x202,
 * and at 0x20e where the text of the version is, counted from 0x200.
 */
export function releaseOf(image: Buffer): string | null {
  if (image.length < 0x210 || image.toString('latin1', 0x202, 0x206) !== 'HdrS') return null;
  const at = image.readUInt16LE(0x20e) + 0x200;
  const release = image.toString('latin1', at, at + 128).split(' ')[0] ?? '';
  return /^\d+\.\d+/.test(release) ? release : null;
}
