/** A release as its numbers, for example those of 14.3. */
export type Release = readonly [major: number, minor: number];

/** Means a release that is not given: newer than all others. */
const NEWEST: Release = [Number.POSITIVE_INFINITY, 0];

/**
 * Reads a release such as `14.3`, `14.3-RELEASE-p2` or `10`; an absent release means the newest.
 * @throws RangeError for text that does not begin with a number
 */
export function parseRelease(text: string | undefined, system: string): Release {
  if (text === undefined) return NEWEST;
  const match = /^(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) throw new RangeError(`not a release of ${system}: ${text}`);
  return [Number(match[1]), Number(match[2] ?? 0)];
}

/** Whether a release is older than another. */
export function precedes([major, minor]: Release, [otherMajor, otherMinor]: Release): boolean {
  return major === otherMajor ? minor < otherMinor : major < otherMajor;
}
