import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { OWN_PACKAGE } from '../../process/own-package.ts';
import { cacheFolder } from '../../files/cache.ts';
import { isProgram } from '../../lab/programs.ts';
import { archive, CHARACTER_DEVICE, FOLDER, PROGRAM, SHARED_FOLDER } from './cpio.ts';
import { INIT, MODULES, GUEST_PACKAGE } from './init.ts';
import { packagesOf } from '../../bundle/packages.ts';
import { Tree } from './tree.ts';
import { Unavailable } from '../../process/unavailable.ts';

/** What the first process, the netns lab and experiments start, each with the package that has it. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  sh: 'dash',
  mount: 'mount',
  umount: 'mount',
  sleep: 'coreutils',
  stty: 'coreutils',
  ip: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  taskset: 'util-linux',
  chown: 'coreutils',
};

const HOME = cacheFolder('guest');

const USERS = 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n';
const HOSTS = '127.0.0.1 localhost\n::1 localhost\n';
/** As Debian has it: the resolver returns all addresses that the file of host names has of a name, not only the first. */
const RESOLVER = 'multi on\n';

/**
 * The archive of files that every guest has: this machine's Node, the programs of the netns lab, and this package with
 * what it needs. Returns the archive's file, which is made again when anything in it has changed.
 * @throws Unavailable when a program is not here.
 */
export function baseArchive(): string {
  const tree = plan();
  const file = path.join(HOME, `base-${createHash('sha256').update(tree.signature()).digest('hex').slice(0, 16)}.cpio`);
  if (existsSync(file)) return file;
  mkdirSync(HOME, { recursive: true });
  const partial = `${file}.${process.pid}`;
  writeFileSync(
    partial,
    archive([
      ...tree.entries(),
      { path: 'dev/console', mode: CHARACTER_DEVICE, device: [5, 1] },
      { path: 'dev/null', mode: CHARACTER_DEVICE, device: [1, 3] },
    ]),
  );
  renameSync(partial, file);
  removeOthers(file);
  return file;
}

function plan(): Tree {
  const tree = new Tree();
  for (const folder of ['/proc', '/sys', '/dev', '/etc', MODULES]) tree.folder(folder, FOLDER);
  tree.folder('/tmp', SHARED_FOLDER);
  tree.file('/init', Buffer.from(INIT), PROGRAM);
  tree.file('/etc/passwd', Buffer.from(USERS));
  tree.file('/etc/hosts', Buffer.from(HOSTS));
  tree.file('/etc/host.conf', Buffer.from(RESOLVER));
  tree.program('/bin/node', process.execPath);
  for (const [name, from] of Object.entries(PROGRAMS)) tree.program(`/bin/${name}`, programFile(name, from));
  tree.file(`${GUEST_PACKAGE}/package.json`, path.join(OWN_PACKAGE.folder, 'package.json'));
  tree.below(`${GUEST_PACKAGE}/dist/src`, path.join(OWN_PACKAGE.folder, 'dist', 'src'), isCode);
  for (const { place, folder } of packagesOf(OWN_PACKAGE.folder))
    tree.below(`${GUEST_PACKAGE}/${place}`, folder, isCode);
  return tree;
}

/** What Node loads; types, sources and pages are left out. */
function isCode(name: string): boolean {
  return /\.(?:[cm]?js|json|node)$/.test(name);
}

/** The file of a program; those for the administrator are often not on the PATH of an ordinary user. */
function programFile(name: string, from: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  const found = folders.map((folder) => path.join(folder, name)).find(isProgram);
  if (found === undefined) throw new Unavailable(`the program '${name}' is not here`, `apt-get install ${from}`);
  return found;
}

/** Archives of earlier versions, and what a build that was killed has left; not what another process is writing now. */
function removeOthers(file: string): void {
  for (const name of readdirSync(HOME)) {
    const writer = /\.cpio\.(\d+)$/.exec(name)?.[1];
    const isWritten = writer !== undefined && existsSync(`/proc/${writer}`);
    if (name.startsWith('base-') && name !== path.basename(file) && !isWritten) {
      rmSync(path.join(HOME, name), { force: true });
    }
  }
}
