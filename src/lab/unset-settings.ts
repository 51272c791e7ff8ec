import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { Missing } from './lab.ts';
import type { Unset } from './namespace-settings.ts';

/**
 * The mount through which settings can only be read here, as in a container to which its engine gives /proc/sys
 * read-only; null where they can be written as far as mounts go.
 * @param mounts the text of /proc/self/mountinfo, see proc_pid_mountinfo(5)
 */
export function readOnlyMount(mounts = readMounts()): string | null {
  const above = new Map<string, boolean>();
  for (const row of mounts.split('\n')) {
    const [, , , , point = '', options = ''] = row.split(' ');
    // The last mount at a place covers the others.
    if (['/proc', '/proc/sys', '/proc/sys/net'].includes(point)) above.set(point, options.split(',').includes('ro'));
  }
  const [nearest] = [...above].toSorted(([one], [other]) => other.length - one.length);
  return nearest?.[1] === true ? nearest[0] : null;
}

/** Why settings did not take, and what would let them. */
export function whyUnset([first]: readonly Unset[], readOnly = readOnlyMount()): Missing {
  const what = `the lab's settings can't be written`;
  if (readOnly !== null) {
    return {
      reason: `${what}: ${readOnly} is read-only here, as in a container`,
      enable: 'start the container with --security-opt systempaths=unconfined (podman: --security-opt unmask=ALL)',
    };
  }
  const which = first === undefined ? '' : `: net/${first.setting} of the ${first.host} keeps its old value`;
  return {
    reason: `${what}${which}`,
    enable: process.getuid?.() === 0 ? 'find out what keeps root from writing to /proc/sys/net' : 'run it with sudo',
  };
}

function readMounts(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    // Not Linux, or no /proc: then nothing is known of it.
    return '';
  }
}
