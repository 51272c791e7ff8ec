/**
 * Versions of a system: from one on, and before another; without either, all of them. A version is written as the record
 * of a platform writes it: for Linux that of the kernel, for macOS that of its Darwin kernel (24.1 for macOS 15.1), for
 * Windows with the build (10.0.26100), for Wine and gVisor their own.
 */
export interface VersionRange {
  readonly from?: string;
  readonly before?: string;
}

/**
 * Whether a version is within one of several ranges. Without a version, the newest one is meant.
 * @throws RangeError for a version that does not begin with a number.
 */
export function isAmong(ranges: readonly VersionRange[], version: string | undefined): boolean {
  return ranges.some(
    ({ from, before }) =>
      (from === undefined || compareVersions(version, from) >= 0) &&
      (before === undefined || compareVersions(version, before) < 0),
  );
}

/**
 * Negative when the first version is older than the second, 0 when both are the same, positive when it is newer. Versions
 * are compared number by number. A missing number is 0, and text after the numbers does not count. A version that is left
 * out is the newest.
 * @throws RangeError for a version that does not begin with a number.
 */
export function compareVersions(one: string | undefined, other: string | undefined): number {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  for (let place = 0; place < Math.max(left.length, right.length); place += 1) {
    const [a, b] = [left[place] ?? 0, right[place] ?? 0];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

function numbersOf(version: string | undefined): number[] {
  if (version === undefined) return [Number.POSITIVE_INFINITY];
  const found = /^\d+(?:\.\d+)*/.exec(version)?.[0];
  if (found === undefined) throw new RangeError(`not a version: ${version}`);
  return found.split('.').map(Number);
}

/** Ranges of versions in words that follow the name of the system: `before 6.1.168, or from 6.2 and before 6.6.131`. */
export function versionsInWords(ranges: readonly VersionRange[]): string {
  return ranges
    .map(({ from, before }) =>
      [from === undefined ? '' : `from ${from}`, before === undefined ? '' : `before ${before}`]
        .filter((part) => part !== '')
        .join(' and '),
    )
    .join(', or ');
}
