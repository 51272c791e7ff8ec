import { platformId } from '../../record/platform-id.ts';
import type { Platform } from '../../record/record.ts';

/** Why the id of a platform does not fit its system, release and architecture, in words; null where it does. */
export function wrongPlatform(platform: Platform): string | null {
  const id = platformId(platform);
  if (platform.id === id) return null;
  const { system, release, architecture } = platform;
  return `platform.id is '${platform.id}', and ${system} ${release} (${architecture}) is '${id}'`;
}
