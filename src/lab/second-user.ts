import { readFileSync } from 'node:fs';
import process from 'node:process';

/** The user that a second agent runs as where an experiment needs two: `nobody` on every system that has one. */
export const OTHER_USER = 65_534;
/** And the third, where it needs three: a number that no system gives to anyone. */
export const THIRD_USER = 65_533;

/**
 * Whether this process may act as a second user: as root, and in a user namespace only if that has such a user. One
 * that an ordinary user made has a root, but no one beside it.
 */
export function hasSecondUser(): boolean {
  return process.getuid?.() === 0 && [OTHER_USER, THIRD_USER].every((uid) => isUserMapped(uidMap(), uid));
}

/** Whether a user has a number here, from the text of /proc/self/uid_map: rows of first inside, first outside, count. */
export function isUserMapped(map: string | null, uid: number): boolean {
  if (map === null) return true;
  return map.split('\n').some((row) => {
    const [first = Number.NaN, , count = 0] = row.trim().split(/\s+/).map(Number);
    return uid >= first && uid < first + count;
  });
}

/** Null where the system has no user namespaces. */
function uidMap(): string | null {
  try {
    return readFileSync('/proc/self/uid_map', 'utf8');
  } catch {
    return null;
  }
}
