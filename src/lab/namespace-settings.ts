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

/** Shell text for root that makes settings writable again, in a mount namespace of the shell's own; it may fail. */
export function makeWritable(mount: string): string {
  return `mount -o remount,bind,rw ${mount} 2>/dev/null`;
}
