import { platformId } from '../../record/platform-id.ts';
import type { Platform } from '../../record/record.ts';

/** Whether the id of a platform is the one that its system, release and architecture give it; in words where not. */
export function wrongPlatform(platform: Platform): string | null {
  const id = platformId(platform);
  if (platform.id === id) return null;
  const { system, release, architecture } = platform;
  return `platform.id is '${platform.id}', and ${system} ${release} (${architecture}) is '${id}'`;
}
