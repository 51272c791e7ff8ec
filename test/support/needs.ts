import process from 'node:process';
import { onPath } from '../../src/lab/programs.ts';

/**
 * Something that some tests need and this machine does not have. It is declared in one way, by `needs`, so that the end of
 * `npm test` can list it, and the file that BINDSPEC_TEST_SUMMARY names can tell a script of CI; see `skips-reporter.ts`.
 */
export interface Lack {
  /** A word for it that stays the same on every machine: `podman`, `chromium`, `namespaces`, `root`. */
  readonly need: string;
  /** Why it is not available here. */
  readonly reason: string;
  /** The line that gives it, or null where no command does. */
  readonly enable: string | null;
}

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test, or every test of the suite, is skipped. */
    lack?: Lack;
  }
}

/** The options of a test or a suite that needs something: it is skipped for the first that is lacking, if any is. */
export function needs(...lacks: readonly (Lack | null)[]): { skip?: true; meta?: { lack: Lack } } {
  const lack = firstLack(...lacks);
  return lack === null ? {} : { skip: true, meta: { lack } };
}

/** The first of several things that is lacking, or null where everything is there. */
export function firstLack(...lacks: readonly (Lack | null)[]): Lack | null {
  return lacks.find((lack) => lack !== null) ?? null;
}

/** Skips a test that finds out only when it runs that something is lacking. */
export function skipFor(
  { task, skip }: { task: { meta: { lack?: Lack } }; skip: (note: string) => never },
  lack: Lack,
): never {
  task.meta.lack = lack;
  return skip(lack.reason);
}

/** A program that is looked for on PATH, and the packages of Debian that have it. */
export function installed(name: string, packages: string): Lack | null {
  return onPath(name)
    ? null
    : { need: name, reason: `${name} is not installed`, enable: `apt-get install ${packages}` };
}

/** Linux. */
export const notLinux: Lack | null = on(process.platform === 'linux', 'linux', 'on Linux');

/** Any system but Windows. */
export const notUnix: Lack | null = on(process.platform !== 'win32', 'unix', 'on Unix');

export const isRoot = process.getuid?.() === 0;

/** Root. */
export const notRoot: Lack | null = isRoot
  ? null
  : { need: 'root', reason: 'they are about root, or act for two users', enable: 'sudo npm test' };

/** The compiler of C, with the headers of this system. */
export const noCompiler: Lack | null = installed('cc', 'gcc libc6-dev');

/** strace, which shows what calls a process makes. */
export const noStrace: Lack | null = installed('strace', 'strace');

/** Python 3. */
export const noPython: Lack | null = installed('python3', 'python3');

function on(there: boolean, need: string, where: string): Lack | null {
  return there ? null : { need, reason: `they run only ${where}`, enable: null };
}
