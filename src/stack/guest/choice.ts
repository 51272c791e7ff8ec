import { comparePackageVersions } from '../../text/versions.ts';

/** A kernel among several, and the version it is of. */
export interface Candidate {
  /** The release, as `uname -r` tells it, for example `6.1.0-56-cloud-amd64`. */
  release: string;
  /**
   * The version of its package, for example `6.1.192-2`; Debian's releases do not tell the true version of old kernels.
   */
  version: string;
}

/**
 * The newest of several kernels that a text names: a series such as `6.1`, a fuller version such as `6.12.94`, or the whole
 * of a release or of a package's version.
 */
export function chooseKernel<T extends Candidate>(asked: string, candidates: readonly T[]): T | null {
  const matching = candidates.filter(({ release, version }) => isOf(asked, release) || isOf(asked, version));
  return matching.toSorted((a, b) => comparePackageVersions(a.version, b.version)).at(-1) ?? null;
}

/** Whether a version begins with all that was asked for: `6.1` is not the beginning of `6.12`. */
function isOf(asked: string, version: string): boolean {
  return version.startsWith(asked) && !/^\d/.test(version.slice(asked.length));
}
