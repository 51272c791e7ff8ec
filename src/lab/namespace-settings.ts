import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { Missing } from './lab.ts';

/** The word before the host and the name of a setting that did not take, in what the shell of a lab prints. */
const UNSET = 'unset';

/** A setting of a namespace that was made and did not take. */
export interface Unset {
  readonly host: string;
  /** Its file below /proc/sys/net. */
  readonly setting: string;
}

/**
 * Shell text that makes settings of the namespace that the shell is in, reads each back, and prints those that did not
 * take. One that the kernel keeps for all namespaces, or does not have, is not there in a new namespace, and is left out.
 * It has no single quote in it.
 * @param settings each as `FILE=VALUE` below /proc/sys/net, the value of one character at most: a shell that reads byte
 * by byte gets no more of such a file
 */
export function makeSettings(host: string, settings: readonly string[]): string {
  const file = '/proc/sys/net/$1';
  const tell = `echo "${UNSET} ${host} $1"`;
  const define = `set_to() { [ -e ${file} ] || return 0; echo "$2" >${file}; read -r is <${file}; [ "$is" = "$2" ] || ${tell}; }`;
  return [define, ...settings.map((setting) => `set_to ${setting.replace('=', ' ')}`)].join('; ');
}

/** The setting that a line of the shell tells of, or null for another line. */
export function unsetIn(line: string): Unset | null {
  const [word, host, setting] = line.split(' ');
  return word === UNSET && host !== undefined && setting !== undefined ? { host, setting } : null;
}

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

/** Shell text for root that makes settings writable again, in a mount namespace of the shell's own; it may fail. */
export function makeWritable(mount: string): string {
  return `mount -o remount,bind,rw ${mount} 2>/dev/null`;
}

/** Why settings did not take, and what would let them. */
export function whyUnset([first]: readonly Unset[], readOnly = readOnlyMount()): Missing {
  const what = `the lab's settings can't be made`;
  if (readOnly !== null) {
    return {
      reason: `${what}: ${readOnly} is read-only here, as in a container`,
      enable: 'start the container with --security-opt systempaths=unconfined (podman: --security-opt unmask=ALL)',
    };
  }
  const which = first === undefined ? '' : `: net/${first.setting} of the ${first.host} did not take`;
  return {
    reason: `${what}${which}`,
    enable: process.getuid?.() === 0 ? `look what keeps root from writing to /proc/sys/net` : 'sudo npx bindspec run',
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
