/** A Linux version as its three numbers. */
export type Kernel = readonly [number, number, number];

/** The newest behaviour that the model knows. */
const NEWEST: Kernel = [Number.POSITIVE_INFINITY, 0, 0];

/**
 * Reads a kernel version such as `6.18.44` or `5.10.223-generic`; nothing stands for the newest.
 * Throws a RangeError for text that does not begin with two numbers.
 */
export function parseKernel(version: string | undefined): Kernel {
  if (version === undefined) return NEWEST;
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  if (match === null) throw new RangeError(`not a Linux version: ${version}`);
  return [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** Whether a kernel is the given series or newer. */
export function atLeast(kernel: Kernel, major: number, minor: number, patch = 0): boolean {
  if (kernel[0] !== major) return kernel[0] > major;
  if (kernel[1] !== minor) return kernel[1] > minor;
  return kernel[2] >= patch;
}

/** The first fixed patch level of each series that got the fix of CVE-2026-31503 as a stable update. */
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
  return fix === undefined ? atLeast(kernel, 6, 20) : kernel[2] >= fix[2];
}
