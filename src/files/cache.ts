import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** The folder where everything that stacks fetch or build is kept; removing it only costs fetching it again. */
export function cacheFolder(...below: string[]): string {
  const home = process.env['XDG_CACHE_HOME'];
  // The XDG specification has paths that are not absolute ignored.
  const base = home !== undefined && path.isAbsolute(home) ? home : path.join(os.homedir(), '.cache');
  return path.join(base, 'bindspec', ...below);
}
