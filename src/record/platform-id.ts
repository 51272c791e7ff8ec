import type { Platform } from './record.ts';

/**
 * The id of a platform, which names the folder of its reports: the system, the release as far as its first two numbers,
 * and the architecture, such as `linux-6.18-x64`. Every Windows since 2015 is 10.0, so there the build is part of it:
 * `windows-10.0.26100-x64`. User-mode Linux is a Linux that has a name of its own.
 */
export function platformId({
  system,
  stack,
  release,
  architecture,
}: Pick<Platform, 'system' | 'stack' | 'release' | 'architecture'>): string {
  const kind = stack?.startsWith('uml') === true ? 'uml' : system;
  const numbers = system === 'windows' ? /^\d+\.\d+\.\d+/ : /^\d+(\.\d+)?/;
  const short = numbers.exec(release)?.[0] ?? release;
  return `${kind}-${short}-${architecture}`.replaceAll(/[^\w.+~-]/g, '_');
}

/** A record of Windows from before the build was part of the id, with the id that it has now; any other as it is. */
export function withPresentId<T extends { readonly platform: Platform }>(record: T): T {
  const { id, system, release, architecture } = record.platform;
  const [, short] = /^(\d{1,9}\.\d{1,9})\.\d{1,9}\b/.exec(release) ?? [];
  if (system !== 'windows' || short === undefined || id !== `windows-${short}-${architecture}`) return record;
  return { ...record, platform: { ...record.platform, id: platformId(record.platform) } };
}
