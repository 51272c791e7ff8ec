import { constantsFor } from './constants.ts';
import { posix } from './posix.ts';
import type { Native } from './types.ts';
import { winsock } from './winsock.ts';

/** The native layer of a system; the names are those that Node uses. @throws Error for a system or architecture that has none. */
export function nativeLayer(system: string, architecture: string): Native {
  return system === 'win32' ? winsock() : posix(constantsFor(system, architecture));
}
