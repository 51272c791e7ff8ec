import { readdirSync, readFileSync } from 'node:fs';

/**
 * The number by which this process knows another that a pid namespace counts as `inner`; `init` is the first process of
 * that namespace, as we know it. @throws Error when there is none.
 */
export function outerPid(inner: number, init: string): string {
  const candidates = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const found = candidates.find((pid) => {
    const status = statusOf(pid);
    return status !== null && countedAs(status, inner) && descends(pid, init);
  });
  if (found === undefined) throw new Error(`no process is number ${inner} of the engine's host`);
  return found;
}

/** Whether a process is `inner` in the pid namespace below ours, from the text of /proc/PID/status. */
export function countedAs(status: string, inner: number): boolean {
  const numbers = /^NSpid:\t(.+)$/m.exec(status)?.[1]?.split('\t') ?? [];
  return numbers[1] === String(inner);
}

function descends(pid: string, ancestor: string): boolean {
  for (let at = pid; at !== '0' && at !== '';) {
    if (at === ancestor) return true;
    at = /^PPid:\t(\d+)$/m.exec(statusOf(at) ?? '')?.[1] ?? '';
  }
  return false;
}

function statusOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It has ended.
    return null;
  }
}
