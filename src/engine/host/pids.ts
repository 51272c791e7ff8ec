import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The number by which this process knows another that a pid namespace counts as `inner`; `member` is any process of that
 * namespace, as we know it. @throws Error when there is none.
 */
export function outerPid(inner: number, member: string): string {
  const namespace = namespaceOf(member);
  const depth = numbersOf(statusOf(member) ?? '').length - 1;
  const found = processes().find((pid) => {
    const status = statusOf(pid);
    return status !== null && numbersOf(status)[depth] === inner && descends(pid, namespace);
  });
  if (namespace === null || found === undefined) throw new Error(`no process is number ${inner} of the engine's host`);
  return found;
}

/** The processes that run a command, as we know them. */
export function running(command: readonly string[]): string[] {
  return processes().filter(
    (pid) => read(`/proc/${pid}/cmdline`)?.split('\0').slice(0, -1).join('\0') === command.join('\0'),
  );
}

/** The nearest process that another comes from and that is not of its pid namespace; null when it has ended. */
export function outsideOf(pid: string): string | null {
  const namespace = namespaceOf(pid);
  let at: string | null = pid;
  while (at !== null && namespaceOf(at) === namespace) at = parentOf(at);
  return at;
}

function parentOf(pid: string): string | null {
  return /^PPid:\t(\d+)$/m.exec(statusOf(pid) ?? '')?.[1] ?? null;
}

/** The numbers of a process in each pid namespace from ours down to its own, from the text of /proc/PID/status. */
export function numbersOf(status: string): number[] {
  return (/^NSpid:\t(.+)$/m.exec(status)?.[1]?.split('\t') ?? []).map(Number);
}

/** Whether a process, or one that it comes from, is of a pid namespace. */
function descends(pid: string, namespace: string | null): boolean {
  for (let at: string | null = pid; at !== null && at !== '0'; at = parentOf(at)) {
    if (namespaceOf(at) === namespace) return true;
  }
  return false;
}

function namespaceOf(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    // It has ended.
    return null;
  }
}

function processes(): string[] {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
}

function statusOf(pid: string): string | null {
  return read(`/proc/${pid}/status`);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It has ended.
    return null;
  }
}
