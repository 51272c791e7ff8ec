import { Suite, type DebianPackage, type SuiteName } from '../../debian/suite.ts';
import { chooseKernel, type Candidate } from './choice.ts';
import { Unavailable } from '../../process/unavailable.ts';
import type { Fetch } from '../../files/fetch.ts';

/** A kernel that Debian has, and the packages that it is made of. */
export interface DebianKernel extends Candidate {
  suite: Suite;
  packages: DebianPackage[];
}

/** Where the kernels of a series are; the lists of other suites need not be fetched to find them. */
const SUITES_OF: Readonly<Record<string, readonly SuiteName[]>> = {
  '5.10': ['bullseye-security', 'bullseye'],
  '6.1': ['bookworm-security', 'bookworm'],
  '6.12': ['trixie-security', 'trixie', 'bookworm-backports'],
};
/** Where newer ones come and go. */
const NEWER: readonly SuiteName[] = ['trixie-backports', 'sid'];
/** How large the lists of packages are, roughly, in bytes. */
const LIST_BYTES: Partial<Record<SuiteName, number>> = {
  bullseye: 8_100_000,
  bookworm: 8_800_000,
  trixie: 9_700_000,
  sid: 10_800_000,
};
const SMALL_LIST = 400_000;

/** Majors come every three to four years (5 in 2019, 6 in 2022, 7 in 2026); a text that names a later one is a slip. */
const LAST_MAJOR = 9;
/** What there is, as it is named. */
const NAMES = [...Object.keys(SUITES_OF), '7'];

/**
 * Checks that a text may name one of Debian's kernels, as far as that is possible without the lists of packages.
 * @throws Unavailable that says which there are
 */
export function checkNamed(asked: string): void {
  const [, major = '', minor] = /^(\d{1,3})(?:\.(\d{1,3})(?:[.~+-][\w.~+-]*)?)?$/.exec(asked) ?? [];
  const known = Object.keys(SUITES_OF).some((series) => series === `${major}.${minor ?? ''}`);
  const newer = Number(major) === 6 ? minor === undefined || Number(minor) > 12 : Number(major) > 6;
  if (known || (newer && Number(major) <= LAST_MAJOR)) return;
  throw new Unavailable(
    `there is no kernel '${asked}'`,
    `Debian has ${NAMES.join(', ')} and newer ones; name one of these, or a file, for example kernel:./vmlinuz`,
  );
}

/** The suites that may have what was asked for. */
function suitesOf(asked: string): Suite[] {
  const series = /^\d+\.\d+/.exec(asked)?.[0] ?? '';
  return (SUITES_OF[series] ?? NEWER).map((name) => new Suite(name));
}

/** The lists of packages that would have to be fetched to find a kernel. */
export function listsToFetch(asked: string): Fetch[] {
  return suitesOf(asked)
    .filter(({ fresh }) => !fresh)
    .map(({ name }) => ({
      what: 'the list of packages',
      from: `Debian ${name}`,
      bytes: LIST_BYTES[name] ?? SMALL_LIST,
    }));
}

/** Fetches the lists that are not fresh. @throws Unavailable when one is not available. */
export async function fetchLists(asked: string, tell: (line: string) => void): Promise<void> {
  for (const suite of suitesOf(asked)) {
    if (!suite.fresh) tell(`fetching the list of packages of Debian ${suite.name}`);
    await suite.update();
  }
}

/**
 * The newest kernel that a text names, among the packages for virtual machines. The lists must have been fetched.
 * @throws Unavailable that names what there is, when there is none.
 */
export async function findKernel(asked: string): Promise<DebianKernel> {
  const all: { release: string; suite: Suite; version: string }[] = [];
  for (const suite of suitesOf(asked)) {
    for (const name of await suite.names('linux-image-')) {
      const release = /^linux-image-(\d.*-cloud-amd64)$/.exec(name)?.[1];
      if (release === undefined || !/^\d+\.\d+\.\d/.test(release)) continue;
      for (const { version } of await suite.versions(name)) all.push({ release, suite, version });
    }
  }
  const found = chooseKernel(asked, all);
  if (!found) {
    const there = [...new Set(all.map(({ version }) => /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? version))];
    throw new Unavailable(
      `Debian has no kernel '${asked}' for virtual machines`,
      `there are ${there.join(', ') || 'none of that series'}; known versions: ${NAMES.join(', ')}`,
    );
  }
  return { ...found, packages: await packagesOf(found) };
}

/** Newer kernels are split into several packages: one has the kernel, another the modules. */
async function packagesOf({ release, suite, version }: { release: string; suite: Suite; version: string }) {
  const packages: DebianPackage[] = [];
  for (const part of ['binary', 'modules']) {
    const versions = await suite.versions(`linux-${part}-${release}`);
    packages.push(...versions.filter((found) => found.version === version).slice(0, 1));
  }
  if (packages.length > 0) return packages;
  return (await suite.versions(`linux-image-${release}`)).filter((found) => found.version === version).slice(0, 1);
}
