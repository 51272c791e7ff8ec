import type { Platform } from './record.ts';

/**
 * The id of a platform, which names the folder of its reports: the system, the release as far as its first two numbers,
 * and the architecture, such as `linux-6.18-x64`. User-mode Linux is a Linux that has a name of its own.
 */
export function platformId({
  system,
  stack,
  release,
  architecture,
}: Pick<Platform, 'system' | 'stack' | 'release' | 'architecture'>): string {
  const kind = stack?.startsWith('uml') === true ? 'uml' : system;
  const short = /^\d+(\.\d+)?/.exec(release)?.[0] ?? release;
  return `${kind}-${short}-${architecture}`.replaceAll(/[^\w.+~-]/g, '_');
}
