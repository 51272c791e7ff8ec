import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Deadline } from '../../src/process/pace.ts';

const DRIVER = fileURLToPath(new URL('warm-driver.mjs', import.meta.url));
/** No command line that is tested takes so long on a quiet machine, in milliseconds. */
const FAR = 150_000;

/** The environment of a machine that has no other program, and nothing that has been fetched. */
export const BARE_MACHINE = { PATH: '/nowhere', XDG_CACHE_HOME: '/nowhere' };

/** What a warm process has around it, beside what the tests have. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Words before the command that start it, such as those that put it into a namespace. */
  readonly before?: readonly string[] | undefined;
}

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that has the command loaded, and the answer that it was last asked for. It ends with this one. */
interface Driver {
  readonly child: ChildProcess;
  last: Promise<unknown>;
}
/** So many stay; the oldest ends for one more. */
const MOST = 3;
/** By what is around them: a command may keep what it has once read from its environment. */
const drivers = new Map<string, Driver>();

/**
 * Does a command line in a process that has done others before: starting one takes most of the time of a short command. What
 * it can't show is what is decided at a start or at an end: signals, a terminal, output that can't be written, options of
 * Node. Command lines are done one at a time, in the order in which they are asked for. Line ends are as they were printed.
 * @throws Error when the process ends, or does not answer
 */
export function warmCommand(words: readonly string[], cwd: string, surroundings: Surroundings = {}): Promise<Answer> {
  const key = JSON.stringify(surroundings);
  const driver = drivers.get(key) ?? started(key, surroundings);
  const answered = driver.last.then(() => ask(driver.child, words, cwd));
  driver.last = answered.catch(() => undefined);
  return answered;
}

async function ask(child: ChildProcess, words: readonly string[], cwd: string): Promise<Answer> {
  const controller = new AbortController();
  const { signal } = controller;
  const cancel = new Deadline(FAR).whenPassed(() => child.kill('SIGKILL'));
  child.channel?.ref();
  try {
    const answer = Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as Answer | { crash: string }),
      once(child, 'exit', { signal }).then(([code, how]) => ({ crash: `it ended with ${code ?? how}` })),
    ]);
    child.send({ words, cwd });
    const answered = await answer;
    if (!('crash' in answered)) return answered;
    throw new Error(`'bindspec ${words.join(' ')}' in a warm process: ${answered.crash}`);
  } finally {
    cancel();
    controller.abort();
    child.channel?.unref();
  }
}

function started(key: string, { env = {}, before = [] }: Surroundings): Driver {
  const [oldest] = drivers.size < MOST ? [] : drivers;
  if (oldest !== undefined) {
    drivers.delete(oldest[0]);
    void oldest[1].last.then(() => oldest[1].child.connected && oldest[1].child.disconnect());
  }
  const [file, ...words] = [...before, process.execPath, DRIVER];
  const child = spawn(file, words, {
    // In a folder that stays: those of tests go while it runs.
    cwd: os.tmpdir(),
    // A test of a job of GitHub Actions says so, and no other test is to annotate the job that it is run in.
    env: { ...process.env, NO_COLOR: '1', GITHUB_ACTIONS: '', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.unref();
  child.once('exit', () => {
    if (drivers.get(key)?.child === child) drivers.delete(key);
  });
  const driver = { child, last: Promise.resolve() };
  drivers.set(key, driver);
  return driver;
}
