import { readdirSync, readFileSync, statSync } from 'node:fs';
import process from 'node:process';

/** What a limit is good for that is raised, in the shells that users have. */
const RAISE = { files: "raise the limit with 'ulimit -n 1024'", tasks: "raise the limit with 'ulimit -u 4096'" };
/** bindspec never reaches a limit of processes and threads from here on, so it does not count them. */
const PLENTY = 4096;

/** What is done so many at a time: cells, which share labs, or whole labs. */
export type Jobs = 'cells' | 'labs';

/**
 * What is open at most, as measured on Linux: the pipes to agents and to the shells that hold labs, and what Node itself has
 * open.
 */
const FILES: Readonly<Record<Jobs, (jobs: number) => number>> = {
  cells: (jobs) => 48 + 8 * jobs,
  labs: (jobs) => 32 + 16 * jobs,
};

/** About the least of processes and threads that are started: those that hold labs, and the agents, of 7 threads each. */
function tasksFor(jobs: number): number {
  return 16 + 18 * jobs;
}

/**
 * Why this process may not do so many at a time, and what to do, on one line; null if it may.
 * Only Linux shows its limits; on other systems they are reported when they are reached.
 */
export function limitAgainst(jobs: number, what: Jobs): string | null {
  const run = `a run with ${jobs} ${jobs === 1 ? 'job' : 'jobs'}`;
  const fewer = jobs === 1 ? '' : ', or run with --jobs 1';
  const files = limit('Max open files');
  const wanted = FILES[what](jobs);
  if (files < wanted) {
    return `this process may open ${files} files, and ${run} needs about ${wanted}: ${RAISE.files}${fewer}`;
  }
  for (const { most, used, whose, raise } of [ofUser(), ofGroup()]) {
    if (most - used >= tasksFor(jobs)) continue;
    return `${whose} may have ${most} processes and threads and has ${used}, and ${run} needs about ${tasksFor(jobs)} more: ${raise}${fewer}`;
  }
  return null;
}

/** What to do about an error that says that a limit of the system was reached; null for any other. */
export function remedyOf(error: string): string | null {
  if (/\bEMFILE\b|Too many open files/.test(error)) return RAISE.files;
  if (/\bENFILE\b/.test(error)) return "this machine has too many open files: raise 'sysctl fs.file-max'";
  if (/\bEAGAIN\b|Resource temporarily unavailable|Cannot fork/.test(error)) {
    return `no more processes may be started: ${RAISE.tasks}, or that of the container (pids.max)`;
  }
  if (/\bENOMEM\b|Cannot allocate memory/.test(error))
    return 'there is not enough memory: free some, or use fewer --jobs';
  return null;
}

/** Whether no more process or thread may be started now, in words; null if one may, or it is unknown. */
export function tasksExhausted(): string | null {
  const full = [ofUser(), ofGroup()].find(({ most, used }) => used >= most - 1);
  if (full === undefined) return null;
  return `${full.whose} may have ${full.most} processes and threads and has ${full.used}: ${full.raise}`;
}

interface Tasks {
  most: number;
  used: number;
  whose: string;
  raise: string;
}

/** RLIMIT_NPROC: of all processes and threads of a user, except root (setrlimit(2)). */
function ofUser(): Tasks {
  const uid = process.getuid?.() ?? 0;
  const most = uid === 0 ? Infinity : limit('Max processes');
  return { most, used: most < PLENTY ? tasksOf(uid) : 0, whose: 'this user', raise: RAISE.tasks };
}

/** The tightest pids.max of the control groups that this process is in, as far as they can be seen. */
function ofGroup(): Tasks {
  const raise = 'raise the limit of the container or service (pids.max)';
  const tightest: Tasks = { most: Infinity, used: 0, whose: 'this control group', raise };
  const own = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup'))?.[1] ?? '/';
  for (let group = own; ; group = group.slice(0, Math.max(group.lastIndexOf('/'), 0))) {
    const [most, used] = ['max', 'current'].map((name) => read(`/sys/fs/cgroup${group}/pids.${name}`).trim());
    if (most !== '' && most !== 'max' && Number(most) - Number(used) < tightest.most - tightest.used) {
      [tightest.most, tightest.used] = [Number(most), Number(used)];
    }
    if (group === '' || group === '/') return tightest;
  }
}

/** How many processes and threads a user has. */
function tasksOf(uid: number): number {
  let tasks = 0;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (statSync(`/proc/${pid}`).uid === uid) tasks += list(`/proc/${pid}/task`).length;
    } catch {
      // It has ended meanwhile.
    }
  }
  return tasks;
}

/** A limit of this process as proc(5) has it in /proc/PID/limits: the one in force; Infinity where there is none. */
function limit(name: string): number {
  const value = new RegExp(`^${name} +(\\d+)`, 'm').exec(read('/proc/self/limits'))?.[1];
  return value === undefined ? Infinity : Number(value);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
