import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { execaSync } from 'execa';
import { programEntries } from '../../src/bundle/rootfs.ts';
import { findProgram } from '../../src/lab/programs.ts';
import { ROOT } from './docs.ts';
import { firstLack, installed, type Lack } from './needs.ts';

/** The image that docker/Dockerfile begins with. */
export const BASE =
  /^FROM (\S+) AS build$/m.exec(readFileSync(path.join(ROOT, 'docker/Dockerfile'), 'utf8'))?.[1] ?? '';

const BUSYBOX = findProgram('busybox');
const NPM = npmFolder();
const TOOLS = ['sh', 'mkdir', 'chmod', 'cp', 'rm', 'ls', 'cat'];

/** The programs of this machine that an image like the base is made of, and the packages in the cache of npm. */
export const noBase: Lack | null = firstLack(
  installed('busybox', 'busybox-static'),
  installed('npm', 'npm'),
  notCached(),
);

function notCached(): Lack | null {
  const lacking = lockedTarballs().filter((file) => !existsSync(path.join(cacheFolder(), file)));
  if (lacking.length === 0) return null;
  return { need: 'npm-cache', reason: `the cache of npm lacks ${lacking.length} packages`, enable: 'npm ci' };
}

/**
 * The root file system of an image like the base, as a tar archive: this machine's Node.js and npm, a shell, and a cache of
 * npm that holds what the project's lock file names, so that it can be installed without a network.
 */
export async function baseArchive(): Promise<{ archive: Buffer; changes: string[] }> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'bindspec-base-'));
  const file = (name: string) => {
    const whole = path.join(root, name);
    mkdirSync(path.dirname(whole), { recursive: true });
    return whole;
  };
  const programs = {
    '/usr/bin/node': realpathSync(process.execPath),
    '/bin/busybox': BUSYBOX ?? '',
    // For the libraries that it needs: a real base has the whole C library, and Node.js itself uses only a part of it.
    '/usr/lib/bundler.node': bundler(),
  };
  for (const entry of await programEntries(programs)) {
    if (entry.kind === 'file') writeFileSync(file(entry.path), entry.content, { mode: 0o755 });
  }
  for (const tool of TOOLS) symlinkSync('/bin/busybox', file(`/bin/${tool}`));
  symlinkSync('/bin/busybox', file('/usr/bin/env'));
  execaSync('cp', ['-r', NPM ?? '', file('/usr/lib/node_modules/npm')]);
  symlinkSync('/usr/lib/node_modules/npm/bin/npm-cli.js', file('/usr/bin/npm'));
  writeFileSync(file('/etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n');
  writeFileSync(file('/etc/group'), 'root:x:0:\nnode:x:1000:\n');
  // Its index names what the lock file asks for, so that all of it is needed.
  execaSync('cp', ['-r', cacheFolder(), file('/npm/_cacache')]);
  execaSync('chmod', ['1777', path.dirname(file('/tmp/x'))]);
  const packed = execaSync('tar', ['-c', '--owner=0', '--group=0', '-C', root, '.'], {
    encoding: 'buffer',
    maxBuffer: 1_000_000_000,
  });
  rmSync(root, { recursive: true });
  return { archive: Buffer.from(packed.stdout), changes: ['ENV npm_config_offline=true', 'ENV npm_config_cache=/npm'] };
}

/** The native part of what makes the page's script. */
function bundler(): string {
  const folder = path.join(ROOT, 'node_modules/@rolldown');
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((file) => file.endsWith('.node'));
  if (found === undefined) throw new Error(`nothing in ${folder} ends with .node`);
  return path.join(folder, found);
}

function npmFolder(): string | null {
  const program = findProgram('npm');
  return program === null ? null : path.dirname(path.dirname(realpathSync(program)));
}

function cacheFolder(): string {
  return path.join(process.env['npm_config_cache'] ?? path.join(process.env['HOME'] ?? '/root', '.npm'), '_cacache');
}

interface Lock {
  packages: Record<string, { integrity?: string }>;
}

/** Where npm keeps the tarballs of the packages that are installed here, by their hashes. */
function lockedTarballs(): string[] {
  const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  return Object.entries(packages).flatMap(([place, { integrity = '' }]) => {
    const hash = /^sha512-(\S+)$/.exec(integrity)?.[1];
    if (hash === undefined || !existsSync(path.join(ROOT, place))) return [];
    const hex = Buffer.from(hash, 'base64').toString('hex');
    return [`content-v2/sha512/${hex.slice(0, 2)}/${hex.slice(2, 4)}/${hex.slice(4)}`];
  });
}
