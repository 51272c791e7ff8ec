import { readFileSync } from 'node:fs';

/** The length of a tick of the processor time that Linux tells, in milliseconds; see sysconf(3), _SC_CLK_TCK. */
const TICK = 10;

/**
 * The processor time, user and system, of all processes that this one started and that have ended, and of those that they
 * waited for, in milliseconds. Only Linux tells it. It is cutime and cstime, see proc_pid_stat(5).
 */
export function processorTimeOfChildren(): number {
  // The name before these fields may have any character but the last `)`.
  const [, fields = ''] = /\) (.*)$/s.exec(readFileSync('/proc/self/stat', 'utf8')) ?? [];
  const [user = 0, system = 0] = fields.split(' ').slice(13, 15).map(Number);
  return (user + system) * TICK;
}
