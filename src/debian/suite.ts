import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { Missing } from '../lab/lab.ts';
import { onPath } from '../lab/programs.ts';
import { cacheFolder } from '../files/cache.ts';
import { debianArchive, KEYRING, NO_ARCHIVE } from './archive.ts';
import { paced } from '../process/pace.ts';
import { Unavailable } from '../process/unavailable.ts';

/** The parts of Debian's archive that packages are taken from. */
const SUITES = [
  'bullseye',
  'bullseye-security',
  'bookworm',
  'bookworm-security',
  'bookworm-backports',
  'trixie',
  'trixie-security',
  'trixie-backports',
  'sid',
] as const;
export type SuiteName = (typeof SUITES)[number];

/** A binary package of one suite. */
export interface DebianPackage {
  name: string;
  version: string;
  /** Size of the download, in bytes. */
  bytes: number;
  suite: SuiteName;
}

const DAY = 24 * 3600 * 1000;
/** No mirror needs longer than this for a list or a package, in milliseconds. */
const DEADLINE = 300_000;

/** Why packages of Debian can't be looked up here, or null. */
export function aptMissing(): Missing | null {
  for (const tool of ['apt-get', 'apt-cache', 'dpkg-deb']) {
    if (!onPath(tool)) return { reason: `the program '${tool}' is not here`, enable: 'run it on Debian or Ubuntu' };
  }
  if (existsSync(KEYRING)) return null;
  return { reason: 'the keys of the Debian archive are not here', enable: 'apt-get install debian-archive-keyring' };
}

/**
 * One suite of Debian as apt sees it, with lists and settings of its own in the cache folder: packages of any release
 * can be looked up and unpacked by any user, and nothing of the system changes.
 */
export class Suite {
  readonly name: SuiteName;
  readonly #home: string;

  constructor(name: SuiteName) {
    this.name = name;
    this.#home = cacheFolder('debian', name);
  }

  /** Whether the list of packages was fetched within the last day. */
  get fresh(): boolean {
    const lists = path.join(this.#home, 'state', 'lists');
    if (!existsSync(path.join(this.#home, 'fetched')) || !existsSync(lists)) return false;
    return Date.now() - statSync(path.join(this.#home, 'fetched')).mtimeMs < DAY;
  }

  /** Fetches the list of packages, unless it is fresh. @throws Unavailable when the archive can't be reached. */
  async update(): Promise<void> {
    if (this.fresh) return;
    const missing = aptMissing();
    if (missing) throw new Unavailable(missing.reason, missing.enable);
    for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
      mkdirSync(path.join(this.#home, folder), { recursive: true });
    }
    const archive = await debianArchive(this.name.endsWith('-security') ? 'debian-security' : 'debian');
    if (archive === null) throw new Unavailable(NO_ARCHIVE.reason, NO_ARCHIVE.enable);
    writeFileSync(path.join(this.#home, 'sources.list'), `deb [signed-by=${KEYRING}] ${archive} ${this.name} main\n`);
    writeFileSync(path.join(this.#home, 'state', 'status'), '');
    await this.#apt('apt-get', ['update', '--error-on=any'], `the package list of Debian ${this.name}`);
    writeFileSync(path.join(this.#home, 'fetched'), '');
  }

  /** The names of all packages that begin in a way. The list must have been fetched. */
  async names(prefix: string): Promise<string[]> {
    const output = await this.#apt('apt-cache', ['pkgnames', prefix], 'the package names');
    return output.split('\n').filter(Boolean).toSorted();
  }

  /** Every version of a package in this suite, as apt lists them: the newest first. The list must have been fetched. */
  async versions(name: string): Promise<DebianPackage[]> {
    const output = await this.#apt('apt-cache', ['show', name], `the package ${name}`).catch(() => '');
    return output.split('\n\n').flatMap((entry) => {
      const version = /^Version: (.+)$/m.exec(entry)?.[1];
      const bytes = Number(/^Size: (\d+)$/m.exec(entry)?.[1]);
      return version === undefined ? [] : [{ name, version, bytes, suite: this.name }];
    });
  }

  /**
   * Downloads a package and unpacks it into a folder, which is there whole or not at all.
   * @throws Unavailable when it is not available.
   */
  async unpack({ name, version }: DebianPackage, folder: string): Promise<void> {
    if (existsSync(folder)) return;
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    await this.#apt('apt-get', ['download', `${name}=${version}`], `the package ${name} ${version}`, partial);
    const file = readdirSync(partial).find((entry) => entry.endsWith('.deb'));
    if (file === undefined) throw new Unavailable(`apt-get download brought no ${name}`, 'try again');
    await execa('dpkg-deb', ['--extract', file, '.'], { cwd: partial, timeout: paced(DEADLINE) });
    rmSync(path.join(partial, file));
    renameSync(partial, folder);
  }

  async #apt(program: string, words: string[], what: string, cwd?: string): Promise<string> {
    const settings = {
      'Dir::Etc::sourcelist': path.join(this.#home, 'sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::State': path.join(this.#home, 'state'),
      'Dir::State::status': path.join(this.#home, 'state', 'status'),
      'Dir::Cache': path.join(this.#home, 'cache'),
      // Lists of suites that get no updates any more are past their date; their signatures are still checked.
      'Acquire::Check-Valid-Until': 'false',
      'APT::Sandbox::User': 'root',
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    const { failed, stdout, stderr } = await execa(program, ['-q', ...options, ...words], {
      reject: false,
      timeout: paced(DEADLINE),
      env: { LC_ALL: 'C' },
      ...(cwd === undefined ? {} : { cwd }),
    });
    if (!failed) return stdout;
    const why = stderr.split('\n').find((line) => line.startsWith('E: ')) ?? 'no answer';
    throw new Unavailable(`${what} can't be fetched: ${why.replace('E: ', '')}`, 'check the network, and try again');
  }
}
