import type { Platform } from './record.ts';

/**
 * The id of a platform, which names the folder of its reports: the system, the first two numbers of the release, and the
 * architecture, for example `linux-6.18-x64`. Every Windows since 2015 is 10.0, so on Windows the build is part of the id:
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

/** Gives an old record of Windows, whose id lacks the build, the id that it has now; leaves any other as it is. */
export function withPresentId<T extends { readonly platform: Platform }>(record: T): T {
  const { id, system, release, architecture } = record.platform;
  const [, short] = /^(\d{1,9}\.\d{1,9})\.\d{1,9}\b/.exec(release) ?? [];
  if (system !== 'windows' || short === undefined || id !== `windows-${short}-${architecture}`) return record;
  return { ...record, platform: { ...record.platform, id: platformId(record.platform) } };
}
