import { systemNamed, UnknownSystem } from '../model/system-named.ts';
import type { SystemName } from '../model/types.ts';
import type { Wanted } from './explain.ts';

/** A list of systems, or a version of a kernel, that can't be read. The message is one line. */
export class BadWanted extends Error {
  override readonly name = 'BadWanted';
  readonly field: 'system' | 'kernel';

  constructor(field: 'system' | 'kernel', message: string) {
    super(message);
    this.field = field;
  }
}

/**
 * Reads the systems and the kernel that a user wants: systems with commas, `macos` too, and a kernel's version.
 * @throws BadWanted
 */
export function readWanted({ system, kernel }: { system?: string; kernel?: string }): Wanted {
  if (kernel !== undefined && !/^\d{1,4}\.\d{1,4}([.-]|$)/.test(kernel)) {
    throw new BadWanted('kernel', `'${kernel}' is not a version of the Linux kernel; write it as in --kernel 6.1.0`);
  }
  return {
    ...(system === undefined ? {} : { systems: systemsOf(system) }),
    ...(kernel === undefined ? {} : { kernel }),
  };
}

function systemsOf(text: string): SystemName[] {
  try {
    return text.split(',').map(systemNamed);
  } catch (error) {
    if (error instanceof UnknownSystem) throw new BadWanted('system', error.message);
    throw error;
  }
}
