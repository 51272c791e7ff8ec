/** A kernel among several, and the version it is of. */
export interface Candidate {
  /** The release, as `uname -r` tells it, such as `6.1.0-56-cloud-amd64`. */
  release: string;
  /** The version of its package, such as `6.1.192-2`; Debian's releases do not tell the true version of old kernels. */
  version: string;
}

/**
 * The newest of several kernels that a text names: a series such as `6.1`, a fuller version such as `6.12.94`, or the whole
 * of a release or of a package's version.
 */
export function choose<T extends Candidate>(asked: string, candidates: readonly T[]): T | null {
  const matching = candidates.filter(({ release, version }) => isOf(asked, release) || isOf(asked, version));
  return matching.toSorted((a, b) => compareVersions(a.version, b.version)).at(-1) ?? null;
}

/** Whether a version begins with all that was asked for: `6.1` is not the beginning of `6.12`. */
function isOf(asked: string, version: string): boolean {
  return version.startsWith(asked) && !/^\d/.test(version.slice(asked.length));
}

/**
 * Compares versions of packages: numbers by their value, a tilde before the end of the text, and everything else as text.
 * Source: Debian Policy, section 5.6.12.
 */
export function compareVersions(a: string, b: string): number {
  const [as, bs] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(as.length, bs.length); index += 1) {
    const order = comparePart(as[index] ?? '', bs[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function parts(version: string): string[] {
  return version.match(/\d+|~|[^\d~]+/g) ?? [];
}

function comparePart(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '~' || b === '~') return a === '~' ? -1 : 1;
  if (/^\d/.test(a) && /^\d/.test(b)) return Number(a) - Number(b);
  return a < b ? -1 : 1;
}
