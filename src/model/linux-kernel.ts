/** A Linux version as its three numbers. */
export type Kernel = readonly [number, number, number];

/** The newest series that was observed with everything that the model knows. 7.3 was run less, and one change of it is known. */
const NEWEST: Kernel = [7, 2, Number.POSITIVE_INFINITY];

/** The versions that were read; there are few, and each is asked for with every packet. */
const parsed = new Map<string, Kernel>();

/**
 * Reads a kernel version such as `6.18.44` or `5.10.223-generic`; an absent version means the newest 7.2.
 * Throws a RangeError for text that does not begin with two numbers.
 */
export function parseKernel(version: string | undefined): Kernel {
  if (version === undefined) return NEWEST;
  const known = parsed.get(version);
  if (known !== undefined) return known;
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  if (match === null) throw new RangeError(`not a Linux version: ${version}`);
  const kernel: Kernel = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  parsed.set(version, kernel);
  return kernel;
}

/**
 * The version of a Linux kernel, read from the release and the version that uname prints. Debian uses one release name
 * (for example `6.1.0-50-amd64`) for many stable updates, and names the update in the version: `Debian 6.1.174-1`.
 * On other distributions only the release is used. On Ubuntu, for example, it is `5.15.0-105-generic`, and does not show
 * which fixes the kernel has.
 */
function kernelVersion(release: string, version: string): string {
  const stable = /\bDebian (?:\d+:)?((\d+\.\d+)(?:\.\d+)*)[-+~]/.exec(version);
  // A person who builds a kernel can write anything into the version. It is used if the release does not contradict it.
  return stable?.[1] !== undefined && release.startsWith(`${stable[2]}.`) ? stable[1] : release;
}

/**
 * The version of the Linux kernel that the models use for a platform, from its system's name and its uname;
 * undefined on any other system.
 */
export function kernelOf(platform: { system: string; release: string; version: string }): string | undefined {
  return platform.system === 'linux' ? kernelVersion(platform.release, platform.version) : undefined;
}

/** The version that the models use for a platform: on Linux its kernel's version, on any other system its release. */
export function versionOf(platform: { system: string; release: string; version: string }): string {
  return kernelOf(platform) ?? platform.release;
}

/** Whether a kernel is of the given series or newer. */
export function atLeast(kernel: Kernel, major: number, minor: number, patch = 0): boolean {
  if (kernel[0] !== major) return kernel[0] > major;
  if (kernel[1] !== minor) return kernel[1] > minor;
  return kernel[2] >= patch;
}

/** Whether a kernel is older than another. */
export function isBefore(kernel: Kernel, other: Kernel): boolean {
  return !atLeast(kernel, ...other);
}

/** For each series that got the fix of CVE-2026-31503 as a stable update: the first patch level that has it. */
const WILDCARD_FIX: readonly Kernel[] = [
  [6, 1, 168],
  [6, 6, 131],
  [6, 12, 80],
  [6, 18, 21],
  [6, 19, 11],
];

/** Whether a wildcard bind over more than ten UDP sockets looks at all of them (CVE-2026-31503 is fixed). */
export function hasWildcardFix(kernel: Kernel): boolean {
  const fix = WILDCARD_FIX.find(([major, minor]) => kernel[0] === major && kernel[1] === minor);
  // The series after 6.19 is 7.0. It had the fix from the start.
  return fix === undefined ? atLeast(kernel, 7, 0) : kernel[2] >= fix[2];
}

/**
 * Whether a TCP bind to a specific v4-mapped address does not see ::ffff:0.0.0.0. The updates 6.1.168 and 6.6.131, which
 * have the fix above, look for such addresses in their bucket, as 6.8 does. But they lack the change that 6.8 made in the
 * search for wildcards.
 */
export function missesMappedWildcard(kernel: Kernel): boolean {
  const [major, minor, patch] = kernel;
  return major === 6 && ((minor === 1 && patch >= 168) || (minor === 6 && patch >= 131));
}

/**
 * The first stable updates that have the search of the port list, which 6.14 got (a502ea6fa94b): those of early 2025, whose
 * queues have it. 6.1.192 and 6.12.118 have it, as observed; 5.10.262 does not, though it was in a queue of 5.10.
 */
const PORT_SEARCH: readonly Kernel[] = [
  [6, 1, 129],
  [6, 6, 76],
  [6, 12, 13],
  [6, 13, 2],
];

/** Whether a datagram that no UDP socket is found for by its address is looked for among all sockets of the port. */
export function hasPortSearch(kernel: Kernel): boolean {
  const update = PORT_SEARCH.find(([major, minor]) => kernel[0] === major && kernel[1] === minor);
  return update === undefined ? atLeast(kernel, 6, 14) : kernel[2] >= update[2];
}
